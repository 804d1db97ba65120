"""/status.json: the status page for machines. ``docs/status-json.md`` describes it; its names are stable."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.models import Component, User
from contracts.phrasing import iso
from contracts.upkeep_reading import DAYS, Down, Planned
from contracts.upkeep_snapshot import Shown
from portal.shown import shown_now
from portal.status import verdict


@asked_page
def status_json(request: HttpRequest) -> HttpResponse:
    """What the reader may see, as JSON; every page of the web may read what everybody may."""
    shown = shown_now(request)
    states = [planned.window.state(shown.at) for planned in shown.snapshot.open]
    tag = etag(request, shown.snapshot.taken_at, states)
    response = not_modified(request, tag) or with_etag(JsonResponse(document(shown)), tag)
    if not isinstance(request.user, User):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def document(shown: Shown) -> dict[str, Any]:
    """The whole document."""
    snapshot, at = shown.snapshot, shown.at
    return {
        "generated_at": iso(snapshot.taken_at),
        "url": settings.SITE_URL + reverse("status"),
        "state": verdict(shown).state,
        "components": [_component(shown, each) for each in snapshot.components],
        "outages": [_outage(each) for each in snapshot.running],
        "windows": [_window(each, at) for each in snapshot.open],
    }


def _component(shown: Shown, component: Component) -> dict[str, Any]:
    return {
        "id": component.pk,
        "product": component.product.slug,
        "product_name": component.product.name,
        "slug": component.slug,
        "name": component.name,
        "state": shown.snapshot.state(component, shown.at),
        "counts_for_availability": component.carries_target,
        "days": DAYS,
        "days_percent": shown.snapshot.days[component.pk].percent_told,
    }


def _outage(down: Down) -> dict[str, Any]:
    return {
        "id": down.outage.pk,
        "url": settings.SITE_URL + reverse("outage", args=[down.outage.pk]),
        "title": down.outage.title,
        "components": _ids(down.components),
        "started_at": iso(down.outage.started_at),
        "what_happened": down.outage.what_happened,
        "updates": [{"at": iso(update.at), "text": update.text} for update in down.updates],
    }


def _window(planned: Planned, at: datetime) -> dict[str, Any]:
    window = planned.window
    return {
        "id": window.pk,
        "uid": str(window.uid),
        "url": settings.SITE_URL + reverse("maintenance_window", args=[window.pk]),
        "title": window.title,
        "reason": window.reason,
        "kind": window.kind,
        "emergency_reason": window.emergency_reason,
        "state": str(window.state(at)).replace(" ", "_"),
        "interrupts": window.interrupts,
        "components": _ids(planned.components),
        "starts_at": iso(window.starts_at),
        "ends_at": iso(window.ends_at),
        "began_at": iso(window.began_at) if window.began_at else None,
        "announced_at": iso(window.announced_at),
        "updated_at": iso(planned.changed_at),
    }


def _ids(components: Iterable[Component]) -> list[int]:
    return [component.pk for component in components]
