"""Who was told of an escalation, when the next in line is, and who acknowledged it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.models.ticket import Status, Ticket

# Where a step may follow: not while the customer is awaited, not after the end.
# What lives on in another ticket is in hand there; services say until when.
IN_HAND = (Status.NEW, Status.OPEN, Status.MERGED)


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """Questions about escalations."""

    def to_go_on(self, at: datetime) -> EscalationQuerySet:
        """Not acknowledged in time; a hint, for the ticket's events say whether a step follows."""
        return self.filter(next_at__lte=at, ticket__status__in=IN_HAND)


class Escalation(models.Model):
    """One person told of one escalation. The facts are the events; ``seq`` is that of the step that told them.

    ``rule``, ``clock`` and ``since`` say which escalation it is, ``line`` the role of the policy's ``to`` that it began
    with, ``role`` the one that was told now. The link that acknowledges it is signed and made when it is sent
    (``tickets.escalation_links``), so no secret is stored. ``next_at`` is set on the last step of a line that goes on.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="escalations")
    seq = models.PositiveIntegerField()
    rule = models.PositiveSmallIntegerField()
    clock = models.CharField(max_length=10)
    since = models.CharField(max_length=40)
    line = models.CharField(max_length=80)
    step = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_stand_in = models.BooleanField(default=False)
    is_reminder = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "seq", "email"], name="one_person_a_step"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="escalation_next", condition=Q(next_at__isnull=False)),
        ]
        ordering = ["ticket", "seq", "pk"]

    def __str__(self) -> str:
        return f"{self.role} of ticket {self.ticket_id}"

    @property
    def key(self) -> tuple[int, str, str]:
        """Of which escalation it is a step."""
        return self.rule, self.clock, self.since
