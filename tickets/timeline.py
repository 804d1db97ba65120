"""What happened to a ticket, told to people: one column of time. Pure: events in, entries out.

The verbs record more events than people need to read: filing records that the request was filed and
that its clocks started, a question is a reply and a waiting. Here each becomes one entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tickets.cited import Cited, cited_in
from tickets.models import Attachment, Message, TicketEvent
from tickets.models.event import Kind
from tickets.redactions import Redactions, concerned, read_redactions
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
    Kind.ESCALATION_ACKNOWLEDGED,
}


# What carries the word of why of a proposal.
SAYS = (Kind.PUBLIC_REPLY, Kind.CUSTOMER_REPLIED, Kind.CUSTOMER_MESSAGE)
# Which neighbour, at the same instant, says it already.
TOLD_BY_WHAT_IS_BEFORE: dict[Kind, tuple[Kind, ...]] = {
    Kind.SUBMITTED: (Kind.FILED,),
    Kind.WAITING_ON_CUSTOMER: (Kind.PUBLIC_REPLY,),
    Kind.SEVERITY_CONFIRMED: (Kind.SEVERITY_CHANGED, Kind.SEVERITY_KEPT),
    Kind.DATE_PROPOSED: SAYS,
}
TOLD_BY_WHAT_IS_AFTER: dict[Kind, tuple[Kind, ...]] = {
    Kind.CUSTOMER_REPLIED: (Kind.REOPENED, Kind.SEVERITY_REQUESTED, Kind.DISPUTED),
    Kind.EXCLUDED: (Kind.DECLINED,),
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
    """One entry: at an instant somebody (``""`` for nobody) did something, with what was written.

    ``removed`` says by whom and when something of it was removed, a sentence each. ``mail`` is the key of the
    incoming mail that it came by, ``None`` for what was written on a page.
    """

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
    removed: Sequence[str] = ()
    mail: int | None = None


def timeline(events: Iterable[TicketEvent], words: Words) -> list[Entry]:
    """The entries of ``events``, which are in the order of their ``seq``; oldest first.

    Each event has its ``actor`` and ``message`` loaded, and the message its files and articles.
    """
    entries: list[Entry] = []
    known = list(events)
    redactions = read_redactions(known)
    here = {event.seq for event in known}
    for place, event in enumerate(known):
        before = known[place - 1] if place else None
        after = known[place + 1] if place + 1 < len(known) else None
        # What was removed from a note is nothing to those who do not see the note.
        if event.kind == Kind.REDACTED and not concerned(event) <= here:
            continue
        if not _is_part_of_another(event, before, after):
            proposal = after if event.kind in SAYS and _together(after, event, Kind.DATE_PROPOSED) else None
            entries.append(_entry(event, words, redactions, asks=_asks(event, after), proposal=proposal))
    return sorted(entries, key=lambda entry: (entry.at, entry.seq))


def _is_part_of_another(event: TicketEvent, before: TicketEvent | None, after: TicketEvent | None) -> bool:
    """Whether the entry of its neighbour says it already."""
    kind = Kind(event.kind)
    if "call" in event.data:
        return before is not None and "direction" in before.data
    if kind is Kind.CUSTOMER_REPLIED and event.message is not None:
        return False
    is_told_before = _together(before, event, *TOLD_BY_WHAT_IS_BEFORE.get(kind, ()))
    return is_told_before or _together(after, event, *TOLD_BY_WHAT_IS_AFTER.get(kind, ()))


def _together(other: TicketEvent | None, event: TicketEvent, *kinds: Kind) -> bool:
    return other is not None and other.kind in kinds and other.happened_at == event.happened_at


def _asks(event: TicketEvent, after: TicketEvent | None) -> bool:
    return event.kind == Kind.PUBLIC_REPLY and _together(after, event, Kind.WAITING_ON_CUSTOMER)


def _entry(
    event: TicketEvent, words: Words, redactions: Redactions, *, asks: bool, proposal: TicketEvent | None
) -> Entry:
    message, told = event.message, proposal or event
    files = tuple(message.attachments.all()) if message and event.data.get("files") else ()
    did, sign = TOLD[Kind(told.kind)]
    return Entry(
        seq=event.seq,
        at=event.happened_at,
        who=str(event.actor) if event.actor and event.kind not in BY_ITSELF else "",
        did="asked for something" if asks else did(told, words) + more_of(event, words),
        sign="question-mark-circle" if asks else sign,
        shape=_shape(event),
        by_staff=message.by_staff if message else False,
        text=message.text if message else "" if event.kind in NAMES else event.text,
        files=[file for file in files if not file.is_removed],
        articles=tuple(cited_in(message)) if message and event.data.get("articles") else (),
        removed=tuple(_removed(event, files, redactions, words)),
        mail=_mail_of(message) if message else None,
    )


def _mail_of(message: Message) -> int | None:
    """The key of its mail, where it was fetched with the message (``history``): no entry asks by itself."""
    mail = message._state.fields_cache.get("incoming_mail")  # noqa: SLF001 -- asks no query
    return mail.pk if mail is not None else None


def _removed(
    event: TicketEvent, files: Iterable[Attachment], redactions: Redactions, words: Words
) -> Iterator[str]:
    """In place of what was removed: what it was, by whom and when."""
    seq = event.seq
    if by := redactions.messages.get(seq) or redactions.texts.get(seq):
        part = "A part of this" if by.data.get("replacement_fingerprint") else "This text"
        yield f"{part} was removed by {by.actor}, {words.moment(by.happened_at)}."
    for file in files:
        if by := redactions.files.get(file.pk):
            yield f"A file was removed by {by.actor}, {words.moment(by.happened_at)}."


def _shape(event: TicketEvent) -> Shape:
    if event.kind == Kind.NOTE_ADDED:
        return Shape.NOTE
    if event.kind == Kind.MISSED:
        return Shape.MISS
    return Shape.MESSAGE if event.message else Shape.FACT
