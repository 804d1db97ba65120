"""What the mail about a window or an outage says: the thing as it stands, its times in two zones."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts.models import Announcement, Component, MaintenanceWindow, Outage, OutageEvent, WindowEvent
from contracts.models.upkeep import OutageEventKind, WindowEventKind
from contracts.phrasing import UTC_ZONE, duration, moment
from contracts.upkeep_places import outage_path, window_path

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


def fact_of(announcement: Announcement) -> Fact:
    """The fact that is announced, with its window or outage."""
    if key := announcement.data.get("window"):
        return WindowEvent.objects.select_related("window").get(pk=key)
    return OutageEvent.objects.select_related("outage").get(pk=announcement.data["outage"])


def components_of(fact: Fact) -> list[Component]:
    """What it concerns, each with its product."""
    return list(thing_of(fact).components.select_related("product"))


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


def what_is_said(fact: Fact, components: Collection[int], zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    """What the templates are given: times in ``zone`` and in UTC, and the names of ``components``, by their keys."""
    thing = thing_of(fact)

    def told(instant: datetime | None) -> str:
        return moment(instant, zone, now=at, other=UTC_ZONE) if instant else ""

    return {
        "heading": HEADINGS[fact.kind],
        "title": thing.title,
        "components": [str(each) for each in components_of(fact) if each.pk in components],
        "said": fact.text,
        **(_of_window(thing, told, at) if isinstance(thing, MaintenanceWindow) else _of_outage(thing, told)),
    }


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
