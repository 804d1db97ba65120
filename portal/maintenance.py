"""/maintenance/: what will stop and when, each window at its own address and as a calendar entry (VK3, AT15, AT18)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from contracts.calendar_entries import CONTENT_TYPE, calendar, changes_of, entry
from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.keys import row_in
from contracts.models import Component, MaintenanceWindow, WindowEvent
from contracts.models.components import Visitor
from contracts.models.upkeep import WindowEventKind
from contracts.notices import closure_notices
from contracts.phrasing import rough_duration
from contracts.sla.promises import Kind
from contracts.upkeep_reading import PAST_ROWS, Planned, past_windows
from contracts.upkeep_snapshot import Shown
from portal import signs
from portal.shown import answer, clocks_of, shown_now

Row = tuple[Planned, signs.Sign]
TIMED = (WindowEventKind.ANNOUNCED, WindowEventKind.MOVED)


@asked_page
def maintenance(request: HttpRequest) -> HttpResponse:
    """Windows now, coming and past; ``?before=`` a window's key leads on through the past, which asks the database."""
    shown = shown_now(request)
    before, past = _past(request, shown)
    snapshot, at = shown.snapshot, shown.at
    context = {
        "going_on": _rows(snapshot.going_on(at), at),
        "coming": _rows(snapshot.coming(at), at),
        "past": _rows(past[:PAST_ROWS], at),
        "next": past[PAST_ROWS - 1].window.pk if len(past) > PAST_ROWS else None,
        "before": before,
        "canonical": settings.SITE_URL + reverse("maintenance") + (f"?before={before}" if before else ""),
    }
    return answer(
        request, "portal/maintenance.html", shown, context, before, [each.window.pk for each in past]
    )


def _past(request: HttpRequest, shown: Shown) -> tuple[int | None, tuple[Planned, ...]]:
    """The page of the past that is asked for; what names no window of the reader's is the beginning."""
    typed, user = request.GET.get("before", ""), request.user
    before = row_in(MaintenanceWindow.objects.visible_to(user), typed)
    if before is None:
        return None, shown.snapshot.past
    visible = {each.pk: each for each in Component.objects.visible_to(user).select_related("product")}
    return before.pk, past_windows(user, visible, shown.at, before=before)


def _rows(planned: list[Planned] | tuple[Planned, ...], at: datetime) -> list[Row]:
    return [(each, signs.WINDOW[each.window.state(at)]) for each in planned]


@asked_page
def window(request: HttpRequest, pk: int) -> HttpResponse:
    """One window: what, why, when, and all that was done to it; 404 where none of its components is the reader's."""
    now = timezone.now()
    found = get_object_or_404(MaintenanceWindow.objects.visible_to(request.user), pk=pk)
    components, events = _components(found, request.user), list(found.events.order_by("number"))
    closures, state = closure_notices(now), found.state(now)
    seen, clocks = [str(each) for each in components], clocks_of(request, components, now)
    tag = etag(
        request, pk, len(events), state, _overrun(found, now), seen, clocks.state(), now.year, closures
    )
    context = {
        "clocks": clocks,
        "window": found,
        "standing": signs.WINDOW[state],
        "notice": _notice(found),
        "overrun": _overrun(found, now),
        "components": components,
        "history": [(event, _times(event)) for event in events],
        "closures": closures,
        "canonical": settings.SITE_URL + reverse("maintenance_window", args=[pk]),
    }
    return not_modified(request, tag) or with_etag(render(request, "portal/window.html", context), tag)


@asked_page
def calendar_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """A window's entry, for the reader's own calendar."""
    found = get_object_or_404(MaintenanceWindow.objects.visible_to(request.user), pk=pk)
    components, changed_at = _components(found, request.user), changes_of([found]).get(pk, found.announced_at)
    tag = etag(request, found.sequence, changed_at, [str(each) for each in components])
    if unchanged := not_modified(request, tag):
        return unchanged
    made = calendar([entry(found, components, changed_at=changed_at)], name=settings.SITE_NAME)
    response = HttpResponse(made, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="maintenance-{pk}.ics"'
    return with_etag(response, tag)


def _components(found: MaintenanceWindow, user: Visitor) -> list[Component]:
    return list(Component.objects.visible_to(user).filter(windows=found).select_related("product"))


def _notice(found: MaintenanceWindow) -> str:
    """How long ahead it was announced; "" where it had begun."""
    ahead = found.starts_at - found.announced_at
    return rough_duration(ahead, Kind.ELAPSED) if ahead > timedelta() else ""


def _overrun(found: MaintenanceWindow, at: datetime) -> str:
    """To the minute; "" for less."""
    overrun = found.overrun(at)
    return (
        rough_duration(overrun - overrun % timedelta(minutes=1), Kind.ELAPSED)
        if overrun >= timedelta(minutes=1)
        else ""
    )


def _times(event: WindowEvent) -> tuple[datetime, datetime] | None:
    """The times that were announced then."""
    if event.kind not in TIMED:
        return None
    return datetime.fromisoformat(event.data["starts_at"]), datetime.fromisoformat(event.data["ends_at"])
