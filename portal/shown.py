"""Pages made of a snapshot: when something is, for this reader, and a visitor's page drawn once and then kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.freshness import etag, not_modified, with_etag
from contracts.models import User
from contracts.phrasing import UTC_ZONE
from contracts.upkeep_snapshot import Shown, shown_to


@dataclass(frozen=True, slots=True)
class Zones:
    """``zone`` is the reader's, and ``other`` UTC beside it; a visitor's zone is not known, and is UTC."""

    zone: ZoneInfo
    other: ZoneInfo | None


def zones_of(request: HttpRequest) -> Zones:
    """In which zones this reader is told of instants."""
    if isinstance(request.user, User):
        return Zones(ZoneInfo(request.user.time_zone), UTC_ZONE)
    return Zones(UTC_ZONE, None)


def shown_now(request: HttpRequest) -> Shown:
    """What the reader is shown at this moment."""
    return shown_to(request.user, timezone.now())


def answer(
    request: HttpRequest, template: str, shown: Shown, context: Mapping[str, Any], *made_of: object
) -> HttpResponse:
    """The page, or 304 for who has it: made of the snapshot, of how things stand by now, and of ``made_of``."""
    states = [planned.window.state(shown.at) for planned in shown.snapshot.open]
    late = shown.snapshot.taken_at if shown.is_late else None
    tag = etag(request, shown.snapshot.digest, states, late, zones_of(request), shown.at.year, *made_of)
    return not_modified(request, tag) or with_etag(_drawn(request, template, shown, context, tag), tag)


def common(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What each of these templates needs to tell instants."""
    zones = zones_of(request)
    return {"now": at, "zone": zones.zone, "other": zones.other}


def _drawn(
    request: HttpRequest, template: str, shown: Shown, context: Mapping[str, Any], tag: str
) -> HttpResponse:
    """A page without a cookie is the same for all who ask: its tag names it."""
    key = f"page:{tag}"
    body = None if request.COOKIES else cache.get(key)
    if body is not None:
        return HttpResponse(body)
    given = common(request, shown.at) | {"shown": shown, "closures": shown.snapshot.closures}
    response = render(request, template, given | dict(context))
    if not request.COOKIES:
        cache.set(key, response.content, settings.SNAPSHOT_SECONDS)
    return response
