"""From the rows of windows and outages to the core's availability (AT12–AT17), and to what is left of a month.

The core's components are those of the database by their key; ``ref`` of its pieces is the window or the outage.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from contracts.calendar_rows import policy_of
from contracts.models import Component, Contract, MaintenanceWindow, Outage, PolicyVersion, Product
from contracts.policy_availability import rules_of
from contracts.sla.availability import Availability, Rules, Service, availabilities, limit_left
from contracts.sla.months import Month, Term, midnight
from contracts.sla.unavailability import Outage as Down
from contracts.sla.unavailability import Work
from contracts.upkeep import Affected, excuses

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """What befell components: with it the figures of several contracts are computed from the same few queries."""

    components: tuple[Component, ...]
    windows: tuple[MaintenanceWindow, ...]
    outages: tuple[Outage, ...]


def happened(product: Product, start: datetime, end: datetime) -> Happened:
    """What befell the components of ``product`` that carry the target in ``[start, end)``; five queries.

    Those retired before ``start`` are left out.
    """
    return happened_to([product.pk], start, end)[product.pk]


def happened_to(products: Collection[int], start: datetime, end: datetime) -> dict[int, Happened]:
    """:func:`happened` for several products by their keys, with as many queries as for one."""
    carrying = Component.objects.filter(product__in=products, carries_target=True).in_service(start)
    components = list(carrying.order_by("position", "name", "pk"))
    named = Prefetch("components", queryset=Component.objects.only("pk", "product").order_by("pk"))
    windows = MaintenanceWindow.objects.touching(start, end).filter(components__in=components)
    outages = Outage.objects.touching(start, end).filter(components__in=components)
    planned = list(windows.order_by("starts_at", "pk").distinct().prefetch_related(named))
    down = list(outages.order_by("started_at", "pk").distinct().prefetch_related(named))
    return {
        product: Happened(
            tuple(each for each in components if each.product_id == product),
            tuple(each for each in planned if _concerns(each, product)),
            tuple(each for each in down if _concerns(each, product)),
        )
        for product in products
    }


def _concerns(befallen: MaintenanceWindow | Outage, product: int) -> bool:
    return any(component.product_id == product for component in befallen.components.all())


def availability_of(
    contract: Contract, product: Product, first: Month, last: Month, *, at: datetime
) -> list[Availability]:
    """What ``contract`` got of a service from ``first`` to ``last``, included, as known ``at``; see the core.

    Each figure has its components' own by their key. Nothing where its policy promises no availability. Part months
    are those of the term, whose last day is included, in the policy's zone (AT17).
    """
    rules = rules_of(policy_of(contract.policy_version))
    if rules is None:
        return []
    known = happened(product, *_bounds(first, last, rules.zone))
    return availability_in(contract, first, last, known, at=at)


def availability_in(
    contract: Contract, first: Month, last: Month, known: Happened, *, at: datetime
) -> list[Availability]:
    """:func:`availability_of` without a query: ``known`` is what befell the service in those months.

    A component counts up to the month in which it was retired, that month included.
    """
    rules = rules_of(policy_of(contract.policy_version))
    if rules is None:
        return []
    found: list[Availability] = []
    for components, months in _in_service(known.components, first, last, rules.zone):
        found += availabilities(
            months[0],
            months[-1],
            service=_service(replace(known, components=components), contract.policy_version, at),
            rules=rules,
            term=Term(contract.starts_on, contract.ends_on),
            at=at,
        )
    return found


def _in_service(
    components: Sequence[Component], first: Month, last: Month, zone: ZoneInfo
) -> Iterator[tuple[tuple[Component, ...], list[Month]]]:
    """The months from ``first`` to ``last``, included, by those in service when each begins; mostly it is one run."""

    def serving(month: Month) -> tuple[Component, ...]:
        begins = midnight(month.first_day, zone)
        return tuple(each for each in components if not each.is_retired(begins))

    months = [first]
    while months[-1] < last:
        months.append(months[-1].next)
    return ((serve, list(run)) for serve, run in groupby(months, key=serving))


@dataclass(frozen=True, slots=True)
class Left:
    """What a policy leaves of a month for planned interruption of a service, besides one window's own."""

    version: PolicyVersion
    product: Product
    month: Month
    limit: timedelta
    left: timedelta


def limits_left(
    affected: Affected,
    components: Collection[Component],
    starts_at: datetime,
    ends_at: datetime,
    *,
    at: datetime,
    besides: MaintenanceWindow | None = None,
) -> list[Left]:
    """What a policy with a monthly limit leaves of it for each product of ``components`` that counts (AT15).

    The months are those of ``[starts_at, ends_at)`` in the policy's zone, the first and the last; ``besides`` is a
    window that is about to move. Nothing where the policy has no limit, or none of its contracts covers the product.
    """
    rules = rules_of(affected.policy)
    if rules is None or rules.monthly_limit is None:
        return []
    counted = {each.product for each in components if each.carries_target}
    months = {_month(rules.zone, starts_at), _month(rules.zone, max(starts_at, ends_at - MICROSECOND))}
    return [
        Left(affected.version, product, month, rules.monthly_limit, left)
        for product in sorted(counted, key=str)
        if product.pk in affected.products
        for month in sorted(months)
        if (left := _left(affected.version, rules, product, month, at=at, besides=besides)) is not None
    ]


def _left(
    version: PolicyVersion,
    rules: Rules,
    product: Product,
    month: Month,
    *,
    at: datetime,
    besides: MaintenanceWindow | None,
) -> timedelta | None:
    known = happened(product, *_bounds(month, month, rules.zone))
    others = replace(known, windows=tuple(each for each in known.windows if each != besides))
    service = _service(others, version, at)
    return limit_left(month, service=service, rules=rules, term=Term(month.first_day))


def _month(zone: ZoneInfo, at: datetime) -> Month:
    local = at.astimezone(zone)
    return Month(local.year, local.month)


def _bounds(first: Month, last: Month, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of ``first`` to the end of ``last``."""
    return midnight(first.first_day, zone), midnight(last.next.first_day, zone)


def _service(known: Happened, version: PolicyVersion, at: datetime) -> Service:
    """What befell a service, as the policy of ``version`` judges it."""
    return Service(
        components=tuple(component.pk for component in known.components),
        outages=tuple(_outages(known.outages)),
        works=tuple(_works(known.windows, version, at)),
    )


def _outages(outages: Sequence[Outage]) -> Iterator[Down]:
    for outage in outages:
        for component in outage.components.all():
            yield Down(component.pk, outage.started_at, outage.ended_at, outage.cause or None, outage)


def _works(windows: Sequence[MaintenanceWindow], version: PolicyVersion, at: datetime) -> Iterator[Work]:
    """As the policy of ``version`` judges them. A window that nobody ended goes on, whoever said that it began."""
    for window in windows:
        yield Work(
            components=tuple(component.pk for component in window.components.all()),
            starts=window.starts_at,
            ends=window.ends_at,
            interrupts=window.interrupts,
            excusable=excuses(window, version),
            began=window.start_at(at),
            finished=window.finished_at,
            cancelled_at=window.cancelled_at,
            ref=window,
        )
