"""The seal of the record: each event carries an HMAC over its own facts and the seal before it.

The canonical form (docs/record.md) is the JSON text, keys sorted, no white space, of number, seq,
happened_at, recorded_at, kind, data, actor and previous; instants in UTC with microseconds.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from tickets.models import Ticket, TicketEvent
from tickets.redactions import FIELDS, NAMELESS, Redactions, read_redactions


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a record does not hold: the event's ``seq`` and what is wrong with it."""

    number: str
    seq: int
    problem: str


def fingerprint(text: str) -> str:
    """A keyed hash of something that was typed; it cannot be turned back or guessed at."""
    return keyed(b"text", text.encode())


def seal(
    *,
    number: str,
    seq: int,
    happened_at: datetime,
    recorded_at: datetime,
    kind: str,
    data: Mapping[str, Any],
    actor_id: int | None,
    previous: str,
) -> str:
    """The hash of one event."""
    form = {
        "number": number,
        "seq": seq,
        "happened_at": written(happened_at),
        "recorded_at": written(recorded_at),
        "kind": kind,
        "data": data,
        "actor": actor_id,
        "previous": previous,
    }
    canonical = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return keyed(b"event", canonical.encode())


def verify(ticket: Ticket, events: Iterable[TicketEvent]) -> list[Break]:
    """Every place where the record of ``ticket`` is broken, its end included; ``[]`` when it holds.

    ``events`` have their message loaded, and for speed the message its files.
    """
    known = list(events)
    redactions = read_redactions(known)
    breaks: list[Break] = []
    previous, seq = "", 0
    for event in known:
        seq += 1
        if event.seq != seq:
            breaks.append(Break(ticket.number, seq, "an event is missing"))
            seq = event.seq
        if event.previous != previous:
            breaks.append(Break(ticket.number, seq, "does not follow the event before it"))
        if not hmac.compare_digest(event.hash, seal_of(ticket.number, event)):
            breaks.append(Break(ticket.number, seq, "was changed after it was recorded"))
        if event.address and event.data.get("address_fingerprint") != fingerprint(event.address):
            breaks.append(Break(ticket.number, seq, "its address was changed after it was recorded"))
        problems = (*_texts_changed(event, redactions), *_files_changed(event, redactions))
        breaks.extend(Break(ticket.number, seq, problem) for problem in problems)
        previous = event.hash
    if (ticket.seq, ticket.head) != (seq, previous):
        breaks.append(Break(ticket.number, ticket.seq, "the ticket names another end of its record"))
    if known:
        problems = tuple(_fields_changed(ticket, known, redactions))
        breaks.extend(Break(ticket.number, known[0].seq, problem) for problem in problems)
    return breaks


def seal_of(number: str, event: TicketEvent) -> str:
    """The hash that ``event`` must carry."""
    return seal(
        number=number,
        seq=event.seq,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        kind=event.kind,
        data=event.data,
        actor_id=event.actor_id,
        previous=event.previous,
    )


def _texts_changed(event: TicketEvent, redactions: Redactions) -> Iterator[str]:
    """What is wrong with the texts beside the seal: they are what was recorded, or what a redaction put there."""
    message = event.message.text if event.message else ""
    for name, value, removed in (
        ("text", event.text, redactions.texts),
        ("message", message, redactions.messages),
    ):
        recorded = event.data.get(f"{name}_fingerprint", "")
        if recorded or value:
            yield from _changed(value, recorded, removed.get(event.seq), "its text")


def _fields_changed(ticket: Ticket, events: Iterable[TicketEvent], redactions: Redactions) -> Iterator[str]:
    """The same for what the form asked for, or a reply filled in; tickets of before 28 November 2026 have no
    fingerprints of it.
    """
    for name, recorded in _fields_said(events).items():
        value = getattr(ticket, name) if name in FIELDS else ""
        by = redactions.fields.get(name)
        yield from _changed("" if by and value == NAMELESS else value, recorded, by, f"the {name}")


def _fields_said(events: Iterable[TicketEvent]) -> dict[str, str]:
    """The fingerprint of each field as it was said first; what is filled in later was empty before."""
    said: dict[str, str] = {}
    for event in events:
        filled = {name: each for name, each in event.data.get("filled", {}).items() if name in FIELDS}
        said = {**filled, **event.data.get("said", {}), **said}
    return said


def _changed(value: str, recorded: str, by: TicketEvent | None, what: str) -> Iterator[str]:
    """Whether ``value`` is neither what was ``recorded`` nor what the redaction ``by`` left of it."""
    wanted = by.data.get("replacement_fingerprint", "") if by else recorded
    if (fingerprint(value) == wanted) or (by and not value and not wanted):
        return
    yield (
        f"{what} was changed after it was recorded"
        if value
        else f"{what} is gone, and no redaction tells of it"
    )


def _files_changed(event: TicketEvent, redactions: Redactions) -> Iterator[str]:
    """What is wrong with the files of an event: one is exchanged, or gone without a redaction."""
    if not (recorded := event.data.get("files")) or event.message is None:
        return
    files = list(event.message.attachments.all())
    if sorted(file.sha256 for file in files) != sorted(recorded):
        yield "its files are not those that were recorded"
    if any(file.is_removed and file.pk not in redactions.files for file in files):
        yield "one of its files is gone, and no redaction tells of it"


def keyed(purpose: bytes, content: bytes) -> str:
    """An HMAC-SHA256 with the key of the record; ``purpose`` keeps one use apart from another."""
    key = settings.RECORD_KEY.encode()
    return hmac.new(key, purpose + b"\0" + content, hashlib.sha256).hexdigest()


def written(at: datetime) -> str:
    """An instant as the canonical form has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
