"""What the worker notices: a clock that ran out, a clock that soon will. Each is told once.

1. The stored due dates say which tickets to look at; they are a hint and nothing more.
2. The ticket is locked and its clocks are computed from its events and the calendar as it stands.
3. What is not in the record yet is recorded, with the due instant, and told in the same transaction.
Two workers on one ticket wait for each other, and the second finds nothing left to do.
"""

from collections.abc import Callable
from datetime import datetime

from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from tickets import clocks, notifications
from tickets.models import Clock, Escalation
from tickets.models.clock import ClockQuerySet
from tickets.models.escalation import EscalationQuerySet
from tickets.models.event import Kind
from tickets.services.changing import Change
from tickets.services.looking import look_at_each, nothing_more

AT_ONCE = 500


def record_misses(*, at: datetime) -> None:
    """The recurring job: record every miss whose due instant has passed, and tell the staff."""
    _each(Clock.objects.ran_out(at).order_by("due_at"), at, nothing_more)


def give_warnings(*, at: datetime) -> None:
    """The recurring job: tell the staff of clocks that have used most of their time."""
    _each(Clock.objects.to_warn(at).order_by("due_at"), at, _warn)


def record_escalations(*, at: datetime) -> None:
    """The recurring job: escalate what used the share that a policy names, and what nobody acknowledged in time.

    Misses are escalated when they are recorded.
    """
    _each(Clock.objects.to_escalate(at).order_by("escalate_at"), at, nothing_more)
    _each(Escalation.objects.to_go_on(at).order_by("next_at"), at, nothing_more)


def _each(rows: ClockQuerySet | EscalationQuerySet, at: datetime, look: Callable[[Change], None]) -> None:
    """Look at the ticket of each row, a bounded part of them."""
    look_at_each(list(rows.values_list("ticket_id", flat=True)[:AT_ONCE]), look, at=at)


def _warn(change: Change) -> None:
    found = change.clocks()
    for clock in found:
        if _is_to_warn(change, clock):
            due = clocks.written(clock.due_at)
            event = change.record(Kind.WARNED, None, clock=clock.name.value, due_at=due)
            notifications.tell_warned(change.ticket, clock, event, found, change.at)


def _is_to_warn(change: Change, clock: CoreClock) -> bool:
    terms = clocks.terms_of(change.ticket)
    if terms is None or clock.state is not State.RUNNING or clock.due_at is None:
        return False
    warn_at = clocks.warn_at(terms, clock)
    told = (clock.name.value, clocks.written(clock.due_at)) in change.facts.warned
    return not told and warn_at is not None and warn_at <= change.at <= clock.due_at
