"""What happened to a ticket, told to people: one column of time. Pure: events in, entries out.

The verbs record more events than people need to read: filing records that the request was filed and
that its clocks started, a question is a reply and a waiting. Here each becomes one entry.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.cited import Cited, cited_in
from tickets.models import Attachment, TicketEvent
from tickets.models.event import Kind

# What staff alone read. A customer's page does not even fetch it.
INTERNAL = (Kind.NOTE_ADDED, Kind.ASSIGNED, Kind.WARNED)

# What is told as having happened, whoever set it off.
BY_ITSELF = {Kind.SUBMITTED, Kind.RELEASE_PLANNED, Kind.MISSED, Kind.WARNED, Kind.JUDGED_AGAIN}


class Shape(StrEnum):
    """How an entry is drawn: something said, said inside, a fact, a broken promise."""

    MESSAGE = "message"
    NOTE = "note"
    FACT = "fact"
    MISS = "miss"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: at an instant somebody (``""`` for nobody) did something, with what was written."""

    seq: int
    at: datetime
    who: str
    did: str
    sign: str
    shape: Shape = Shape.FACT
    by_staff: bool = False
    text: str = ""
    files: Sequence[Attachment] = ()
    articles: Sequence[Cited] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """How the reader says things: severities by code, people by id, an instant in their zone."""

    moment: Callable[[datetime], str]
    severities: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)

    def severity(self, code: str) -> str:
        return self.severities.get(code, code) or "none"


def timeline(events: Iterable[TicketEvent], words: Words) -> list[Entry]:
    """The entries of ``events``, which are in the order of their ``seq``; oldest first.

    Each event has its ``actor`` and ``message`` loaded, and the message its files and articles.
    """
    entries: list[Entry] = []
    known = list(events)
    for place, event in enumerate(known):
        before = known[place - 1] if place else None
        after = known[place + 1] if place + 1 < len(known) else None
        if not _is_part_of_another(event, before, after):
            entries.append(_entry(event, words, asks=_asks(event, after)))
    return sorted(entries, key=lambda entry: (entry.at, entry.seq))


def _is_part_of_another(event: TicketEvent, before: TicketEvent | None, after: TicketEvent | None) -> bool:
    """Whether the entry of its neighbour says it already."""
    match event.kind:
        case Kind.SUBMITTED:
            return _together(before, event, Kind.FILED)
        case Kind.WAITING_ON_CUSTOMER:
            return _together(before, event, Kind.PUBLIC_REPLY)
        case Kind.SEVERITY_CONFIRMED:
            return _together(before, event, Kind.SEVERITY_CHANGED)
        case Kind.CUSTOMER_REPLIED:
            return event.message is None and _together(after, event, Kind.REOPENED)
    return False


def _together(other: TicketEvent | None, event: TicketEvent, kind: Kind) -> bool:
    return other is not None and other.kind == kind and other.happened_at == event.happened_at


def _asks(event: TicketEvent, after: TicketEvent | None) -> bool:
    return event.kind == Kind.PUBLIC_REPLY and _together(after, event, Kind.WAITING_ON_CUSTOMER)


def _entry(event: TicketEvent, words: Words, *, asks: bool) -> Entry:
    message = event.message
    did, sign = _TOLD[Kind(event.kind)]
    return Entry(
        seq=event.seq,
        at=event.happened_at,
        who=str(event.actor) if event.actor and event.kind not in BY_ITSELF else "",
        did="asked for something" if asks else did(event, words),
        sign="question-mark-circle" if asks else sign,
        shape=_shape(event),
        by_staff=message.by_staff if message else False,
        text=message.text if message else event.text,
        files=tuple(message.attachments.all()) if message and event.data.get("files") else (),
        articles=tuple(cited_in(message)) if message and event.data.get("articles") else (),
    )


def _shape(event: TicketEvent) -> Shape:
    if event.kind == Kind.NOTE_ADDED:
        return Shape.NOTE
    if event.kind == Kind.MISSED:
        return Shape.MISS
    return Shape.MESSAGE if event.message else Shape.FACT


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


_TOLD: dict[Kind, tuple[Telling, str]] = {
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
    Kind.MISSED: (_missed, "x-circle"),
    Kind.WARNED: (_warned, "bell-alert"),
    Kind.JUDGED_AGAIN: (_judged_again, "scale"),
}
