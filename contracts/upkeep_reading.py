"""What of components, windows and outages a reader may see, read in a few queries whatever the history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TypeVar

from django.db.models import Model

from contracts.calendar_entries import changes_of
from contracts.desk_zones import Desks, desks_by_product
from contracts.models import Component, MaintenanceWindow, Outage, OutageEvent, User
from contracts.models.components import Visitor
from contracts.models.upkeep import OutageEventKind, WindowState
from contracts.notices import ClosureNotice, closure_notices
from contracts.sla.intervals import Interval
from contracts.sla.unavailability import Work
from contracts.upkeep_days import Days, days_of, first_day, midnight_of

DAYS = 90
INCIDENT_DAYS = 14
PAST_ROWS = 25
Row = TypeVar("Row", MaintenanceWindow, Outage)
RUNNING = (WindowState.UNDER_WAY, WindowState.OVERRAN)


class ComponentState(StrEnum):
    """How a component stands, the worst of it."""

    WORKING = "working"
    MAINTENANCE = "maintenance"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Planned:
    """A window with those of its components that its reader may see, and when its last fact was written."""

    window: MaintenanceWindow
    components: tuple[Component, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Update:
    """What was said of a running outage, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Down:
    """An outage with those of its components that its reader may see, and its updates, the latest first."""

    outage: Outage
    components: tuple[Component, ...]
    updates: tuple[Update, ...]


@dataclass(frozen=True)
class Snapshot:
    """All that the pages of status and maintenance show to one kind of reader, as it was ``taken_at``.

    ``open`` are the windows that are not over, the earliest first, ``past`` the last that are, one more than a page
    shows; ``running`` the outages that are not over, ``ended`` those of the last days. ``days`` are by a component's
    key; ``desks``, by a product's, the zones in which visitors are told of it.
    """

    taken_at: datetime
    components: tuple[Component, ...]
    open: tuple[Planned, ...]
    past: tuple[Planned, ...]
    running: tuple[Down, ...]
    ended: tuple[Down, ...]
    days: Mapping[int, Days]
    closures: tuple[ClosureNotice, ...]
    desks: Mapping[int, Desks]

    @cached_property
    def digest(self) -> str:
        """Names what it shows, apart from when it was taken."""
        planned = [(_values(each.window), _keys(each.components)) for each in self.open + self.past]
        down = [
            (_values(each.outage), _keys(each.components), each.updates) for each in self.running + self.ended
        ]
        components = [(_values(each), each.product.name) for each in self.components]
        days = [(key, each.first, each.stopped, each.percent_told) for key, each in self.days.items()]
        shown = (components, planned, down, days, self.closures, sorted(self.desks.items()))
        return sha256(repr(shown).encode()).hexdigest()

    def going_on(self, at: datetime) -> list[Planned]:
        """The windows under way at ``at``, past their planned end included."""
        return [planned for planned in self.open if planned.window.state(at) in RUNNING]

    def coming(self, at: datetime) -> list[Planned]:
        """The windows that have not begun by ``at``."""
        return [planned for planned in self.open if planned.window.state(at) is WindowState.ANNOUNCED]

    def state(self, component: Component, at: datetime) -> ComponentState:
        """How ``component`` stands at ``at``; work that interrupts nothing leaves it working."""
        if any(component in down.components for down in self.running):
            return ComponentState.DOWN
        stopping = [planned for planned in self.going_on(at) if planned.window.interrupts]
        if any(component in planned.components for planned in stopping):
            return ComponentState.MAINTENANCE
        return ComponentState.WORKING


def read(user: Visitor, at: datetime) -> Snapshot:
    """What ``user`` may see at ``at``; twenty-two queries at most, whatever the history."""
    visible = {each.pk: each for each in Component.objects.visible_to(user).select_related("product")}
    shown = tuple(each for each in visible.values() if not each.is_retired(at))
    served = [] if isinstance(user, User) else [each.product_id for each in visible.values()]
    return Snapshot(
        taken_at=at,
        components=shown,
        open=_open(user, visible, at),
        past=past_windows(user, visible, at)[: PAST_ROWS + 1],
        running=_down(Outage.objects.visible_to(user).running(), visible),
        ended=_down(_ended(user, at), visible),
        days=_days(shown, at),
        closures=tuple(closure_notices(at)),
        desks=desks_by_product(served, at),
    )


def past_windows(
    user: Visitor, visible: Mapping[int, Component], at: datetime, *, before: MaintenanceWindow | None = None
) -> tuple[Planned, ...]:
    """A page of the windows that are over, and one more, the latest first; only those older than ``before``."""
    windows = MaintenanceWindow.objects.visible_to(user).past(at)
    if before is not None:
        windows = windows.older_than(before)
    return planned_of(windows[: PAST_ROWS + 1], visible)


def planned_of(windows: Iterable[MaintenanceWindow], visible: Mapping[int, Component]) -> tuple[Planned, ...]:
    """Each of ``windows`` with its components among ``visible``, in the order given; two queries."""
    found = list(windows)
    components, changes = _components(found, visible), changes_of(found)
    return tuple(
        Planned(each, components[each.pk], changes.get(each.pk, each.announced_at)) for each in found
    )


def _open(user: Visitor, visible: Mapping[int, Component], at: datetime) -> tuple[Planned, ...]:
    windows = MaintenanceWindow.objects.visible_to(user)
    return planned_of([*windows.going_on(at), *windows.coming(at)], visible)


def _ended(user: Visitor, at: datetime) -> Iterable[Outage]:
    since = midnight_of(first_day(at, INCIDENT_DAYS))
    return Outage.objects.visible_to(user).past().filter(ended_at__gte=since)


def _down(outages: Iterable[Outage], visible: Mapping[int, Component]) -> tuple[Down, ...]:
    found = list(outages)
    components = _components(found, visible)
    updates: dict[int, list[Update]] = defaultdict(list)
    said = OutageEvent.objects.filter(outage__in=found, kind=OutageEventKind.UPDATED).order_by("-number")
    for key, at, text in said.values_list("outage", "happened_at", "text"):
        updates[key].append(Update(at, text))
    return tuple(Down(each, components[each.pk], tuple(updates[each.pk])) for each in found)


def _days(components: Sequence[Component], at: datetime) -> dict[int, Days]:
    """By a component's key; four queries."""
    first = first_day(at, DAYS)
    start = midnight_of(first)
    windows = MaintenanceWindow.objects.standing().touching(start, at).filter(interrupts=True)
    outages = Outage.objects.touching(start, at)
    keys = {each.pk: each for each in components}
    works: dict[int, list[Work]] = defaultdict(list)
    for window, concerned in _with_components(windows, keys):
        for component in concerned:
            works[component.pk].append(_work(window, component, at))
    downs: dict[int, list[Interval[datetime]]] = defaultdict(list)
    for outage, concerned in _with_components(outages, keys):
        for component in concerned:
            downs[component.pk].append(Interval(outage.started_at, outage.ended_at or at))
    return {key: days_of(downs[key], works[key], first=first, at=at) for key in keys}


def _values(row: Model) -> list[object]:
    return [getattr(row, column.attname) for column in row._meta.concrete_fields]


def _keys(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]


def _work(window: MaintenanceWindow, component: Component, at: datetime) -> Work:
    return Work(
        components=(component.pk,),
        starts=window.starts_at,
        ends=window.ends_at,
        interrupts=window.interrupts,
        began=window.start_at(at),
        finished=window.finished_at,
    )


def _with_components(
    rows: Iterable[Row], visible: Mapping[int, Component]
) -> Iterator[tuple[Row, tuple[Component, ...]]]:
    found = list(rows)
    components = _components(found, visible)
    return ((row, components[row.pk]) for row in found)


def _components(
    rows: Sequence[MaintenanceWindow] | Sequence[Outage], visible: Mapping[int, Component]
) -> dict[int, tuple[Component, ...]]:
    """By a row's key, its components among ``visible``, in their order; one query."""
    keys: dict[int, set[int]] = {row.pk: set() for row in rows}
    if rows:
        links = type(rows[0]).components.through._default_manager
        name = str(type(rows[0])._meta.model_name)
        for row, component in links.filter(**{f"{name}__in": keys}).values_list(name, "component"):
            keys[row].add(component)
    return {row: tuple(each for each in visible.values() if each.pk in named) for row, named in keys.items()}
