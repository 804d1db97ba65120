"""The record of windows and outages: facts are added, and a form that has not seen the last of them is overtaken."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from contracts.models import Component, MaintenanceWindow, Outage, OutageEvent, User, WindowEvent
from contracts.models.upkeep import OutageEventKind, WindowEventKind
from contracts.phrasing import iso
from contracts.refusals import Refused
from contracts.words import list_in_words


class Overtaken(Refused):
    """Something happened since the form was opened: ``news`` are those facts, the earliest first."""

    def __init__(self, news: Sequence[WindowEvent | OutageEvent]) -> None:
        told = list_in_words(
            f"{event.get_kind_display().lower()} by {event.actor or 'the portal'}" for event in news
        )
        super().__init__(f"Meanwhile it was {told}. What you typed is kept: look again, then send it anew.")
        self.news = news


def refuse_overtaken(thing: MaintenanceWindow | Outage, seen: int | None) -> None:
    """Refused where a fact has a number above ``seen``, the last that the form knew; ``None``: it does not matter.

    ``thing`` is locked by the caller.
    """
    if seen is None:
        return
    news: list[WindowEvent | OutageEvent]
    if isinstance(thing, MaintenanceWindow):
        news = [*WindowEvent.objects.filter(window=thing, number__gt=seen).select_related("actor")]
    else:
        news = [*OutageEvent.objects.filter(outage=thing, number__gt=seen).select_related("actor")]
    if news:
        raise Overtaken(news)


def record_window(
    window: MaintenanceWindow,
    kind: WindowEventKind,
    *,
    actor: User | None,
    at: datetime,
    happened_at: datetime | None = None,
    text: str = "",
) -> WindowEvent:
    """A fact about a locked ``window``, with how it stands now; it happened ``at`` unless told otherwise."""
    return WindowEvent.objects.create(
        window=window,
        number=window.events.count() + 1,
        kind=kind,
        sequence=window.sequence,
        happened_at=happened_at or at,
        recorded_at=at,
        actor=actor,
        text=text,
        data={
            "title": window.title,
            "reason": window.reason,
            "interrupts": window.interrupts,
            "starts_at": iso(window.starts_at),
            "ends_at": iso(window.ends_at),
            "began_at": _told(window.began_at),
            "finished_at": _told(window.finished_at),
            "components": _named(window.components.all()),
        },
    )


def record_outage(
    outage: Outage,
    kind: OutageEventKind,
    *,
    actor: User | None,
    at: datetime,
    happened_at: datetime | None = None,
    text: str = "",
) -> OutageEvent:
    """A fact about a locked ``outage``, with how it stands now; it happened ``at`` unless told otherwise."""
    return OutageEvent.objects.create(
        outage=outage,
        number=outage.events.count() + 1,
        kind=kind,
        happened_at=happened_at or at,
        recorded_at=at,
        actor=actor,
        text=text,
        data={
            "title": outage.title,
            "started_at": iso(outage.started_at),
            "ended_at": _told(outage.ended_at),
            "cause": outage.cause,
            "what_happened": outage.what_happened,
            "what_was_done": outage.what_was_done,
            "components": _named(outage.components.all()),
        },
    )


def _told(at: datetime | None) -> str | None:
    return iso(at) if at else None


def _named(components: Iterable[Component]) -> list[dict[str, Any]]:
    return [{"id": component.pk, "name": component.name} for component in components]
