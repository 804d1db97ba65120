"""Closing the desk, and what else moves clocks from outside a ticket: the calendar is an input too."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from django.db.models import Exists, OuterRef

from contracts.models import Closure, PolicyVersion, User
from contracts.services import closures, policies
from contracts.services.policies import HolidayChange
from contracts.sla import clocks as core
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.hours import Closure as CoreClosure
from contracts.sla.hours import OpeningHours
from tickets import clocks
from tickets.models import Clock, Ticket, TicketMerge
from tickets.models.ticket import TicketQuerySet
from tickets.services.looking import look_at_each, nothing_more

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Move:
    """A clock that a change of the calendar moves: due before and after, ``None`` where not due."""

    ticket: Ticket
    clock: str
    before: datetime | None
    after: datetime | None


def close_desk(
    *, policy_slug: str, starts_at: datetime, ends_at: datetime, reason: str, actor: User, at: datetime
) -> Closure:
    """Shut the desk of a policy; the worker then moves its open clocks (VV5). Raises ``Refused``."""
    return closures.enter_closure(
        policy_slug=policy_slug, starts_at=starts_at, ends_at=ends_at, reason=reason, actor=actor, at=at
    )


def withdraw_closure(*, closure: Closure, actor: User, at: datetime) -> Closure:
    """Take a closure back; the worker then moves the clocks back. Raises ``Refused``."""
    return closures.withdraw_closure(closure=closure, actor=actor, at=at)


def accept_holidays(*, version: PolicyVersion, actor: User, at: datetime) -> list[HolidayChange]:
    """Take over the package's changed holidays, which are returned; the worker then moves the clocks."""
    return policies.accept_holidays(version=version, actor=actor, at=at)


def moves_of_closure(
    *, policy_slug: str, starts_at: datetime, ends_at: datetime, reason: str, at: datetime
) -> list[Move]:
    """Which open clocks a closure would move, and to when. Raises ``Refused``; writes nothing."""
    closures.check_closure(starts_at=starts_at, ends_at=ends_at, reason=reason, at=at)
    extra = CoreClosure(starts_at, ends_at, reason)
    hours: dict[int, OpeningHours] = {}
    found: list[Move] = []
    for ticket in _open_tickets(policy_slug):
        terms, version = clocks.terms_of(ticket), ticket.policy_version
        if terms is None or version is None:
            continue
        if version.pk not in hours:
            hours[version.pk] = terms.hours.shut_also(extra)
        events = clocks.core_events(ticket.events.all())
        before = core.clocks(terms, events, at)
        after = core.clocks(replace(terms, hours=hours[version.pk]), events, at)
        found.extend(_moved(ticket, before, after))
    return found


def project_again(*, at: datetime) -> int:
    """The recurring job: clocks computed from an older calendar are judged again; how many tickets.

    A bounded part at a time: those that are due first go first.
    """
    old = Clock.objects.filter(ticket=OuterRef("pk")).exclude(
        calendar_revision=OuterRef("policy_version__calendar_revision")
    )
    stale = Ticket.objects.unfinished().filter(Exists(old), runs_clocks=True)
    stale_merged = Ticket.objects.merged().filter(Exists(old.filter(stopped_at=None)), runs_clocks=True)
    # What was merged comes first, the earliest before the rest: where a survivor stands in the queue depends on it.
    merged = _keys(stale_merged.order_by("merge__merged_at", "pk")[:AT_ONCE])
    in_them = TicketMerge.objects.filter(ticket__in=merged)
    survivors = Ticket.objects.unfinished().filter(pk__in=in_them.values("survivor"))
    again = [*merged, *_keys(stale.most_urgent_first()[:AT_ONCE]), *(_keys(survivors) if merged else ())]
    return look_at_each(again, nothing_more, at=at)


def _keys(tickets: TicketQuerySet) -> list[int]:
    return list(tickets.values_list("pk", flat=True))


def _open_tickets(policy_slug: str) -> Iterable[Ticket]:
    """Those whose clocks run: unfinished ones, and merged ones whose survivor is not resolved."""
    merged = Ticket.objects.merged().exclude(next_due_at=None)
    return chain(_of_policy(Ticket.objects.unfinished(), policy_slug), _of_policy(merged, policy_slug))


def _of_policy(tickets: TicketQuerySet, policy_slug: str) -> Iterable[Ticket]:
    return (
        tickets.filter(policy_version__slug=policy_slug, runs_clocks=True)
        .select_related("policy_version")
        .prefetch_related("events")
        .most_urgent_first()
        .iterator(chunk_size=200)
    )


def _moved(ticket: Ticket, before: list[CoreClock], after: list[CoreClock]) -> Iterable[Move]:
    due = {clock.name: clock.due_at for clock in before}
    for clock in after:
        if clock.stopped_at is None and clock.due_at != due.get(clock.name):
            yield Move(ticket, clock.name.value, due.get(clock.name), clock.due_at)
