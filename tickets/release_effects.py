"""What a release means for tickets, before it is moved or published: lists that staff look at."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from contracts.models import Release
from contracts.sla.clock import State
from contracts.sla.promises import Wordless
from tickets.models import Clock, KnownProblem, Ticket
from tickets.models.ticket import TicketQuerySet

LISTED = 25


@dataclass(frozen=True, slots=True)
class Some:
    """How many tickets there are, and the most urgent of them."""

    count: int
    first: list[Ticket]

    @property
    def others(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True, slots=True)
class Effects:
    """Of a release that is not out: the tickets that it resolves, the others that are due on its date, and the known
    problems that it fixes.
    """

    resolved: Some
    waiting: Some
    problems: list[KnownProblem]


def effects_of(release: Release) -> Effects:
    """What hangs on ``release``, as the stored projections have it."""
    problems = KnownProblem.objects.filter(fixed_in=release, closed_at=None)
    return Effects(_some(_marked(release)), _some(_waiting(release)), list(problems[:LISTED]))


def _marked(release: Release) -> TicketQuerySet:
    return Ticket.objects.unfinished().filter(fix__release=release)


def _waiting(release: Release) -> TicketQuerySet:
    """Those with a promise of the next maintenance release, if it is this one, and not marked as fixed in another that
    has a date.
    """
    if Release.objects.next_maintenance(release.product) != release:
        return Ticket.objects.none()
    bound = Clock.objects.filter(
        ticket=OuterRef("pk"), promise=str(Wordless.NEXT_MAINTENANCE_RELEASE)
    ).exclude(state__in=[State.STOPPED, State.VOID])
    elsewhere = Q(fix__release__published_at=None, fix__release__planned_at__isnull=False)
    product = Ticket.objects.unfinished().filter(product=release.product, runs_clocks=True)
    marked = Q(fix__isnull=False) & (Q(fix__release=release) | elsewhere)
    return product.filter(Exists(bound)).exclude(marked)


def _some(tickets: TicketQuerySet) -> Some:
    first = list(tickets.select_related("customer").most_urgent_first()[: LISTED + 1])
    count = len(first) if len(first) <= LISTED else tickets.count()
    return Some(count, first[:LISTED])
