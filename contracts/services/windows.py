"""Maintenance windows: announced in time or refused (VK3, AT15), moved, changed, begun, finished, cancelled.

Each verb adds one fact and tells those whom it concerns. ``seen`` is the number of the last fact that a form knew.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from contracts.models import Component, MaintenanceWindow, User
from contracts.models.upkeep import WindowEventKind, WindowKind
from contracts.refusals import Refused
from contracts.upkeep_news import announce
from contracts.upkeep_record import record_window, refuse_overtaken
from contracts.window_rules import (
    check_components,
    check_free,
    check_kind,
    check_notice,
    check_times,
    check_words,
    told,
)


@transaction.atomic
def announce_window(
    *,
    title: str,
    reason: str,
    components: Collection[Component],
    starts_at: datetime,
    ends_at: datetime,
    interrupts: bool,
    kind: str = WindowKind.SCHEDULED,
    emergency_reason: str = "",
    actor: User | None,
    at: datetime,
) -> MaintenanceWindow:
    """Work on ``components`` in ``[starts_at, ends_at)``; ``interrupts`` says whether they are down in it.

    Refused by :func:`check_window`. An emergency may have begun up to 24 hours ago; one that is over by ``at`` is
    finished at its end.
    """
    title, reason, emergency_reason = title.strip(), reason.strip(), emergency_reason.strip()
    locked = _locked_components(components)
    check_window(
        title=title,
        reason=reason,
        components=locked,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=kind,
        emergency_reason=emergency_reason,
        at=at,
    )
    window = MaintenanceWindow.objects.create(
        title=title,
        reason=reason,
        kind=WindowKind(kind),
        emergency_reason=emergency_reason if kind == WindowKind.EMERGENCY else "",
        interrupts=interrupts,
        starts_at=starts_at,
        ends_at=ends_at,
        announced_at=at,
        finished_at=ends_at if ends_at <= at else None,
        start_told=starts_at <= at,
    )
    window.components.set(locked)
    _record(window, WindowEventKind.ANNOUNCED, actor=actor, at=at)
    if window.finished_at is not None:
        record_window(window, WindowEventKind.FINISHED, actor=actor, at=at, happened_at=ends_at)
    return window


def check_window(
    *,
    title: str,
    reason: str,
    components: Collection[Component],
    starts_at: datetime,
    ends_at: datetime,
    kind: str,
    emergency_reason: str,
    at: datetime,
) -> None:
    """What a preview checks, too: refused by each check of :mod:`contracts.window_rules`."""
    check_words(title.strip(), reason.strip())
    check_kind(kind, emergency_reason.strip())
    check_components(components, at)
    check_times(kind, starts_at, ends_at, at)
    check_free(components, starts_at, ends_at)
    if kind == WindowKind.SCHEDULED:
        check_notice(components, starts_at, ends_at, at)


@transaction.atomic
def move_window(
    *,
    window: MaintenanceWindow,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> MaintenanceWindow:
    """Other times for a window that has not begun; its notice counts from ``at`` anew. ``reason`` is of the move.

    Refused for one that has begun or is over, for the times that it has, for an end that is past, and like announcing
    it.
    """
    components = _locked_components(window.components.all())
    window = _locked(window, seen)
    _refuse_begun(window, at, "Move")
    if (starts_at, ends_at) == (window.starts_at, window.ends_at):
        raise Refused("It has these times already: choose others.", field="starts_at")
    check_times(window.kind, starts_at, ends_at, at)
    if ends_at <= at:
        raise Refused(
            "This end is past: choose a later one, or cancel it and enter what was done as an emergency of its own.",
            field="ends_at",
        )
    check_free(components, starts_at, ends_at, besides=window)
    if not window.is_emergency:
        check_notice(components, starts_at, ends_at, at)
    window.starts_at, window.ends_at, window.announced_at = starts_at, ends_at, at
    window.start_told = starts_at <= at
    window.sequence += 1
    window.save(update_fields=["starts_at", "ends_at", "announced_at", "start_told", "sequence"])
    _record(window, WindowEventKind.MOVED, actor=actor, at=at, text=reason.strip())
    return window


@transaction.atomic
def change_window(
    *,
    window: MaintenanceWindow,
    title: str,
    reason: str,
    components: Collection[Component],
    interrupts: bool,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> MaintenanceWindow:
    """Change what is done, why and to what; the times stay.

    A component that is added, and an interruption where none was announced, need the notice of the policies that they
    concern from ``at`` on, unless it is an emergency. Refused where nothing changes and for a window that is over.
    """
    title, reason = title.strip(), reason.strip()
    locked = _locked_components(components)
    window = _locked(window, seen)
    before = set(window.components.all())
    check_words(title, reason)
    added = [each for each in locked if each not in before]
    check_components(locked, at, kept=before)
    same = (title, reason, interrupts) == (window.title, window.reason, window.interrupts)
    if same and before == set(locked):
        raise Refused("Nothing is changed: it says just this already.")
    check_free(locked, window.starts_at, window.ends_at, besides=window)
    newly_stopped = locked if interrupts and not window.interrupts else added
    if newly_stopped and not window.is_emergency:
        check_notice(newly_stopped, window.starts_at, window.ends_at, at)
    window.title, window.reason, window.interrupts = title, reason, interrupts
    window.sequence += 1
    window.save(update_fields=["title", "reason", "interrupts", "sequence"])
    window.components.set(locked)
    _record(window, WindowEventKind.CHANGED, actor=actor, at=at)
    return window


@transaction.atomic
def begin_window(
    *,
    window: MaintenanceWindow,
    began_at: datetime | None = None,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> MaintenanceWindow:
    """Say that the work began at ``began_at``, or ``at``; said again, the later word counts and both are kept.

    Refused for an instant in the future or before it was announced, and for a window that is over.
    """
    window = _locked(window, seen)
    began_at = began_at or at
    _check_said(began_at, at, "began_at")
    first = min(window.announced_at, window.starts_at)
    if began_at < first:
        raise Refused(
            f"It was announced {told(first, at)}; work before that is an outage, or an emergency of its own.",
            field="began_at",
        )
    if began_at == window.began_at:
        raise Refused("It is known to have begun just then.", field="began_at")
    is_news = not window.start_told
    window.began_at, window.start_told = began_at, True
    window.save(update_fields=["began_at", "start_told"])
    event = record_window(window, WindowEventKind.BEGAN, actor=actor, happened_at=began_at, at=at)
    if is_news:
        announce(event)
    return window


@transaction.atomic
def finish_window(
    *,
    window: MaintenanceWindow,
    finished_at: datetime | None = None,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> MaintenanceWindow:
    """Say that the work was over at ``finished_at``, or ``at``. At its own start: nothing was done.

    Refused before it began, for an instant in the future, and for a window that is over.
    """
    window = _locked(window, seen)
    finished_at = finished_at or at
    _check_said(finished_at, at, "finished_at")
    began = window.start_at(at)
    if began is None:
        raise Refused("It has not begun; cancel it, or say first when it began.")
    if finished_at < began:
        raise Refused(f"It began {told(began, at)}; it is over after that.", field="finished_at")
    window.finished_at, window.start_told = finished_at, True
    window.sequence += 1
    window.save(update_fields=["finished_at", "start_told", "sequence"])
    _record(window, WindowEventKind.FINISHED, actor=actor, at=at, happened_at=finished_at)
    return window


@transaction.atomic
def cancel_window(
    *, window: MaintenanceWindow, reason: str, actor: User | None, at: datetime, seen: int | None = None
) -> MaintenanceWindow:
    """Take back a window that has not begun. Refused without a reason, and for one that has begun or is over."""
    reason = reason.strip()
    window = _locked(window, seen)
    _refuse_begun(window, at, "Cancel")
    if not reason:
        raise Refused("Say why it is cancelled; customers read it.", field="reason")
    window.cancelled_at = at
    window.sequence += 1
    window.save(update_fields=["cancelled_at", "sequence"])
    _record(window, WindowEventKind.CANCELLED, actor=actor, at=at, text=reason)
    return window


def _record(
    window: MaintenanceWindow,
    kind: WindowEventKind,
    *,
    actor: User | None,
    at: datetime,
    happened_at: datetime | None = None,
    text: str = "",
) -> None:
    """Add a fact, and tell those whom it concerns."""
    announce(record_window(window, kind, actor=actor, at=at, happened_at=happened_at, text=text))


def _locked(window: MaintenanceWindow, seen: int | None) -> MaintenanceWindow:
    """The row as it is now, nobody else's until the verb is done. Refused where it is over, or a form is overtaken."""
    window = MaintenanceWindow.objects.select_for_update().get(pk=window.pk)
    refuse_overtaken(window, seen)
    if window.cancelled_at is not None:
        raise Refused("It is cancelled; announce a window anew.")
    if window.finished_at is not None:
        raise Refused("It is finished; announce a window anew.")
    return window


def _locked_components(components: Collection[Component]) -> list[Component]:
    """In the order of their keys, so that two verbs never wait for one another."""
    keys = [component.pk for component in components]
    found = Component.objects.select_for_update(of=("self",)).select_related("product")
    return list(found.filter(pk__in=keys).order_by("pk"))


def _refuse_begun(window: MaintenanceWindow, at: datetime, verb: str) -> None:
    began = window.start_at(at)
    if began is not None:
        raise Refused(
            f"It began {told(began, at)}. {verb} it before it begins; now finish it when it is over, or at its own "
            "start if nothing was done."
        )


def _check_said(said: datetime, at: datetime, field: str) -> None:
    if said > at:
        raise Refused("This is still to come; choose an instant that has passed.", field=field)
