"""/maintenance/calendar.ics and /maintenance/feed.atom: public windows and nothing else, whoever asks (AT18)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html

from contracts.calendar_entries import CONTENT_TYPE, calendar, entry
from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.models import Component, MaintenanceWindow
from contracts.models.upkeep import OPEN, MaintenanceWindowQuerySet
from contracts.phrasing import UTC_ZONE, period
from contracts.upkeep_reading import Planned, planned_of
from contracts.words import list_in_words
from knowledgebase.markdown.wording import fit
from portal import signs

# What is older has left the feeds; every page of it stays.
KEPT = timedelta(days=90)
ENTRIES = 50
ATOM = "application/atom+xml; charset=utf-8"


@asked_page
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Every public window that is not over or began in the last 90 days, the cancelled ones as such."""
    planned = _public(_recent(timezone.now()).order_by("starts_at", "pk"))
    tag = etag(request, _made_of(planned))
    if unchanged := not_modified(request, tag):
        return unchanged
    entries = (entry(each.window, each.components, changed_at=each.changed_at) for each in planned)
    made = calendar(entries, name=_name())
    return with_etag(HttpResponse(made, content_type=CONTENT_TYPE), tag)


@asked_page
def news_feed(request: HttpRequest) -> HttpResponse:
    """The public windows to which something happened last, each once."""
    now = timezone.now()
    changed = _recent(now).annotate(changed_at=Max("events__recorded_at")).order_by("-changed_at", "-pk")
    planned = _public(changed[:ENTRIES])
    tag = etag(request, _made_of(planned), [each.window.state(now) for each in planned], now.year)
    if unchanged := not_modified(request, tag):
        return unchanged
    return with_etag(HttpResponse(_atom(planned, now), content_type=ATOM), tag)


def _recent(at: datetime) -> MaintenanceWindowQuerySet:
    return MaintenanceWindow.objects.visible_to(AnonymousUser()).filter(OPEN | Q(starts_at__gte=at - KEPT))


def _public(windows: Iterable[MaintenanceWindow]) -> tuple[Planned, ...]:
    components = Component.objects.visible_to(AnonymousUser()).select_related("product")
    return planned_of(windows, {each.pk: each for each in components})


def _made_of(planned: Iterable[Planned]) -> list[object]:
    return [(each.window.pk, each.changed_at, [str(one) for one in each.components]) for each in planned]


def _name() -> str:
    return f"{settings.SITE_NAME}: maintenance"


def _atom(planned: Iterable[Planned], at: datetime) -> str:
    address = settings.SITE_URL + reverse("maintenance_feed")
    feed = Atom1Feed(
        title=fit(_name()),
        subtitle="What will stop, and when.",
        description=None,
        link=settings.SITE_URL + reverse("maintenance"),
        feed_url=address,
        feed_guid=address,
        language="en",
        author_name=fit(settings.SITE_NAME),
    )
    for each in planned:
        window, announced = each.window, each.window.announced_at
        feed.add_item(
            title=fit(f"{window.title}: {signs.WINDOW[window.state(at)].word.lower()}"),
            link=settings.SITE_URL + reverse("maintenance_window", args=[window.pk]),
            description=_told(each, at),
            unique_id=f"urn:uuid:{window.uid}",
            pubdate=announced,
            updateddate=each.changed_at,
            categories=[fit(str(one)) for one in each.components],
        )
    return str(feed.writeString("utf-8"))


def _told(planned: Planned, at: datetime) -> str:
    """In HTML, as the format has it."""
    window = planned.window
    stops = "not available" if window.interrupts else "available"
    return format_html(
        "<p>{}</p><p>{}: {}.</p><p>{}</p>",
        period(window.starts_at, window.ends_at, UTC_ZONE, now=at),
        fit(list_in_words(str(each) for each in planned.components)),
        stops,
        fit(window.reason),
    )
