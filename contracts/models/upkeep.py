"""When work on components is planned, and when they were down.

A row holds how things stand; what was done to it, by whom and why, is an event beside it that is only added.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from contracts.models.components import Component, Happening, Visitor

OPEN = Q(finished_at=None, cancelled_at=None)
RUNNING = Q(ended_at=None, withdrawn_at=None)


class WindowKind(models.TextChoices):
    """Announced ahead, or for a reason that could not wait."""

    SCHEDULED = "scheduled", "scheduled"
    EMERGENCY = "emergency", "emergency"


class WindowState(StrEnum):
    """How a window stands at an instant."""

    ANNOUNCED = "announced"
    UNDER_WAY = "under way"
    OVERRAN = "overran"
    DONE = "done"
    CANCELLED = "cancelled"


def _some_visible(links: type[models.Model], thing: str, user: Visitor) -> models.Exists:
    """Whether a ``thing`` is linked to at least one component that ``user`` may see."""
    visible = links._default_manager.filter(component__in=Component.objects.visible_to(user))
    return models.Exists(visible.filter(**{thing: models.OuterRef("pk")}))


class MaintenanceWindowQuerySet(models.QuerySet["MaintenanceWindow"]):
    """Questions about windows, as they stand now; ``at`` is an instant of the present."""

    def visible_to(self, user: Visitor) -> MaintenanceWindowQuerySet:
        """Those with at least one component that ``user`` may see."""
        return self.filter(_some_visible(MaintenanceWindow.components.through, "maintenancewindow", user))

    def standing(self) -> MaintenanceWindowQuerySet:
        """Those not cancelled."""
        return self.filter(cancelled_at=None)

    def coming(self, at: datetime) -> MaintenanceWindowQuerySet:
        """Those that have not begun by ``at``, the next first."""
        return self.filter(OPEN, began_at=None, starts_at__gt=at).order_by("starts_at", "pk")

    def going_on(self, at: datetime) -> MaintenanceWindowQuerySet:
        """Those under way at ``at``, past their planned end included, the earliest first."""
        begun = Q(began_at__lte=at) | Q(began_at=None, starts_at__lte=at)
        return self.filter(OPEN).filter(begun).order_by("starts_at", "pk")

    def past(self, at: datetime) -> MaintenanceWindowQuerySet:
        """Those that were finished or cancelled by ``at``, the latest first."""
        over = Q(finished_at__lte=at) | Q(cancelled_at__lte=at)
        return self.filter(over).order_by("-starts_at", "-pk")

    def older_than(self, window: MaintenanceWindow) -> MaintenanceWindowQuerySet:
        """Those that come after ``window`` where the latest is first: the next page of such a list."""
        return self.filter(starts_at__lte=window.starts_at).filter(
            Q(starts_at__lt=window.starts_at) | Q(pk__lt=window.pk)
        )

    def touching(self, start: datetime, end: datetime) -> MaintenanceWindowQuerySet:
        """Those that may have had a part in ``[start, end)``: as planned, or as they really were."""
        over = OPEN | Q(finished_at__gt=start) | Q(ends_at__gt=start)
        return self.filter(over).filter(Q(starts_at__lt=end) | Q(began_at__lt=end))


class MaintenanceWindow(models.Model):
    """Planned work on components from ``starts_at`` until ``ends_at`` (not included).

    ``announced_at`` is when these very times were announced. ``began_at`` and ``finished_at`` are what staff say;
    one of which they say nothing began as planned, and is not over. ``sequence`` is that of its calendar entry.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("what", max_length=160)
    reason = models.TextField("why")
    kind = models.CharField(max_length=12, choices=WindowKind.choices, default=WindowKind.SCHEDULED)
    emergency_reason = models.CharField(max_length=300, blank=True)
    components = models.ManyToManyField(Component, related_name="windows")
    interrupts = models.BooleanField(default=True, help_text="Whether its components are down in it.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Not included.")
    announced_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    # Whether people were told that it began, and that it runs past its planned end; the recurring job sets them.
    start_told = models.BooleanField(default=False, editable=False)
    overrun_told = models.BooleanField(default=False, editable=False)

    objects = MaintenanceWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="window_has_length"),
            models.CheckConstraint(
                condition=Q(kind=WindowKind.SCHEDULED, emergency_reason="")
                | (Q(kind=WindowKind.EMERGENCY) & ~Q(emergency_reason="")),
                name="emergency_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(cancelled_at=None), name="window_over_once"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], condition=OPEN, name="window_open"),
            models.Index(fields=["-starts_at", "-id"], name="window_by_start"),
            models.Index(fields=["ends_at"], name="window_by_end"),
            models.Index(fields=["finished_at"], name="window_by_finish"),
        ]
        ordering = ["-starts_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_emergency(self) -> bool:
        return self.kind == WindowKind.EMERGENCY

    @property
    def was_entered_late(self) -> bool:
        """Whether it was announced after its own start, as only an emergency can be."""
        return self.announced_at > self.starts_at

    @property
    def is_over(self) -> bool:
        """Whether staff finished or cancelled it."""
        return self.finished_at is not None or self.cancelled_at is not None

    def start_at(self, at: datetime) -> datetime | None:
        """When it really began, as far as is known at ``at``; ``None`` if it has not, or was cancelled."""
        if self.cancelled_at is not None:
            return None
        began = self.starts_at if self.began_at is None else self.began_at
        return began if began <= at else None

    def state(self, at: datetime) -> WindowState:
        """How it stands at ``at``; finished late, it is done, and ``overrun`` says by how much."""
        if self.cancelled_at is not None:
            return WindowState.CANCELLED
        if self.finished_at is not None and self.finished_at <= at:
            return WindowState.DONE
        if self.start_at(at) is None:
            return WindowState.ANNOUNCED
        return WindowState.UNDER_WAY if at < self.ends_at else WindowState.OVERRAN

    def overrun(self, at: datetime) -> timedelta:
        """How long it ran past its planned end by ``at``; nothing for one that did not, or was cancelled."""
        if self.cancelled_at is not None:
            return timedelta()
        until = at if self.finished_at is None else min(at, self.finished_at)
        return max(timedelta(), until - self.ends_at)


class OutageQuerySet(models.QuerySet["Outage"]):
    """Questions about outages, as they stand now; what was withdrawn is asked for by name alone."""

    def visible_to(self, user: Visitor) -> OutageQuerySet:
        """Those with at least one component that ``user`` may see."""
        return self.filter(_some_visible(Outage.components.through, "outage", user))

    def standing(self) -> OutageQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at=None)

    def running(self) -> OutageQuerySet:
        """Those that are not over, the earliest first."""
        return self.filter(RUNNING).order_by("started_at", "pk")

    def past(self) -> OutageQuerySet:
        """Those that are over, the latest first."""
        return self.standing().exclude(ended_at=None).order_by("-started_at", "-pk")

    def touching(self, start: datetime, end: datetime) -> OutageQuerySet:
        """Those that have a part in ``[start, end)``."""
        return self.standing().filter(Q(ended_at=None) | Q(ended_at__gt=start)).filter(started_at__lt=end)


class Outage(models.Model):
    """Components were down, unplanned, from ``started_at`` until ``ended_at`` (not included; ``None``: they are).

    ``cause`` is the code of one of the causes that policies exclude (AT14), or empty.
    """

    title = models.CharField(max_length=160)
    components = models.ManyToManyField(Component, related_name="outages")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=60, blank=True)
    what_happened = models.TextField()
    what_was_done = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OutageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="outage_has_length"
            )
        ]
        indexes = [
            models.Index(fields=["started_at"], condition=RUNNING, name="outage_running"),
            models.Index(fields=["-started_at", "-id"], name="outage_by_start"),
            models.Index(fields=["ended_at"], name="outage_by_end"),
        ]
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.withdrawn_at is None

    def length(self, at: datetime) -> timedelta:
        """How long it lasted, or has lasted by ``at``."""
        return (self.ended_at or max(at, self.started_at)) - self.started_at


class WindowEventKind(models.TextChoices):
    """What can happen to a window."""

    ANNOUNCED = "announced", "Announced"
    MOVED = "moved", "Moved"
    CHANGED = "changed", "Changed"
    CANCELLED = "cancelled", "Cancelled"
    BEGAN = "began", "Began"
    OVERRAN = "overran", "Ran past its end"
    FINISHED = "finished", "Finished"


class WindowEvent(Happening):
    """A fact about a window; ``sequence`` is that of its calendar entry afterwards."""

    window = models.ForeignKey(MaintenanceWindow, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=WindowEventKind.choices)
    sequence = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["window", "number"], name="window_event_once")]
        ordering = ["window", "number"]

    def __str__(self) -> str:
        return f"{self.window}: {self.get_kind_display()}"


class OutageEventKind(models.TextChoices):
    """What can happen to an outage's entry."""

    REPORTED = "reported", "Reported"
    UPDATED = "updated", "Update"
    ENDED = "ended", "Ended"
    CORRECTED = "corrected", "Corrected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OutageEvent(Happening):
    """A fact about an outage."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=OutageEventKind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "number"], name="outage_event_once")]
        ordering = ["outage", "number"]

    def __str__(self) -> str:
        return f"{self.outage}: {self.get_kind_display()}"
