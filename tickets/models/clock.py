"""The stored projection of a ticket's clocks, for lists and for the worker. Never the truth."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from contracts.sla.clock import State
from contracts.sla.events import ClockName
from tickets.models.ticket import UNFINISHED, Status, Ticket


class ClockQuerySet(models.QuerySet["Clock"]):
    """Questions about stored clocks."""

    def ran_out(self, at: datetime) -> ClockQuerySet:
        """Running past their due instant, the miss not yet recorded."""
        return self.filter(state=State.RUNNING, due_at__lt=at, miss_recorded=False)

    def to_warn(self, at: datetime) -> ClockQuerySet:
        """Running, not yet due, past the instant of the warning, which has not been given."""
        return self.filter(state=State.RUNNING, warn_at__lte=at, due_at__gte=at, warning_given=False)

    def to_escalate(self, at: datetime) -> ClockQuerySet:
        """Running, past an instant at which a rule of the policy asks to escalate."""
        return self.filter(
            state=State.RUNNING, escalate_at__lte=at, ticket__status__in=(*UNFINISHED, Status.MERGED)
        )


class Clock(models.Model):
    """One clock of one ticket as it stood after its last event.

    ``calendar_revision`` is that of the policy version it was computed from. ``miss_recorded`` and
    ``warning_given`` belong to the running period: a new due date sets them anew. ``escalate_at`` is when the next
    share of the promise is used that a rule of the policy names; misses are found by their due dates.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(max_length=10, choices=[(name.value, name.value) for name in ClockName])
    promise = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=11, choices=[(state.value, state.value) for state in State])
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    missed_count = models.PositiveIntegerField(null=True)
    remaining_seconds = models.BigIntegerField(null=True)
    calendar_revision = models.PositiveIntegerField()
    miss_recorded = models.BooleanField(default=False)
    warning_given = models.BooleanField(default=False)
    escalate_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "name"], name="one_clock_of_a_name")]
        indexes = [
            models.Index(
                fields=["due_at"], name="clock_due", condition=Q(state="running", miss_recorded=False)
            ),
            models.Index(
                fields=["warn_at"], name="clock_warn", condition=Q(state="running", warning_given=False)
            ),
            models.Index(
                fields=["escalate_at"],
                name="clock_escalate",
                condition=Q(state="running", escalate_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.ticket_id}"
