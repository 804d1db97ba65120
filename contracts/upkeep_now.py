"""What of a product is down or under maintenance at this moment, as far as somebody may know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from contracts.models import Component, MaintenanceWindow, Outage, Product
from contracts.models.components import Visitor
from contracts.upkeep_places import outage_path, window_path


@dataclass(frozen=True, slots=True)
class Stopped:
    """An outage or a window that goes on, with the components of the product that it concerns."""

    title: str
    components: tuple[str, ...]
    path: str
    since: datetime
    until: datetime | None
    is_outage: bool


def stopped_now(product: Product, user: Visitor, at: datetime) -> list[Stopped]:
    """The outages of ``product`` that run at ``at``, then its windows that go on, each the earliest first.

    Of components that ``user`` may see. One query where all is well.
    """
    running = Outage.objects.running().filter(components=OuterRef("pk"))
    going_on = MaintenanceWindow.objects.going_on(at).filter(components=OuterRef("pk"))
    visible = Component.objects.visible_to(user).filter(product=product)
    names = dict(visible.filter(Exists(running) | Exists(going_on)).order_by().values_list("pk", "name"))
    return [*_outages(names), *_windows(names, at)] if names else []


def _outages(names: dict[int, str]) -> list[Stopped]:
    found = Outage.objects.running().filter(components__in=names).distinct().prefetch_related("components")
    return [
        Stopped(
            title=each.title,
            components=_named(each.components.all(), names),
            path=outage_path(each),
            since=each.started_at,
            until=None,
            is_outage=True,
        )
        for each in found
    ]


def _windows(names: dict[int, str], at: datetime) -> list[Stopped]:
    going_on = MaintenanceWindow.objects.going_on(at).filter(components__in=names).distinct()
    return [
        Stopped(
            title=each.title,
            components=_named(each.components.all(), names),
            path=window_path(each),
            since=each.start_at(at) or each.starts_at,
            until=each.ends_at,
            is_outage=False,
        )
        for each in going_on.prefetch_related("components")
    ]


def _named(components: Iterable[Component], names: dict[int, str]) -> tuple[str, ...]:
    return tuple(names[each.pk] for each in components if each.pk in names)
