"""The calendar entry that goes with a mail about a window: made when the mail is sent, of the fact as it stood then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from icalendar import vCalAddress

from contracts.calendar_entries import calendar, entry
from contracts.models import Component, MaintenanceWindow, WindowEvent
from contracts.models.upkeep import WindowEventKind

# The facts that a calendar shows; that it began and overran changes no entry.
SHOWN = (
    WindowEventKind.ANNOUNCED,
    WindowEventKind.MOVED,
    WindowEventKind.CHANGED,
    WindowEventKind.CANCELLED,
    WindowEventKind.FINISHED,
)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A calendar file and its method (RFC 5546): PUBLISH, or CANCEL for what is called off."""

    method: str
    content: str


def calendar_of(key: int, components: Collection[int], *, left_out: bool = False) -> Enclosed | None:
    """The entry of the window's fact with that key, naming ``components``; ``None`` for a fact that changes none.

    ``left_out``: by the fact the window concerns these no more, so the entry that its reader has is taken back.
    Times, texts and SEQUENCE are those of the fact, however late the mail leaves, so that a repeat is the same mail.
    """
    fact = WindowEvent.objects.select_related("window").get(pk=key)
    if fact.kind not in SHOWN:
        return None
    named = Component.objects.filter(pk__in=components).select_related("product")
    window = _taken_back(fact) if left_out else window_then(fact)
    made = entry(window, named, changed_at=fact.recorded_at)
    made.add("organizer", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
    method = "PUBLISH" if window.cancelled_at is None else "CANCEL"
    content = calendar([made], name=f"{settings.SITE_NAME}: maintenance", method=method)
    return Enclosed(method, content.decode())


def window_then(fact: WindowEvent) -> MaintenanceWindow:
    """The window as the fact left it; not a row to be saved."""
    now, then = fact.window, fact.data
    return MaintenanceWindow(
        pk=now.pk,
        uid=now.uid,
        kind=now.kind,
        emergency_reason=now.emergency_reason,
        title=then["title"],
        reason=then["reason"],
        interrupts=then["interrupts"],
        starts_at=datetime.fromisoformat(then["starts_at"]),
        ends_at=datetime.fromisoformat(then["ends_at"]),
        began_at=_read(then, "began_at"),
        finished_at=_read(then, "finished_at"),
        cancelled_at=fact.recorded_at if fact.kind == WindowEventKind.CANCELLED else None,
        sequence=fact.sequence,
    )


def fact_before(fact: WindowEvent) -> WindowEvent:
    """How the window stood until ``fact``, which is not its first."""
    return WindowEvent.objects.select_related("window").get(window=fact.window_id, number=fact.number - 1)


def _taken_back(fact: WindowEvent) -> MaintenanceWindow:
    """The window as those know it whom it concerned until ``fact``, called off for them."""
    window = window_then(fact_before(fact))
    window.sequence, window.cancelled_at = fact.sequence, fact.recorded_at
    return window


def _read(then: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(then[name]) if then[name] else None
