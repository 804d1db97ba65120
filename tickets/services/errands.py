"""
What a release means for its tickets, done on each: dates brought in step, fixes named, tickets resolved.

The verbs write an ``Errand`` in their own transaction; the recurring job walks its tickets (``walking``) and asks of
each what holds now, so that it may come late, twice, or after a newer plan. What it records happened when the verb did
it, so a clock is never missed because the worker was late.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from contracts.models import Release
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from contracts.sla.promises import Wordless
from tickets import clocks, notifications
from tickets.fixes import read_fix
from tickets.models import Errand, Ticket, TicketEvent, TicketFix, TicketProblem
from tickets.models.errand import ErrandKind
from tickets.models.ticket import UNFINISHED
from tickets.release_slips import Slip, tell_desk
from tickets.services.changing import Change, changing
from tickets.services.fixes import mark, resolve_by_release
from tickets.services.releases import awaited_release, record_next_release
from tickets.services.walking import Way, walk_all, walk_on


def run_errands(*, at: datetime) -> int:
    """The recurring job: a batch of each unfinished errand in turn; how many tickets were changed."""
    known = ("actor", "release__product", "problem", "product")
    return walk_all(Errand.objects.unfinished(at).select_related(*known).order_by("pk"), run_batch, at)


def run_batch(errand: Errand, at: datetime) -> int:
    """See to the next tickets of ``errand``, after the last of them to those left; how many were changed."""
    rows, field = _tickets_of(errand)
    return walk_on(errand, Way(rows, field, partial(_run, errand, at=at)), at)


def _tickets_of(errand: Errand) -> tuple[QuerySet[Any], str]:
    match errand.kind:
        case ErrandKind.FIX:
            return TicketProblem.objects.filter(problem=errand.problem), "ticket"
        case ErrandKind.RESOLVE:
            return TicketFix.objects.filter(release=errand.release), "ticket"
    return Ticket.objects.unfinished().filter(product=errand.product, runs_clocks=True), "pk"


def _run(errand: Errand, ticket: int, at: datetime) -> bool:
    """Whether something changed on the ticket; nothing on one that is finished meanwhile."""
    with changing(Ticket(pk=ticket), at) as change:
        if change.facts.status not in UNFINISHED:
            return False
        return _DONE[ErrandKind(errand.kind)](errand, change)


def _bring_date_in_step(errand: Errand, change: Change) -> bool:
    release = awaited_release(change)
    if release is not None and release.pk != errand.release_id and _has_errand(release, errand):
        return False  # its own errand says why
    earlier = list(change.events)
    event = record_next_release(change, errand.actor, reason=errand.reason, since=errand.created_at)
    if event is None:
        return False
    fix, after = read_fix(change.events), change.clocks()
    moved = _dues(clocks.clocks_of(change.ticket, earlier, change.at)) != _dues(after)
    if moved or (fix and fix.release == errand.release_id):
        _tell_moved(errand, change, event, after)
    return True


def _has_errand(release: Release, errand: Errand) -> bool:
    """Whether the plan of ``release`` is still on its way to the tickets."""
    open_ones = Errand.objects.filter(kind=errand.kind, product=errand.product_id, done_at=None)
    return open_ones.filter(release=release).exists()


def _tell_moved(errand: Errand, change: Change, event: TicketEvent, after: list[CoreClock]) -> None:
    before, due = (_instant(event, name) for name in ("before", "due_at"))
    version = event.data["release"]
    release = f"{change.ticket.product} {version}" if version else ""
    notifications.tell_release_moved(change.ticket, release, event, after, before=before, due=due)
    if before is not None:
        tell_desk(errand, change.ticket, release, Slip(before, due), change.at)


def _instant(event: TicketEvent, name: str) -> datetime | None:
    return datetime.fromisoformat(event.data[name]) if event.data.get(name) else None


def _dues(found: list[CoreClock]) -> dict[str, datetime | None]:
    """When the clocks are due that wait for a release."""
    return {
        clock.name.value: clock.due_at
        for clock in found
        if clock.promise is Wordless.NEXT_MAINTENANCE_RELEASE and clock.state is not State.STOPPED
    }


def _name_fix(errand: Errand, change: Change) -> bool:
    """Mark the ticket as the known problem says, where it is linked to it still."""
    problem, fix = errand.problem, read_fix(change.events)
    if problem is None or problem.pk not in change.facts.problems:
        return False
    if errand.release is None:
        if fix is None or fix.problem != problem.pk:
            return False
        mark(change, None, errand.actor, errand.reason, problem, errand.created_at)
        return True
    if fix is not None and fix.release == errand.release_id:
        return False
    # Locked, so that it is not published between the marking and the end of this transaction.
    release = Release.objects.select_for_update(of=("self",)).select_related("product")
    named = release.get(pk=errand.release.pk)
    mark(change, named, errand.actor, errand.reason, problem, errand.created_at)
    resolve_by_release(change, named, errand.actor)
    return True


def _resolve(errand: Errand, change: Change) -> bool:
    return errand.release is not None and resolve_by_release(change, errand.release, errand.actor)


_DONE: dict[ErrandKind, Callable[[Errand, Change], bool]] = {
    ErrandKind.DATES: _bring_date_in_step,
    ErrandKind.FIX: _name_fix,
    ErrandKind.RESOLVE: _resolve,
}
