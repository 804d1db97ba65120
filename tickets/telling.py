"""What each kind of event is called when it is told to people, and its sign. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tickets.models import TicketEvent
from tickets.models.event import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """How the reader says things: severities by code, people by id, an instant in their zone."""

    moment: Callable[[datetime], str]
    severities: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)

    def severity(self, code: str) -> str:
        return self.severities.get(code, code) or "none"


Telling = Callable[[TicketEvent, Words], str]


def _plain(said: str) -> Telling:
    return lambda event, words: said


def _filed(event: TicketEvent, words: Words) -> str:
    if event.data.get("kept_because"):
        return "sent the request, which was kept without a clock"
    return f"filed the request by {_CHANNELS.get(event.data.get('channel', ''), 'web form')}"


_CHANNELS = {"web": "web form", "email": "email", "phone": "phone"}


def _severity_changed(event: TicketEvent, words: Words) -> str:
    before, now = event.data.get("before", ""), event.data["severity"]
    return f"changed the severity from {words.severity(before)} to {words.severity(now)}"


def _severity_confirmed(event: TicketEvent, words: Words) -> str:
    return f"confirmed the severity {words.severity(event.data['severity'])}"


def _assigned(event: TicketEvent, words: Words) -> str:
    pk = event.data["assignee"]
    return f"assigned it to {words.people.get(pk, 'somebody')}" if pk else "assigned it to nobody"


def _excluded(event: TicketEvent, words: Words) -> str:
    return f"excluded it under clause ({event.data.get('clause', '')}) of the policy; no promise holds"


def _agreed(event: TicketEvent, words: Words) -> str:
    due = datetime.fromisoformat(event.data["due_at"])
    return f"recorded the agreed date of the {event.data.get('promise', 'promise')}: {words.moment(due)}"


def _release(event: TicketEvent, words: Words) -> str:
    if not (due := event.data.get("due_at")):
        return "No maintenance release is planned any more"
    release = f" {event.data['release']}" if event.data.get("release") else ""
    return f"Maintenance release{release} is planned for {words.moment(datetime.fromisoformat(due))}"


def _accepted(event: TicketEvent, words: Words) -> str:
    return "accepted the resolution" if event.actor else "No word came against the resolution: it is accepted"


def _rated(event: TicketEvent, words: Words) -> str:
    return "was satisfied" if event.data.get("satisfied") else "was not satisfied"


def _severity_requested(event: TicketEvent, words: Words) -> str:
    return f"asked for the severity {words.severity(event.data['severity'])}"


def _proposed(event: TicketEvent, words: Words) -> str:
    return f"proposed a date for the {event.data['promise']}: {_due(event, words)}"


def _fix(event: TicketEvent, words: Words) -> str:
    version = event.data.get("version")
    return f"marked it as fixed in release {version}" if version else "took back in which release it is fixed"


def _declined(event: TicketEvent, words: Words) -> str:
    return f"declined it under clause ({event.data.get('clause', '')}) of the policy"


def _escalated(event: TicketEvent, words: Words) -> str:
    return f"Escalated to {event.data.get('role', 'a person in charge')}"


def _about(said: str) -> Telling:
    return lambda event, words: f"{said} {event.data.get('number', '')}".rstrip()


def _consultation(said: str) -> Telling:
    return lambda event, words: f"{said}: {words.moment(datetime.fromisoformat(event.data['starts_at']))}"


def _consultation_asked(event: TicketEvent, words: Words) -> str:
    return "asked to move the consultation" if event.data.get("again") else "asked for a consultation"


def _shared(event: TicketEvent, words: Words) -> str:
    return f"shared the ticket with {words.people.get(event.data['contact'], 'a colleague')}"


def _missed(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} was due and had not come"


def _warned(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} is due soon, {_due(event, words)}"


def _judged_again(event: TicketEvent, words: Words) -> str:
    return (
        f"The calendar was corrected: the {event.data['clock']} due {_due(event, words)} counts as not missed"
    )


def _due(event: TicketEvent, words: Words) -> str:
    return words.moment(datetime.fromisoformat(event.data["due_at"]))


TOLD: dict[Kind, tuple[Telling, str]] = {
    Kind.FILED: (_filed, "inbox-arrow-down"),
    Kind.SUBMITTED: (_plain("The clocks started"), "play-circle"),
    Kind.ACKNOWLEDGED: (_plain("acknowledged the request"), "eye"),
    Kind.WORK_STARTED: (_plain("started work"), "play"),
    Kind.PUBLIC_REPLY: (_plain("replied"), "chat-bubble-left"),
    Kind.WAITING_ON_CUSTOMER: (_plain("is waiting for an answer"), "pause-circle"),
    Kind.CUSTOMER_REPLIED: (_plain("answered"), "chat-bubble-left"),
    Kind.CUSTOMER_MESSAGE: (_plain("wrote"), "chat-bubble-left"),
    Kind.WORKAROUND_PROVIDED: (_plain("provided a workaround"), "wrench"),
    Kind.RESOLVED: (_plain("resolved the ticket"), "check-circle"),
    Kind.REOPENED: (_plain("reopened the ticket"), "arrow-path"),
    Kind.SEVERITY_CHANGED: (_severity_changed, "arrows-up-down"),
    Kind.SEVERITY_CONFIRMED: (_severity_confirmed, "check"),
    Kind.EXCLUDED: (_excluded, "no-symbol"),
    Kind.REINSTATED: (_plain("put it back under the promises"), "arrow-path"),
    Kind.AGREED: (_agreed, "calendar-days"),
    Kind.RELEASE_PLANNED: (_release, "calendar-days"),
    Kind.NOTE_ADDED: (_plain("noted"), "pencil-square"),
    Kind.ASSIGNED: (_assigned, "user"),
    Kind.OUTAGE_LINKED: (_plain("linked it to an outage"), "link"),
    Kind.OUTAGE_UNLINKED: (_plain("took the link to an outage away"), "link-slash"),
    Kind.REMINDED: (_plain("The customer was reminded"), "bell"),
    Kind.CLOSING_OFFERED: (_plain("No answer came: the ticket may be closed"), "archive-box"),
    Kind.ACCEPTED: (_accepted, "hand-thumb-up"),
    Kind.CLOSED: (_plain("closed the ticket"), "archive-box"),
    Kind.RATED: (_rated, "star"),
    Kind.SEVERITY_REQUESTED: (_severity_requested, "arrows-up-down"),
    Kind.SEVERITY_KEPT: (_plain("kept the severity as it is"), "check"),
    Kind.DATE_PROPOSED: (_proposed, "calendar-days"),
    Kind.FIX_NAMED: (_fix, "wrench-screwdriver"),
    Kind.DISPUTED: (_plain("disputed the exclusion"), "hand-raised"),
    Kind.UPHELD: (_plain("upheld the exclusion"), "no-symbol"),
    Kind.DECLINED: (_declined, "no-symbol"),
    Kind.ESCALATED: (_escalated, "megaphone"),
    Kind.ESCALATION_ACKNOWLEDGED: (_plain("acknowledged the escalation"), "eye"),
    Kind.TEAM_ASSIGNED: (_plain("gave it to a team"), "user-group"),
    Kind.MERGED_INTO: (_about("merged it into"), "arrows-pointing-in"),
    Kind.MERGED_FROM: (_about("merged into it the ticket"), "arrows-pointing-in"),
    Kind.SPLIT_OFF: (_about("split off the ticket"), "arrows-pointing-out"),
    Kind.SPLIT_FROM: (_about("split it from the ticket"), "arrows-pointing-out"),
    Kind.TICKET_LINKED: (_about("linked it to the ticket"), "link"),
    Kind.TICKET_UNLINKED: (_about("took away the link to the ticket"), "link-slash"),
    Kind.PROBLEM_LINKED: (_plain("linked it to a known problem"), "link"),
    Kind.PROBLEM_UNLINKED: (_plain("took the link to a known problem away"), "link-slash"),
    Kind.TAGGED: (_plain("tagged it"), "tag"),
    Kind.UNTAGGED: (_plain("took a tag away"), "tag"),
    Kind.WATCHER_ADDED: (_plain("added a watcher"), "eye"),
    Kind.WATCHER_REMOVED: (_plain("removed a watcher"), "eye-slash"),
    Kind.CALL_LOGGED: (_plain("logged a call"), "phone"),
    Kind.CONSULTATION_ASKED: (_consultation_asked, "video-camera"),
    Kind.CONSULTATION_CONFIRMED: (_consultation("confirmed a consultation"), "video-camera"),
    Kind.CONSULTATION_MOVED: (_consultation("moved the consultation"), "video-camera"),
    Kind.CONSULTATION_CANCELLED: (_plain("cancelled the consultation"), "video-camera-slash"),
    Kind.SHARED: (_shared, "share"),
    Kind.UNSHARED: (_plain("no longer shares the ticket with one person"), "share"),
    Kind.REDACTED: (_plain("removed what must not stand here"), "eye-slash"),
    Kind.MISSED: (_missed, "x-circle"),
    Kind.WARNED: (_warned, "bell-alert"),
    Kind.JUDGED_AGAIN: (_judged_again, "scale"),
}
