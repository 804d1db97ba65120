"""What each kind of event is called when it is told to people, and its sign. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tickets.links import WORDS as LINKS
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
    whom = f" for {event.text}" if event.text else ""
    return f"filed the request{whom} by {_CHANNELS.get(event.data.get('channel', ''), 'web form')}"


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


def _name(said: str, nobody: str = "somebody") -> Telling:
    """Of an event whose text is a name."""
    return lambda event, words: said.format(event.text or nobody)


def _watching(by_themselves: str, by_others: str) -> Telling:
    def tell(event: TicketEvent, words: Words) -> str:
        if event.actor_id == event.data.get("user"):
            return by_themselves
        return by_others.format(event.text or "somebody")

    return tell


def _linked(event: TicketEvent, words: Words) -> str:
    what = LINKS.get(event.data.get("link", ""), "linked to")
    return f"linked it: {what} {event.data.get('number', '')}".rstrip()


def _noted(event: TicketEvent, words: Words) -> str:
    return f"noted a call {_with_whom(event)}" if "direction" in event.data else "noted"


def _called(event: TicketEvent, words: Words) -> str:
    return f"logged a call {_with_whom(event)}"


def _with_whom(event: TicketEvent) -> str:
    """The words for a call's direction and the other side."""
    return f"{'to' if event.data.get('direction') == 'out' else 'from'} {event.text or 'the customer'}"


def _answered(event: TicketEvent, words: Words) -> str:
    return "entered the customer’s answer by phone" if "call" in event.data else "answered"


def _replied(event: TicketEvent, words: Words) -> str:
    return "replied by phone" if "call" in event.data else "replied"


def more_of(event: TicketEvent, words: Words) -> str:
    """What follows the words of an event: on which ticket it was done, and that it was entered later."""
    data = event.data
    where = f" on {data['carried'].get('number', 'another ticket')}" if "carried" in data else ""
    if not (entered := data.get("entered_at")):
        return where
    return f"{where}, entered later, {words.moment(datetime.fromisoformat(entered))}"


def _missed(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} was due and had not come"


def _warned(event: TicketEvent, words: Words) -> str:
    return f"The {event.data['clock']} is due soon, {_due(event, words)}"


def _judged_again(event: TicketEvent, words: Words) -> str:
    return f"After a correction: the {event.data['clock']} due {_due(event, words)} counts as not missed"


def _due(event: TicketEvent, words: Words) -> str:
    return words.moment(datetime.fromisoformat(event.data["due_at"]))


TOLD: dict[Kind, tuple[Telling, str]] = {
    Kind.FILED: (_filed, "inbox-arrow-down"),
    Kind.SUBMITTED: (_plain("The clocks started"), "play-circle"),
    Kind.ACKNOWLEDGED: (_plain("acknowledged the request"), "eye"),
    Kind.WORK_STARTED: (_plain("started work"), "play"),
    Kind.PUBLIC_REPLY: (_replied, "chat-bubble-left"),
    Kind.WAITING_ON_CUSTOMER: (_plain("is waiting for an answer"), "pause-circle"),
    Kind.CUSTOMER_REPLIED: (_answered, "chat-bubble-left"),
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
    Kind.NOTE_ADDED: (_noted, "pencil-square"),
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
    Kind.TICKET_LINKED: (_linked, "link"),
    Kind.TICKET_UNLINKED: (_about("took away the link to the ticket"), "link-slash"),
    Kind.PROBLEM_LINKED: (_plain("linked it to a known problem"), "link"),
    Kind.PROBLEM_UNLINKED: (_plain("took the link to a known problem away"), "link-slash"),
    Kind.TAGGED: (_name("tagged it {}", "with a word"), "tag"),
    Kind.UNTAGGED: (_name("took the tag {} away", "of before"), "tag"),
    Kind.WATCHER_ADDED: (_watching("watches it", "added {} as a watcher"), "eye"),
    Kind.WATCHER_REMOVED: (_watching("watches it no longer", "removed the watcher {}"), "eye-slash"),
    Kind.CALL_LOGGED: (_called, "phone"),
    Kind.CONSULTATION_ASKED: (_plain("asked for a consultation"), "video-camera"),
    Kind.CONSULTATION_CONFIRMED: (_consultation("confirmed a consultation"), "video-camera"),
    Kind.CONSULTATION_MOVED: (_consultation("moved the consultation"), "video-camera"),
    Kind.CONSULTATION_CANCELLED: (_plain("cancelled the consultation"), "video-camera-slash"),
    Kind.SHARED: (_name("shared the ticket with {}", "a colleague"), "share"),
    Kind.UNSHARED: (_name("ended the sharing with {}", "a colleague"), "share"),
    Kind.REDACTED: (_plain("removed what must not stand here"), "eye-slash"),
    Kind.MISSED: (_missed, "x-circle"),
    Kind.WARNED: (_warned, "bell-alert"),
    Kind.JUDGED_AGAIN: (_judged_again, "scale"),
}
