"""What a stored clock looks like in a list. Pure: rows in, texts out, and the time is a parameter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from contracts.phrasing import iso, moment
from contracts.sla.clock import State
from contracts.sla.promises import Wordless
from tickets.standing import Standing

DATED = {Standing.OVERDUE: "since", Standing.ON_TIME: "due", Standing.DUE_SOON: "due", Standing.AGREED: "for"}
ORDER = (State.RUNNING, State.PAUSED, State.UNSCHEDULED, State.VOID, State.STOPPED)

# The columns of ``tickets.models.Clock`` that a line is made of.
LINE = ("ticket", "name", "promise", "state", "due_at", "warn_at", "missed_at")


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A stored clock in a list."""

    name: str
    promise: str
    standing: Standing
    rest: str
    iso: str


class StoredClock(Protocol):
    """What a list keeps of a clock: a row of ``tickets.models.Clock``."""

    name: str
    promise: str
    state: str
    due_at: datetime | None
    warn_at: datetime | None
    missed_at: datetime | None


def line(row: StoredClock, *, reader_zone: ZoneInfo, at: datetime) -> ClockLine:
    """One stored clock in a list; whether it is overdue is judged at ``at``, not when it was stored."""
    standing = _standing(row, at)
    dated = standing in DATED and row.due_at is not None
    return ClockLine(
        name=row.name.capitalize(),
        promise=row.promise,
        standing=standing,
        rest=f"{DATED[standing]} {moment(row.due_at, reader_zone, now=at)}" if dated and row.due_at else "",
        iso=iso(row.due_at) if dated and row.due_at else "",
    )


def nearest(rows: Iterable[StoredClock]) -> StoredClock | None:
    """Of a ticket's stored clocks the one that a list shows: what is due first, else what is not over."""
    unstopped = [row for row in rows if row.state != State.STOPPED]
    return min(unstopped, key=_urgency, default=None)


def most_urgent_first(rows: Iterable[StoredClock]) -> list[StoredClock]:
    """Of a ticket's stored clocks those that are not over, what is due first at the head, then the missed."""
    known = list(rows)
    going_on = sorted((row for row in known if row.state != State.STOPPED), key=_urgency)
    return going_on + [row for row in known if row.state == State.STOPPED and row.missed_at]


def _urgency(row: StoredClock) -> tuple[bool, float, int]:
    return row.due_at is None, row.due_at.timestamp() if row.due_at else 0, ORDER.index(State(row.state))


def _standing(row: StoredClock, at: datetime) -> Standing:
    match row.state:
        case State.RUNNING if row.due_at:
            return _running(row, row.due_at, at)
        case State.PAUSED:
            return Standing.PAUSED
        case State.VOID:
            # Of a ticket that was closed without a resolution: what it had missed by then stays missed.
            return Standing.MISSED if row.missed_at else Standing.VOID
        case State.STOPPED:
            return _stopped(row)
    return Standing.BEST_EFFORT if row.promise == Wordless.BEST_EFFORT else Standing.WAITING


def _running(row: StoredClock, due: datetime, at: datetime) -> Standing:
    if due < at:
        return Standing.OVERDUE
    if row.warn_at and row.warn_at <= at:
        return Standing.DUE_SOON
    return Standing.AGREED if row.promise == Wordless.AS_MUTUALLY_AGREED else Standing.ON_TIME


def _stopped(row: StoredClock) -> Standing:
    if row.missed_at:
        return Standing.MISSED
    return Standing.KEPT if row.due_at else Standing.DONE
