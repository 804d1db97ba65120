"""What is stored for lists beside what the record says now: every clock and every projection, derived anew. Reads only.

Two kinds of row may lag and are no fault: a clock that ran out since its row was written (the worker has not noticed
yet), and one of an open ticket that was computed from an older calendar (the worker computes it anew).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from contracts.models import PolicyVersion
from contracts.sla.clock import Clock as CoreClock
from tickets import clocks, facts
from tickets.models import Clock, Ticket, TicketEvent

Row = TypeVar("Row", TicketEvent, Clock)
AT_ONCE = 500
READ = ("ticket", "seq", "kind", "happened_at", "data", "text")
PROJECTED = ("status", "severity", "severity_confirmed", "assignee_id", "next_due_at", "queue_at")
# What moves on while nothing happens, until the worker comes.
MOVING = ("missed_at", "missed_count", "remaining_seconds")


@dataclass(frozen=True, slots=True)
class Difference:
    """That ``what`` of a ticket is stored as one thing and derived as another."""

    number: str
    what: str
    stored: object
    derived: object

    @property
    def moves(self) -> bool:
        return self.what.rpartition(".")[2] in MOVING

    def __str__(self) -> str:
        return f"{self.number}: {self.what} is stored as {self.stored}, and its record gives {self.derived}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A ticket that was looked at, how many clocks it has, and what differs."""

    ticket: Ticket
    clocks: int
    differences: Sequence[Difference]


def judge_all(*, at: datetime) -> Iterator[Judged]:
    """Every ticket, in the order of their keys, some at a time."""
    versions = PolicyVersion.objects.in_bulk()
    last = 0
    while tickets := list(Ticket.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        keys = [ticket.pk for ticket in tickets]
        events = _by_ticket(
            TicketEvent.objects.filter(ticket__in=keys).only(*READ).order_by("ticket_id", "seq")
        )
        rows = _by_ticket(Clock.objects.filter(ticket__in=keys).order_by("ticket_id", "pk"))
        for ticket in tickets:
            if ticket.policy_version_id is not None:
                # One object for all, which is read and compiled once.
                ticket.policy_version = versions[ticket.policy_version_id]
            own = rows.get(ticket.pk, [])
            found = differences(ticket, events.get(ticket.pk, []), own, at)
            yield Judged(ticket, len(own), found and _again(ticket, at))
        last = keys[-1]


def differences(
    ticket: Ticket, events: Sequence[TicketEvent], rows: Sequence[Clock], at: datetime
) -> list[Difference]:
    """What is stored otherwise than ``events`` give at ``at``; ``rows`` are the stored clocks."""
    read = facts.read(events)
    since = max((event.happened_at for event in events), default=at)
    now = clocks.clocks_of(ticket, events, max(at, since))
    found = [*_of_ticket(ticket, read, rows, now), *_of_clocks(ticket, read, rows, now)]
    if any(difference.moves for difference in found):
        then = clocks.rows_of(ticket, clocks.clocks_of(ticket, events, since), read)
        earlier = {f"{row.name}.{name}": getattr(row, name) for row in then for name in MOVING}
        found = [difference for difference in found if not _lags(difference, earlier)]
    return found


def _of_ticket(
    ticket: Ticket, read: facts.Facts, rows: Sequence[Clock], found: Sequence[CoreClock]
) -> Iterator[Difference]:
    stored = {name: getattr(ticket, name) for name in PROJECTED}
    derived = Ticket(pk=ticket.pk)
    clocks.set_nearest(derived, found)
    wanted = {
        "status": read.status,
        "severity": read.severity,
        "severity_confirmed": read.severity_confirmed,
        "assignee_id": read.assignee_id,
        "next_due_at": derived.next_due_at,
        "queue_at": derived.queue_at,
    }
    if any(_is_old(ticket, row) for row in rows):
        del wanted["next_due_at"], wanted["queue_at"]
    yield from _compared(ticket.number, "", stored, wanted)


def _of_clocks(
    ticket: Ticket,
    read: facts.Facts,
    rows: Sequence[Clock],
    now: Sequence[CoreClock],
) -> Iterator[Difference]:
    stored = {row.name: row for row in rows}
    derived = {row.name: row for row in clocks.rows_of(ticket, now, read)}
    for name in sorted(stored.keys() | derived.keys()):
        if name not in stored or name not in derived:
            yield Difference(ticket.number, f"the {name} clock", _there(stored, name), _there(derived, name))
        elif not _is_old(ticket, stored[name]):
            fields = [field for field in clocks.STORED if field != "calendar_revision"]
            is_, wanted = (
                {field: getattr(row, field) for field in fields} for row in (stored[name], derived[name])
            )
            yield from _compared(ticket.number, f"{name}.", is_, wanted)


def _lags(difference: Difference, earlier: Mapping[str, object]) -> bool:
    """Whether the row only says what held at some instant between the ticket's last event and now."""
    if not difference.moves or difference.what not in earlier:
        return False
    is_amount = difference.what.endswith("remaining_seconds")
    return _between(difference.stored, difference.derived, earlier[difference.what], is_amount=is_amount)


def _between(value: Any, now: Any, then: Any, *, is_amount: bool) -> bool:  # noqa: ANN401 -- amounts or instants
    """Whether a row written between two instants may say ``value``: what holds at either, or an amount between."""
    if is_amount and None not in {value, now, then}:
        return bool(now <= value <= then)
    return value in {now, then} or (None not in {value, now, then} and then <= value <= now)


def _is_old(ticket: Ticket, row: Clock) -> bool:
    """Whether the worker will compute the clock anew, since the calendar has changed (``desk.project_again``)."""
    version = ticket.policy_version
    return ticket.is_unfinished and version is not None and row.calendar_revision != version.calendar_revision


def _compared(
    number: str, prefix: str, stored: Mapping[str, object], wanted: Mapping[str, object]
) -> Iterator[Difference]:
    for name, value in wanted.items():
        if stored[name] != value:
            yield Difference(number, f"{prefix}{name}", stored[name], value)


def _there(rows: Mapping[str, Clock], name: str) -> str:
    return "there" if name in rows else "missing"


def _by_ticket(rows: QuerySet[Row]) -> dict[int, list[Row]]:
    return {pk: list(same) for pk, same in groupby(rows, key=lambda row: row.ticket_id)}


def _again(ticket: Ticket, at: datetime) -> list[Difference]:
    """The ticket as it stands, locked: a verb in between looks like a difference otherwise."""
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        locked.policy_version = ticket.policy_version
        events = list(locked.events.only(*READ).order_by("seq"))
        return differences(locked, events, list(locked.clocks.all()), at)
