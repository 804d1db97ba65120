"""What the mail about a window or an outage says: the thing as it stands, its times in two zones."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.conf import settings

from contracts.models import Announcement, Component, MaintenanceWindow, Outage, OutageEvent, WindowEvent
from contracts.models.upkeep import OutageEventKind, WindowEventKind
from contracts.phrasing import duration
from contracts.upkeep_enclosed import fact_before, window_then
from contracts.upkeep_places import MAINTENANCE, outage_path, window_path

# Says an instant to the reader.
Say = Callable[[datetime], str]
Told = Callable[[datetime | None], str]
Fact = WindowEvent | OutageEvent
# What a fact says of the future, and says no longer once the window is called off.
AHEAD = (WindowEventKind.ANNOUNCED, WindowEventKind.MOVED, WindowEventKind.CHANGED)
HEADINGS: dict[str, str] = {
    WindowEventKind.ANNOUNCED: "Maintenance",
    WindowEventKind.MOVED: "Maintenance moved",
    WindowEventKind.CHANGED: "Maintenance changed",
    WindowEventKind.CANCELLED: "Maintenance cancelled",
    WindowEventKind.BEGAN: "Maintenance began",
    WindowEventKind.OVERRAN: "Maintenance takes longer",
    WindowEventKind.FINISHED: "Maintenance finished",
    OutageEventKind.REPORTED: "Outage",
    OutageEventKind.UPDATED: "Outage, an update",
    OutageEventKind.ENDED: "Outage over",
}
NO_MORE = "Maintenance that no longer concerns you"
LEFT_OUT = "These were announced with it and are left out of it now: they go on working."


def fact_of(announcement: Announcement) -> Fact:
    """The fact that is announced, with its window or outage."""
    if key := announcement.data.get("window"):
        return WindowEvent.objects.select_related("window").get(pk=key)
    return OutageEvent.objects.select_related("outage").get(pk=announcement.data["outage"])


def components_of(fact: Fact) -> list[Component]:
    """What it concerns, each with its product."""
    return list(thing_of(fact).components.select_related("product"))


def left_out_by(fact: Fact) -> list[Component]:
    """What a window concerned until this change of it and concerns no more, each with its product."""
    if not isinstance(fact, WindowEvent) or fact.kind != WindowEventKind.CHANGED:
        return []
    keys = _named(fact_before(fact)) - _named(fact)
    gone = Component.objects.filter(pk__in=keys).exclude(windows=fact.window_id)
    return list(gone.select_related("product"))


def thing_of(fact: Fact) -> MaintenanceWindow | Outage:
    """What the fact is about."""
    return fact.window if isinstance(fact, WindowEvent) else fact.outage


def starts_at(fact: Fact) -> datetime:
    """When the thing starts, or started: whose contract is in term then is concerned."""
    thing = thing_of(fact)
    return thing.starts_at if isinstance(thing, MaintenanceWindow) else thing.started_at


def is_called_off(fact: Fact) -> bool:
    """Whether the fact is of something that is not to be any more: then another fact says so."""
    if isinstance(fact, WindowEvent):
        return fact.window.cancelled_at is not None and fact.kind in AHEAD
    return fact.outage.withdrawn_at is not None


def what_is_said(fact: Fact, components: Collection[int], say: Say, at: datetime) -> dict[str, Any]:
    """What the templates are given: times as ``say`` has them, and the names of ``components``, by their keys."""
    thing = thing_of(fact)

    def told(instant: datetime | None) -> str:
        return say(instant) if instant else ""

    return {
        "heading": HEADINGS[fact.kind],
        "title": thing.title,
        "components": [str(each) for each in components_of(fact) if each.pk in components],
        "said": fact.text,
        **(_of_window(thing, told, at) if isinstance(thing, MaintenanceWindow) else _of_outage(thing, told)),
    }


def what_is_taken_back(fact: WindowEvent, components: Collection[int], say: Say) -> dict[str, Any]:
    """What those are told whom the window concerned until ``fact``: nothing that they did not know before."""
    then = window_then(fact_before(fact))
    return {
        "heading": NO_MORE,
        "title": then.title,
        "components": [str(each) for each in left_out_by(fact) if each.pk in components],
        "said": LEFT_OUT,
        "starts": say(then.starts_at),
        "ends": say(then.ends_at),
        "url": settings.SITE_URL + MAINTENANCE,
        "left_out": True,
    }


def _named(fact: WindowEvent) -> set[int]:
    """The keys of the components that the window concerned then."""
    return {each["id"] for each in fact.data["components"]}


def _of_window(window: MaintenanceWindow, told: Told, at: datetime) -> dict[str, Any]:
    overrun = window.overrun(at)
    return {
        "reason": window.reason,
        "emergency_reason": window.emergency_reason,
        "interrupts": window.interrupts,
        "starts": told(window.starts_at),
        "ends": told(window.ends_at),
        "finished": told(window.finished_at),
        "overrun": duration(overrun) if overrun else "",
        "url": settings.SITE_URL + window_path(window),
    }


def _of_outage(outage: Outage, told: Told) -> dict[str, Any]:
    return {
        "started": told(outage.started_at),
        "ended": told(outage.ended_at),
        "what_happened": outage.what_happened,
        "what_was_done": outage.what_was_done,
        "url": settings.SITE_URL + outage_path(outage),
    }
