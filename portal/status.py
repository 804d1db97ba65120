"""/status/ and /status.json: what works and what does not, and what did not in the last days."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.models import Component, Outage, OutageEvent
from contracts.models.upkeep import OutageEventKind, WindowState
from contracts.notices import closure_notices
from contracts.phrasing import rough_duration, short_date
from contracts.sla.promises import Kind
from contracts.upkeep_days import Days, DayState
from contracts.upkeep_reading import DAYS, INCIDENT_DAYS, ComponentState
from contracts.upkeep_snapshot import Shown
from contracts.words import list_in_words
from portal import signs
from portal.shown import answer, clocks_of, shown_now
from portal.strips import Picture, strip

COMING_ROWS = 5
WORST = (ComponentState.DOWN, ComponentState.MAINTENANCE, ComponentState.WORKING)


TOLD = {
    DayState.WORKED: "worked throughout",
    DayState.MAINTENANCE: "had announced maintenance",
    DayState.DOWN: "had an outage",
}


@dataclass(frozen=True, slots=True)
class TableDay:
    """A row of the table under the picture; lengths are "" for none."""

    day: str
    down: str
    maintenance: str


@dataclass(frozen=True, slots=True)
class Row:
    """A component on the page."""

    component: Component
    standing: signs.Sign
    picture: Picture
    days: Days

    @property
    def described(self) -> str:
        """The picture in a sentence."""
        states = list(self.days.states())
        counted = [(states.count(state), word) for state, word in TOLD.items()]
        told = list_in_words(f"{number} {word}" for number, word in counted if number)
        return f"Of {len(states)} days, {told}; {self.days.percent_told} % of their time it was not down."

    @property
    def table(self) -> list[TableDay]:
        """The days on which something stopped, the latest first."""
        found = sorted(self.days.stopped.values(), key=lambda day: day.day, reverse=True)
        return [TableDay(short_date(day.day), _length(day.down), _length(day.maintenance)) for day in found]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst state of the components, its sign, and a sentence of it."""

    state: ComponentState
    text: str

    @property
    def standing(self) -> signs.Sign:
        return signs.COMPONENT[self.state]


@asked_page
def status(request: HttpRequest) -> HttpResponse:
    """The components that the reader may see and how each stands; made of the snapshot."""
    shown = shown_now(request)
    snapshot, at = shown.snapshot, shown.at
    going_on = snapshot.going_on(at)
    context = {
        "verdict": verdict(shown),
        "running": snapshot.running,
        "going_on": [(planned, signs.WINDOW[planned.window.state(at)]) for planned in going_on],
        "products": _products(shown),
        "coming": [
            (planned, signs.WINDOW[WindowState.ANNOUNCED]) for planned in snapshot.coming(at)[:COMING_ROWS]
        ],
        "ended": snapshot.ended,
        "days": DAYS,
        "incident_days": INCIDENT_DAYS,
        "canonical": settings.SITE_URL + reverse("status"),
    }
    return answer(request, "portal/status.html", shown, context)


@asked_page
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """One outage; 404 for one that is withdrawn, or of components that the reader may not see."""
    now = timezone.now()
    found = get_object_or_404(Outage.objects.visible_to(request.user).standing(), pk=pk)
    components = tuple(
        Component.objects.visible_to(request.user).filter(outages=found).select_related("product")
    )
    events = list(OutageEvent.objects.filter(outage=found).order_by("number"))
    closures = closure_notices(now)
    seen, clocks = [str(each) for each in components], clocks_of(request, components, now)
    tag = etag(request, found.pk, len(events), seen, clocks.state(), now.year, closures)
    context = {
        "clocks": clocks,
        "outage": found,
        "standing": signs.RUNNING if found.is_running else signs.OVER,
        "components": components,
        "history": [(event, _said(event)) for event in events],
        "closures": closures,
        "canonical": settings.SITE_URL + reverse("outage", args=[pk]),
    }
    return not_modified(request, tag) or with_etag(render(request, "portal/outage.html", context), tag)


def verdict(shown: Shown) -> Verdict:
    """How all that the reader may see stands."""
    states = {each: shown.snapshot.state(each, shown.at) for each in shown.snapshot.components}
    worst = next((state for state in WORST if state in states.values()), ComponentState.WORKING)
    named = list_in_words(f"{each.name} ({each.product})" for each, state in states.items() if state is worst)
    said = {
        ComponentState.DOWN: f"Down now: {named}.",
        ComponentState.MAINTENANCE: f"Under maintenance now: {named}.",
        ComponentState.WORKING: "Everything works.",
    }
    return Verdict(worst, said[worst])


def _products(shown: Shown) -> list[tuple[str, list[Row]]]:
    """By a product's name, its components."""
    rows = [_row(shown, each) for each in shown.snapshot.components]
    grouped = groupby(rows, key=lambda row: row.component.product.name)
    return [(name, list(found)) for name, found in grouped]


def _row(shown: Shown, component: Component) -> Row:
    days = shown.snapshot.days[component.pk]
    standing = signs.COMPONENT[shown.snapshot.state(component, shown.at)]
    return Row(component, standing, strip(days), days)


def _length(length: timedelta) -> str:
    return rough_duration(length, Kind.OPEN) if length else ""


def _said(event: OutageEvent) -> str:
    """What customers read of it: why an entry was corrected is the desk's own."""
    return event.text if event.kind == OutageEventKind.UPDATED else ""
