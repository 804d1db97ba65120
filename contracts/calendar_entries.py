"""Maintenance windows as calendar entries (RFC 5545), for the page's file, feeds and mails: the same entry in each.

An entry is named by the window's ``uid``, which stays when the window moves or the portal does; SEQUENCE rises with
each change that a calendar shows. A cancelled window stays, as CANCELLED, so that calendars that have it strike it out.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from icalendar import Calendar, Event, vText

from contracts.models import Component, MaintenanceWindow, WindowEvent
from contracts.words import list_in_words

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESHED = timedelta(hours=1)


def changes_of(windows: Iterable[MaintenanceWindow]) -> dict[int, datetime]:
    """By a window's key, when its last fact was written; one query."""
    facts = WindowEvent.objects.filter(window__in=[window.pk for window in windows]).order_by()
    return dict(facts.values("window").annotate(at=Max("recorded_at")).values_list("window", "at"))


def entry(window: MaintenanceWindow, components: Iterable[Component], *, changed_at: datetime) -> Event:
    """The entry of ``window`` as it stands; ``components`` are those that its reader may know of, with their products.

    ``changed_at`` is when its last fact was written, see :func:`changes_of`. Times are in UTC: the announced ones,
    and once it is finished the real ones.
    """
    start, end = _times(window)
    event = Event()
    event.add("uid", str(window.uid))
    event.add("sequence", window.sequence)
    event.add("dtstamp", whole(changed_at))
    event.add("last-modified", whole(changed_at))
    event.add("dtstart", whole(start))
    event.add("dtend", whole(end))
    event.add("summary", plain(f"Maintenance: {window.title}"))
    event.add("description", plain("\n\n".join(_description(window, components))))
    event.add("url", settings.SITE_URL + reverse("maintenance_window", args=[window.pk]))
    event.add("status", "CONFIRMED" if window.cancelled_at is None else "CANCELLED")
    event.add("categories", ["Maintenance"])
    # A notice, not an appointment: it makes nobody busy.
    event.add("transp", "TRANSPARENT")
    return event


def calendar(entries: Iterable[Event], *, name: str, method: str = "PUBLISH") -> bytes:
    """A calendar file called ``name``, as UTF-8; ``method`` is PUBLISH, or CANCEL for the mail that takes one back."""
    made = Calendar()
    made.add("prodid", vText(plain(f"-//{settings.SITE_NAME}//Maintenance//EN")))
    made.add("version", "2.0")
    made.add("method", method)
    made.add("name", vText(plain(name)))
    made.add("x-wr-calname", vText(plain(name)))
    made.add("refresh-interval", REFRESHED, parameters={"value": "DURATION"})
    for each in entries:
        made.add_component(each)
    return bytes(made.to_ical())


def _times(window: MaintenanceWindow) -> tuple[datetime, datetime]:
    """An entry has a length, so one that was finished before it did anything keeps its announced times."""
    began = window.began_at or window.starts_at
    if window.finished_at is not None and whole(began) < whole(window.finished_at):
        return began, window.finished_at
    return window.starts_at, window.ends_at


def _description(window: MaintenanceWindow, components: Iterable[Component]) -> list[str]:
    named = list_in_words(str(each) for each in components)
    stopped = f"{named}: {'not available' if window.interrupts else 'available, work goes on beside it'}."
    emergency = f"Emergency: {window.emergency_reason}" if window.is_emergency else ""
    return [part for part in (stopped, window.reason, emergency) if part]


def whole(at: datetime) -> datetime:
    """The format has no fractions of seconds."""
    return at.astimezone(UTC).replace(microsecond=0)


def plain(text: str) -> str:
    """Without what the format forbids in a text: control characters but for line breaks and tabs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) != "Cc")
