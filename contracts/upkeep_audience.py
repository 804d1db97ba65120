"""Whom a fact about a window or an outage concerns, and what the mail to each says: an audience of announcements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from contracts.models import (
    Announcement,
    Component,
    Contact,
    Deployment,
    MaintenanceWindow,
    Outage,
    OutageEvent,
    User,
    WindowEvent,
)
from contracts.models.upkeep import OutageEventKind, WindowEventKind
from contracts.outbox.audiences import Reader
from contracts.phrasing import UTC_ZONE, duration, moment
from contracts.upkeep import affected_contracts

Told = Callable[[datetime | None], str]
AUDIENCE = "upkeep-contacts"
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


class UpkeepContacts:
    """The active contacts of the customers with an affected contract: in term when the thing starts.

    Readers are alike who share a zone and the products that concern them.
    """

    name = AUDIENCE

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[User]:
        event = _event(announcement)
        if _is_called_off(event):
            return User.objects.none()
        contracts = affected_contracts(_components(event), _starts_at(event))
        customers = {contract.customer_id for contract in contracts}
        theirs = Contact.objects.filter(user=OuterRef("pk"), customer__in=customers)
        return User.objects.filter(Exists(theirs), is_active=True)

    def readers(self, announcement: Announcement, rows: Sequence[User], at: datetime) -> Iterable[Reader]:
        event = _event(announcement)
        contracts = affected_contracts(_components(event), _starts_at(event))
        products: dict[int, set[int]] = defaultdict(set)
        covered = Deployment.objects.filter(contracts__in=contracts).order_by()
        for customer, product in covered.values_list("customer_id", "product_id"):
            products[customer].add(product)
        theirs: dict[int, set[int]] = defaultdict(set)
        for person, customer in Contact.objects.filter(user__in=rows).values_list("user_id", "customer_id"):
            theirs[person] |= products[customer]
        named = {component.product_id for component in _components(event)}
        for user in rows:
            if concerned := theirs[user.pk] & named:
                yield Reader(user, (user.time_zone, tuple(sorted(concerned))))

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        """The thing with its times in the reader's zone and in UTC, and the components of the reader's products."""
        event = _event(announcement)
        key, products = cast("tuple[str, tuple[int, ...]]", reader.alike)
        thing, zone = _thing(event), ZoneInfo(key)

        def told(instant: datetime | None) -> str:
            return moment(instant, zone, now=at, other=UTC_ZONE) if instant else ""

        return {
            "heading": HEADINGS[event.kind],
            "title": thing.title,
            "components": [str(each) for each in _components(event) if each.product_id in products],
            "said": event.text,
            **(
                _of_window(thing, told, at)
                if isinstance(thing, MaintenanceWindow)
                else _of_outage(thing, told)
            ),
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
    }


def _of_outage(outage: Outage, told: Told) -> dict[str, Any]:
    return {
        "started": told(outage.started_at),
        "ended": told(outage.ended_at),
        "what_happened": outage.what_happened,
        "what_was_done": outage.what_was_done,
    }


def _event(announcement: Announcement) -> WindowEvent | OutageEvent:
    if key := announcement.data.get("window"):
        return WindowEvent.objects.select_related("window").get(pk=key)
    return OutageEvent.objects.select_related("outage").get(pk=announcement.data["outage"])


def _thing(event: WindowEvent | OutageEvent) -> MaintenanceWindow | Outage:
    return event.window if isinstance(event, WindowEvent) else event.outage


def _components(event: WindowEvent | OutageEvent) -> list[Component]:
    return list(_thing(event).components.select_related("product"))


def _starts_at(event: WindowEvent | OutageEvent) -> datetime:
    thing = _thing(event)
    return thing.starts_at if isinstance(thing, MaintenanceWindow) else thing.started_at


def _is_called_off(event: WindowEvent | OutageEvent) -> bool:
    """Whether the fact is of something that is not to be any more: then another fact says so."""
    if isinstance(event, WindowEvent):
        return event.window.cancelled_at is not None and event.kind in AHEAD
    return event.outage.withdrawn_at is not None
