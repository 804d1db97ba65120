"""Which tickets hang on one cause, and what was said of the cause to all of them at once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from contracts.models import Outage
from tickets.models.event import TicketEvent
from tickets.models.ticket import Ticket


class TicketOutage(models.Model):
    """A ticket that an outage explains, as staff say. The record keeps what was linked and unlinked."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="outage_links")
    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="ticket_links")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "outage"], name="outage_once_a_ticket")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.outage} on {self.ticket.number}"


class SpreadQuerySet(models.QuerySet["Spread"]):
    """Questions about spreads."""

    def unfinished(self, at: datetime) -> SpreadQuerySet:
        """Those that have not reached all their tickets, unless they wait after a failure."""
        return self.filter(models.Q(not_before__lte=at) | models.Q(failures=0), done_at=None)


class Spread(models.Model):
    """One update of a cause, on its way as a reply to each ticket that was linked to it by ``created_at``.

    Every ticket of the cause whose key is not greater than ``cursor`` has its reply or was finished before, save for
    those in ``left``, on which it failed and is tried again.
    """

    cause_kind = models.CharField(max_length=20)
    cause_id = models.BigIntegerField()
    key = models.CharField(max_length=150, unique=True, help_text="Says the same thing once.")
    text = models.TextField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    left = models.JSONField(default=list, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")

    objects = SpreadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="spread_open", condition=models.Q(done_at=None))]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.key


class SpreadReply(models.Model):
    """That a ticket got the reply of a spread: written with it, and once."""

    spread = models.ForeignKey(Spread, on_delete=models.PROTECT, related_name="replies")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField(TicketEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spread", "ticket"], name="one_reply_a_spread")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.spread} on {self.ticket.number}"
