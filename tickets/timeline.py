"""What happened to a ticket, told to people: one column of time. Pure: events in, entries out.

The verbs record more events than people need to read: filing records that the request was filed and
that its clocks started, a question is a reply and a waiting. Here each becomes one entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tickets.cited import Cited, cited_in
from tickets.models import Attachment, TicketEvent
from tickets.models.event import Kind
from tickets.telling import TOLD, Words, more_of

# What staff alone read. A customer's page does not even fetch it.
INTERNAL = (
    Kind.NOTE_ADDED,
    Kind.ASSIGNED,
    Kind.TEAM_ASSIGNED,
    Kind.WARNED,
    Kind.CLOSING_OFFERED,
    Kind.TAGGED,
    Kind.UNTAGGED,
    Kind.WATCHER_ADDED,
    Kind.WATCHER_REMOVED,
    Kind.TICKET_LINKED,
    Kind.TICKET_UNLINKED,
)

# What is told as having happened, whoever set it off.
BY_ITSELF = {
    Kind.SUBMITTED,
    Kind.RELEASE_PLANNED,
    Kind.MISSED,
    Kind.WARNED,
    Kind.JUDGED_AGAIN,
    Kind.REMINDED,
    Kind.CLOSING_OFFERED,
    Kind.ESCALATED,
}


# Whose text is a name, which their words have said.
NAMES = {
    Kind.TAGGED,
    Kind.UNTAGGED,
    Kind.WATCHER_ADDED,
    Kind.WATCHER_REMOVED,
    Kind.SHARED,
    Kind.UNSHARED,
}


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
        case Kind.CUSTOMER_REPLIED | Kind.PUBLIC_REPLY if "call" in event.data:
            return before is not None and "direction" in before.data
        case Kind.CUSTOMER_REPLIED:
            return event.message is None and _together(after, event, Kind.REOPENED)
    return False


def _together(other: TicketEvent | None, event: TicketEvent, kind: Kind) -> bool:
    return other is not None and other.kind == kind and other.happened_at == event.happened_at


def _asks(event: TicketEvent, after: TicketEvent | None) -> bool:
    return event.kind == Kind.PUBLIC_REPLY and _together(after, event, Kind.WAITING_ON_CUSTOMER)


def _entry(event: TicketEvent, words: Words, *, asks: bool) -> Entry:
    message = event.message
    did, sign = TOLD[Kind(event.kind)]
    return Entry(
        seq=event.seq,
        at=event.happened_at,
        who=str(event.actor) if event.actor and event.kind not in BY_ITSELF else "",
        did="asked for something" if asks else did(event, words) + more_of(event, words),
        sign="question-mark-circle" if asks else sign,
        shape=_shape(event),
        by_staff=message.by_staff if message else False,
        text=message.text if message else "" if event.kind in NAMES else event.text,
        files=tuple(message.attachments.all()) if message and event.data.get("files") else (),
        articles=tuple(cited_in(message)) if message and event.data.get("articles") else (),
    )


def _shape(event: TicketEvent) -> Shape:
    if event.kind == Kind.NOTE_ADDED:
        return Shape.NOTE
    if event.kind == Kind.MISSED:
        return Shape.MISS
    return Shape.MESSAGE if event.message else Shape.FACT
