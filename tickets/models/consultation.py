"""Consultations: calls at a set time, with or without a ticket, and what was done to each (VK8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from contracts.models import Contact, Contract, Customer, User
from tickets.models.ticket import Ticket


class ConsultationState(StrEnum):
    """Where a consultation stands; derived, see :meth:`Consultation.state`."""

    ASKED = "asked for"
    OFFERED = "times proposed"
    CONFIRMED = "confirmed"
    OVER = "over"
    CANCELLED = "cancelled"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Questions about consultations. A customer's person reaches one through ``visible_to`` alone."""

    def visible_to(self, user: User | AnonymousUser) -> ConsultationQuerySet:
        """All for staff; for a contact their own and those of tickets that they may see; else none."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        own = list(Contact.objects.filter(user=user).order_by())
        keys = [contact.pk for contact in own]
        return self.filter(Q(contact__in=keys) | Q(ticket__in=Ticket.objects.visible_to(user, contacts=own)))

    def to_answer(self) -> ConsultationQuerySet:
        """Those without a time, and those with times that somebody has proposed and nobody answered."""
        return self.filter(Q(starts_at=None) | ~Q(times=[]), cancelled_at=None)

    def coming(self, at: datetime) -> ConsultationQuerySet:
        """Those whose time was not over an hour ago, the next first."""
        return self.filter(cancelled_at=None, starts_at__gt=at - timedelta(hours=1)).order_by(
            "starts_at", "pk"
        )


class Consultation(models.Model):
    """A call that a contact asked for, as its facts left it; services alone change it.

    ``times`` are proposed and not answered, by the customer or, where ``times_by_staff``, by staff; with ``starts_at``
    set they are for moving it. ``uid`` and ``sequence`` name its calendar entry, which is the same for good.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consultations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consultations")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="consultations")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    topic = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField()
    times = models.JSONField(default=list, blank=True)
    times_by_staff = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    join = models.CharField("how to join", max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    submission_key = models.CharField(max_length=64, unique=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at"], name="consultation_start", condition=Q(cancelled_at=None)),
        ]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.topic

    @property
    def proposed(self) -> list[datetime]:
        """The times that wait for an answer, the earliest first."""
        return sorted(datetime.fromisoformat(time).astimezone(UTC) for time in self.times)

    @property
    def ends_at(self) -> datetime | None:
        """``None`` until it has a time."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    def state(self, at: datetime) -> ConsultationState:
        """Where it stands at ``at``."""
        if self.cancelled_at is not None:
            return ConsultationState.CANCELLED
        if self.ends_at is not None:
            return ConsultationState.OVER if self.ends_at <= at else ConsultationState.CONFIRMED
        return ConsultationState.OFFERED if self.times_by_staff else ConsultationState.ASKED


class ConsultationEventKind(models.TextChoices):
    """What can be done to a consultation."""

    ASKED = "asked", "asked for it"
    OFFERED = "offered", "proposed other times"
    CONFIRMED = "confirmed", "confirmed it"
    MOVE_ASKED = "move_asked", "asked to move it"
    MOVED = "moved", "moved it"
    CANCELLED = "cancelled", "cancelled it"
    REDACTED = "redacted", "removed something that was said"


class ConsultationEvent(models.Model):
    """One fact: only added. ``data`` has the times as they stood then, ``sequence`` the number of the entry."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ConsultationEventKind.choices)
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    sequence = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="one_consultation_event")
        ]
        ordering = ["consultation", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"
