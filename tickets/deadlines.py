"""Until when: what a customer's silence brings and when, and how long a ticket can be reopened.

Lengths come from the ticket's own policy (``[acceptance]``) and from the settings (reminders), and are counted by the
policy's calendar as it stands, like every promise: so a closure moves them.
"""

from datetime import datetime

from django.conf import settings

from contracts.calendar_rows import opening_hours, policy_of
from contracts.models import PolicyVersion
from contracts.sla.counting import Counting
from contracts.sla.promises import Length, read_length
from tickets.endings import Ending
from tickets.models import Ticket
from tickets.models.ticket import Status


def accepts_at(ticket: Ticket, ending: Ending) -> datetime | None:
    """When silence accepts the resolution; ``None`` where none waits for it, or the policy has no such rule."""
    version = ticket.policy_version
    if version is None or not ending.is_resolved or ending.quiet_since is None:
        return None
    after = policy_of(version).silence_accepts_after
    return _later(version, ending.quiet_since, after) if after else None


def reopens_until(ticket: Ticket, ending: Ending) -> datetime | None:
    """Until when a resolved or closed ticket can be reopened; ``None`` for no limit.

    Counted from the resolution, or from the closing where there was none; never shorter than silence takes to accept.
    """
    version = ticket.policy_version
    start = ending.resolution.happened_at if ending.resolution else ending.closed_unresolved_at
    within = policy_of(version).reopen_within if version else None
    if version is None or start is None or within is None:
        return None
    until = _later(version, start, within)
    silence = policy_of(version).silence_accepts_after
    if silence is None or ending.quiet_since is None:
        return until
    return max(until, _later(version, ending.quiet_since, silence))


def why_not_reopen(ticket: Ticket, ending: Ending, at: datetime) -> str:
    """Why a resolved or closed ticket cannot be reopened any more; ``""`` while it can."""
    until = reopens_until(ticket, ending)
    if until is None or at <= until or ticket.policy_version is None:
        return ""
    within = policy_of(ticket.policy_version).reopen_within
    since = "resolution" if ending.resolution else "closing"
    return (
        f"The policy lets a ticket be reopened within {within} of its {since}, and that time is over. "
        "File a new request that follows this one."
    )


def reminds_at(ticket: Ticket, ending: Ending) -> datetime | None:
    """When the contact is reminded next; ``None`` where nobody is awaited or all reminders are given."""
    version = ticket.policy_version
    if version is None or not ending.is_waiting or ending.remind_from is None or reminders_left(ending) < 1:
        return None
    return _later(version, ending.remind_from, _remind_after())


def offers_closing_at(ticket: Ticket, ending: Ending) -> datetime | None:
    """When the ticket is offered for closing if no answer comes, as things stand; ``None`` once it is."""
    version, cursor = ticket.policy_version, ending.remind_from
    if version is None or not ending.is_waiting or cursor is None or ending.offered_at is not None:
        return None
    reminds = reminds_at(ticket, ending)
    if reminds is not None and not ticket.contact.user.is_active:
        return reminds  # who has left is not reminded: staff hear of it instead
    for _ in range(reminders_left(ending)):
        cursor = _later(version, cursor, _remind_after())
    return _later(version, cursor, read_length(settings.WAITING_OFFER_CLOSING_AFTER))


def silence_at(ticket: Ticket, status: str, ending: Ending) -> datetime | None:
    """When silence brings the next thing: a reminder, the offer to close, or the acceptance."""
    if status == Status.RESOLVED:
        return accepts_at(ticket, ending)
    if status == Status.WAITING:
        return reminds_at(ticket, ending) or offers_closing_at(ticket, ending)
    return None


def reminders_left(ending: Ending) -> int:
    """How often the contact is still reminded before the ticket is offered for closing."""
    return max(0, int(settings.WAITING_REMINDERS) - len(ending.reminders))


def project(ticket: Ticket, status: str, ending: Ending) -> None:
    """Store on ``ticket`` what silence brings next, by which calendar; it is not saved here."""
    ticket.silence_at = silence_at(ticket, status, ending)
    ticket.silence_revision = ticket.policy_version.calendar_revision if ticket.policy_version else 0
    ticket.closing_offered_at = ending.offered_at if status == Status.WAITING else None


def moments(ticket: Ticket, ending: Ending) -> dict[str, datetime]:
    """What a mail about the ticket can say: until when silence accepts, and until when it can be reopened."""
    found = {"silence_accepts": accepts_at(ticket, ending), "reopens_until": reopens_until(ticket, ending)}
    return {name: at for name, at in found.items() if at is not None}


def _remind_after() -> Length:
    return read_length(settings.WAITING_REMIND_AFTER)


def _later(version: PolicyVersion, start: datetime, length: Length) -> datetime:
    counting = Counting(opening_hours(version), policy_of(version).hours.business_day)
    return counting.due(start, length, ())
