"""The seal of the record: each event carries an HMAC over its own facts and the seal before it.

The canonical form (docs/record.md) is the JSON text, keys sorted, no white space, of number, seq,
happened_at, recorded_at, kind, data, actor and previous; instants in UTC with microseconds.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from tickets.models import Ticket, TicketEvent


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a record does not hold: the event's ``seq`` and what is wrong with it."""

    number: str
    seq: int
    problem: str


def fingerprint(text: str) -> str:
    """A keyed hash of something that was typed; it cannot be turned back or guessed at."""
    return _keyed(b"text", text.encode())


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
        "happened_at": _written(happened_at),
        "recorded_at": _written(recorded_at),
        "kind": kind,
        "data": data,
        "actor": actor_id,
        "previous": previous,
    }
    canonical = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return _keyed(b"event", canonical.encode())


def verify(ticket: Ticket, events: Iterable[TicketEvent]) -> list[Break]:
    """Every place where the chain of ``ticket`` is broken, its end included; ``[]`` when it holds."""
    breaks: list[Break] = []
    previous, seq = "", 0
    for event in events:
        seq += 1
        if event.seq != seq:
            breaks.append(Break(ticket.number, seq, "an event is missing"))
            seq = event.seq
        if event.previous != previous:
            breaks.append(Break(ticket.number, seq, "does not follow the event before it"))
        if not hmac.compare_digest(event.hash, seal_of(ticket.number, event)):
            breaks.append(Break(ticket.number, seq, "was changed after it was recorded"))
        if _texts_changed(event):
            breaks.append(Break(ticket.number, seq, "its text was changed after it was recorded"))
        previous = event.hash
    if (ticket.seq, ticket.head) != (seq, previous):
        breaks.append(Break(ticket.number, ticket.seq, "the ticket names another end of its record"))
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


def _texts_changed(event: TicketEvent) -> bool:
    """Whether a text that is still there differs from the one that was recorded."""
    written = {"text": event.text, "message": event.message.text if event.message else ""}
    return any(
        value and event.data.get(f"{name}_fingerprint") != fingerprint(value)
        for name, value in written.items()
    )


def _keyed(purpose: bytes, content: bytes) -> str:
    key = settings.RECORD_KEY.encode()
    return hmac.new(key, purpose + b"\0" + content, hashlib.sha256).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
