"""
What happens again and again: the one list of recurring jobs.

A function here takes `at`, the instant of the run, and ends within a few seconds: a job with much to do takes a
bounded part of it and leaves the rest to its next run. It may run again after a crash, so it claims what it works on.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """A function, by its dotted name, and how often it runs."""

    name: str
    function: str
    every: timedelta


JOBS: tuple[Job, ...] = (
    # Shows that the queue moves; `manage.py work` and /readyz watch its age.
    Job("heartbeat", "portal.tasks.heartbeat", timedelta(seconds=10)),
    # Messages leave soon after their commit; the same look finds what a killed worker left behind.
    Job("mail", "contracts.outbox.delivery.deliver", timedelta(seconds=5)),
    # What readers want in a digest is put into one; each message waits for its instant.
    Job("digests", "contracts.outbox.digests.gather", timedelta(seconds=60)),
    # What is told to many gets its recipients, some at a time.
    Job("announcements", "contracts.outbox.announcements.draw", timedelta(seconds=5)),
    # An update of an outage reaches the tickets that hang on it, some at a time.
    Job("spreads", "tickets.services.spreading.post_replies", timedelta(seconds=5)),
    # What a release means for its tickets reaches each: its date, its fixes, its publication.
    Job("errands", "tickets.services.errands.run_errands", timedelta(seconds=5)),
    # Mail that came in and could not be processed at once.
    Job("incoming", "tickets.mail.processing.process_waiting", timedelta(seconds=15)),
    # Misses and warnings reach people within 90 seconds of their instant.
    Job("misses", "tickets.services.noticing.record_misses", timedelta(seconds=15)),
    Job("warnings", "tickets.services.noticing.give_warnings", timedelta(seconds=30)),
    # Escalations at a share of a promise, and to the next in line.
    Job("escalations", "tickets.services.noticing.record_escalations", timedelta(seconds=15)),
    # A window that began or runs past its end is told by itself; pages know it without this.
    Job("windows", "contracts.services.watching.notice_windows", timedelta(seconds=15)),
    # A closure or another change of the calendar moves the open clocks.
    Job("calendar", "tickets.services.desk.project_again", timedelta(seconds=15)),
    # A customer who says nothing is reminded, the ticket offered for closing, a resolution accepted.
    Job("silence", "tickets.services.silence.hear_silence", timedelta(seconds=60)),
    # What silence brings is counted in support time, so a closure moves it.
    Job("silence-counted", "tickets.services.silence.count_silence_again", timedelta(seconds=60)),
    # Whatever put a kept request right, its clocks start.
    Job("kept", "tickets.services.kept.start_clocks_put_right", timedelta(seconds=60)),
    # Texts that an older renderer made HTML of, some at a time; nothing to do but after an upgrade.
    Job("renderings", "knowledgebase.services.rendering.render_again", timedelta(minutes=1)),
    # The same for the forum.
    Job("posts", "knowledgebase.services.posts.render_posts_again", timedelta(minutes=1)),
    # And for the notes on releases.
    Job("notes", "knowledgebase.services.release_notes.render_notes_again", timedelta(minutes=1)),
    # And for known problems.
    Job("problems", "tickets.services.problems.render_problems_again", timedelta(minutes=1)),
    # What is like an article, once a day for each: every minute has its own articles.
    Job("related", "knowledgebase.services.rendering.find_related", timedelta(minutes=1)),
    # Files that were removed from tickets, out of the storage.
    Job("removals", "tickets.services.redaction.remove_files", timedelta(seconds=15)),
    # Network addresses that the record need not know any more.
    Job("addresses", "tickets.services.addresses.forget_addresses", timedelta(hours=1)),
    # The checkpoint of the day: asked for often, written once, so that no day is left out.
    Job("checkpoint", "tickets.services.checkpoint.take_checkpoint", timedelta(hours=1)),
    # Drafts that nobody has touched for two months.
    Job("drafts", "tickets.services.drafts.forget_old_drafts", timedelta(hours=1)),
    # Who is not at a ticket any more.
    Job("presence", "tickets.services.presence.forget_gone", timedelta(minutes=10)),
    # How many mails wait for staff, for the number in their navigation.
    Job("held-mail", "tickets.held_mail.count_held", timedelta(minutes=1)),
    # Sessions that have ended, out of the database.
    Job("sessions", "portal.tasks.clear_sessions", timedelta(days=1)),
)

HEARTBEAT = "heartbeat"


def job_named(name: str) -> Job | None:
    """The job of that name, or None when the program no longer has it."""
    return next((job for job in JOBS if job.name == name), None)
