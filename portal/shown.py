"""Pages made of a snapshot: when something is, for this reader, and a visitor's page drawn once and then kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts import phrasing
from contracts.desk_zones import Desks, desks_by_product, desks_together
from contracts.freshness import etag, not_modified, with_etag
from contracts.models import Component
from contracts.upkeep_snapshot import Shown, shown_to
from contracts.views import reader_zone


@dataclass(frozen=True, slots=True)
class Clocks:
    """How a reader is told of instants: in their ``zone`` and in UTC.

    A visitor's zone is not known: they are told in those of the desks that serve what it is about, and in UTC.
    ``desks`` are by a product's key.
    """

    now: datetime
    zone: ZoneInfo | None
    desks: Mapping[int, Desks]

    def moment(self, at: datetime, of: Iterable[Component]) -> str:
        """An instant of something that concerns the components ``of``."""
        if self.zone is not None:
            return phrasing.moment(at, self.zone, now=self.now, other=phrasing.UTC_ZONE)
        return phrasing.moment_at_desks(at, self._desks(of), now=self.now)

    def period(self, start: datetime, end: datetime, of: Iterable[Component]) -> str:
        """Two of them."""
        if self.zone is not None:
            return phrasing.period(start, end, self.zone, now=self.now, other=phrasing.UTC_ZONE)
        return phrasing.period_at_desks(start, end, self._desks(of), now=self.now)

    def state(self) -> tuple[object, ...]:
        """Differs as soon as what is told does, the moment apart."""
        return self.zone, sorted(self.desks.items())

    def _desks(self, of: Iterable[Component]) -> Desks:
        return desks_together(self.desks, {component.product_id for component in of})


def clocks_of(request: HttpRequest, components: Iterable[Component], at: datetime) -> Clocks:
    """For a page about ``components``; two queries for a visitor."""
    zone = reader_zone(request)
    products = {component.product_id for component in components}
    return Clocks(at, zone, {} if zone else desks_by_product(products, at))


def shown_now(request: HttpRequest) -> Shown:
    """What the reader is shown at this moment."""
    return shown_to(request.user, timezone.now())


def answer(
    request: HttpRequest, template: str, shown: Shown, context: Mapping[str, Any], *made_of: object
) -> HttpResponse:
    """The page, or 304 for who has it: made of the snapshot, of how things stand by now, and of ``made_of``."""
    states = [planned.window.state(shown.at) for planned in shown.snapshot.open]
    late = shown.snapshot.taken_at if shown.is_late else None
    tag = etag(request, shown.snapshot.digest, states, late, reader_zone(request), shown.at.year, *made_of)
    return not_modified(request, tag) or with_etag(_drawn(request, template, shown, context, tag), tag)


def _drawn(
    request: HttpRequest, template: str, shown: Shown, context: Mapping[str, Any], tag: str
) -> HttpResponse:
    """A page without a cookie is the same for all who ask: its tag names it."""
    key = f"page:{tag}"
    body = None if request.COOKIES else cache.get(key)
    if body is not None:
        return HttpResponse(body)
    clocks = Clocks(shown.at, reader_zone(request), shown.snapshot.desks)
    given = {"shown": shown, "closures": shown.snapshot.closures, "clocks": clocks}
    response = render(request, template, given | dict(context))
    if not request.COOKIES:
        cache.set(key, response.content, settings.SNAPSHOT_SECONDS)
    return response
