"""The only bridge from tickets to the core: a ticket's events and its contract in, clocks out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from contracts.calendar_rows import policy_of, terms_for
from contracts.sla import clocks as core
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.terms import Terms
from tickets.endings import read_ending
from tickets.escalation import next_share_at
from tickets.facts import Facts
from tickets.models import Clock, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.ticket import NEVER

WARN_AT_PERCENT = 75
CORE_KINDS = {kind.value for kind in EventKind}


@dataclass(frozen=True, slots=True)
class Miss:
    """A clock ran past ``due_at``."""

    name: ClockName
    due_at: datetime


def core_events(events: Iterable[TicketEvent]) -> list[Event]:
    """What the clocks are judged from: the events from the submission on that concern them.

    Before its submission a request was kept without a clock, and nothing of that time counts.
    """
    found: list[Event] = []
    for event in events:
        if event.kind in CORE_KINDS and (found or event.kind == Kind.SUBMITTED):
            found.append(_core_event(event))
    return sorted(found, key=lambda event: event.at)


def clocks_of(ticket: Ticket, events: Iterable[TicketEvent], at: datetime) -> list[CoreClock]:
    """The clocks of ``ticket`` at ``at``; ``[]`` while none runs for it.

    Closing is no event of the core. Of a ticket that was closed without a resolution nothing is judged after the
    closing: what had not stopped by then is void from then on, neither kept nor missed any later, and what it had
    missed stays missed. Reopened, it is judged as if it had never been closed (docs/endings.md).
    """
    terms = terms_of(ticket)
    if terms is None:
        return []
    known = list(events)
    closed_at = read_ending(known).closed_unresolved_at
    if closed_at is None or at < closed_at:
        return core.clocks(terms, core_events(known), at)
    return [_left_open(clock) for clock in core.clocks(terms, core_events(known), closed_at)]


def _left_open(clock: CoreClock) -> CoreClock:
    """A clock when its ticket was closed without a resolution."""
    if clock.state in (State.STOPPED, State.VOID):
        return clock
    return CoreClock(
        clock.name,
        State.VOID,
        clock.started_at,
        promise=clock.promise,
        severity=clock.severity,
        misses=clock.misses,
    )


def terms_of(ticket: Ticket) -> Terms | None:
    """What the ticket's tier promises, by the calendar as it stands; ``None`` without a contract."""
    if ticket.policy_version is None or not ticket.runs_clocks:
        return None
    return terms_for(ticket.policy_version, ticket.tier)


def misses(clocks: Iterable[CoreClock]) -> list[Miss]:
    """Every miss that the events tell of, recorded or not, oldest first."""
    found = [Miss(clock.name, due) for clock in clocks for due in clock.misses]
    return sorted(found, key=lambda miss: miss.due_at)


def project(ticket: Ticket, clocks: Sequence[CoreClock], facts: Facts) -> None:
    """Store ``clocks`` as rows and the nearest due date on ``ticket`` (which is not saved here)."""
    stored = dict(ticket.clocks.values_list("name", "pk"))
    known, new = [], []
    for row in rows_of(ticket, clocks, facts):
        if (pk := stored.pop(row.name, None)) is None:
            new.append(row)
        else:
            row.pk = pk
            known.append(row)
    Clock.objects.bulk_create(new)
    Clock.objects.bulk_update(known, STORED)
    if stored:
        Clock.objects.filter(pk__in=stored.values()).delete()
    set_nearest(ticket, clocks)
    if facts.merged_from:
        _look_at_merged(ticket)


def rows_of(ticket: Ticket, clocks: Iterable[CoreClock], facts: Facts) -> list[Clock]:
    """The rows that ``clocks`` are stored as; not saved."""
    revision = ticket.policy_version.calendar_revision if ticket.policy_version else 0
    terms = terms_of(ticket)
    return [_row(ticket, clock, facts, terms, revision) for clock in clocks]


def set_nearest(ticket: Ticket, clocks: Iterable[CoreClock]) -> None:
    """Note on ``ticket`` when its nearest clock is due; it is not saved here."""
    due = [clock.due_at for clock in clocks if clock.state is State.RUNNING and clock.due_at]
    ticket.next_due_at = min(due, default=None)
    ticket.queue_at = ticket.next_due_at or NEVER


def _look_at_merged(ticket: Ticket) -> None:
    """A survivor stands in the queue by the nearest clock of its own and of what was merged into it."""
    merged = Ticket.objects.filter(merge__survivor=ticket).aggregate(first=Min("queue_at"))
    ticket.queue_at = min(ticket.queue_at, merged["first"] or NEVER)


STORED = [field.name for field in Clock._meta.concrete_fields if field.name not in ("id", "ticket", "name")]


def _row(ticket: Ticket, clock: CoreClock, facts: Facts, terms: Terms | None, revision: int) -> Clock:
    due = written(clock.due_at)
    return Clock(
        ticket=ticket,
        name=clock.name.value,
        promise=str(clock.promise) if clock.promise else "",
        state=clock.state.value,
        started_at=clock.started_at,
        due_at=clock.due_at,
        warn_at=warn_at(terms, clock) if terms else None,
        stopped_at=clock.stopped_at,
        missed_at=clock.missed_at,
        missed_count=clock.missed_count,
        remaining_seconds=None if clock.remaining is None else int(clock.remaining.total_seconds()),
        calendar_revision=revision,
        miss_recorded=_miss_recorded(clock, facts, due),
        warning_given=(clock.name.value, due) in facts.warned,
        escalate_at=_escalate_at(ticket, terms, clock, facts),
    )


def _escalate_at(ticket: Ticket, terms: Terms | None, clock: CoreClock, facts: Facts) -> datetime | None:
    """When a share of the promise is used that a rule of the policy names and that was not told yet."""
    if terms is None or ticket.policy_version is None:
        return None
    return next_share_at(policy_of(ticket.policy_version), terms, clock, facts.grades, facts.escalated)


def _miss_recorded(clock: CoreClock, facts: Facts, due: str) -> bool:
    """Whether nothing is left to record of the running period: only updates are missed repeatedly."""
    if clock.name is ClockName.UPDATE:
        return (clock.name.value, due) in facts.recorded_misses
    return any(name == clock.name for name, _ in facts.recorded_misses)


def warn_at(terms: Terms, clock: CoreClock) -> datetime | None:
    """When three quarters of the promise are used; for an agreed or planned date, a day before it."""
    if clock.state is not State.RUNNING or clock.due_at is None:
        return None
    if clock.length is None or clock.counted_from is None:
        return clock.due_at - timedelta(days=1)
    amount = terms.counting.amount(clock.counted_from, clock.length) * WARN_AT_PERCENT / 100
    return terms.counting.reach(clock.counted_from, clock.length, amount, clock.breaks)


def written(at: datetime | None) -> str:
    """An instant as the record writes it; ``""`` for none."""
    return at.isoformat() if at else ""


def _core_event(event: TicketEvent) -> Event:
    data = event.data
    due = data.get("due_at")
    return Event(
        at=event.happened_at,
        kind=EventKind(event.kind),
        severity=data.get("severity"),
        promise=ClockName(data["promise"]) if "promise" in data else None,
        due=datetime.fromisoformat(due) if due else None,
        code=data.get("clause"),
    )
