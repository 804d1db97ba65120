"""Which tickets hang on one cause, and what was said of the cause to all of them at once."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from contracts.models import Outage
from tickets.models.event import TicketEvent
from tickets.models.ticket import Ticket
from tickets.models.walk import Walk, still_to_do


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
        return self.filter(still_to_do(at))


class Spread(Walk):
    """One update of a cause, on its way as a reply to each ticket that was linked to it by ``created_at``."""

    cause_kind = models.CharField(max_length=20)
    cause_id = models.BigIntegerField()
    key = models.CharField(max_length=150, unique=True, help_text="Says the same thing once.")
    text = models.TextField()

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


class SpreadRedactionQuerySet(models.QuerySet["SpreadRedaction"]):
    """Questions about what is to be removed from many tickets."""

    def unfinished(self, at: datetime) -> SpreadRedactionQuerySet:
        """Those that have not reached all their tickets, unless they wait after a failure."""
        return self.filter(still_to_do(at))


class SpreadRedaction(Walk):
    """That what a spread said is to be removed from each ticket that got it; ``instead`` stands there then."""

    spread = models.ForeignKey(Spread, on_delete=models.PROTECT, related_name="redactions")
    instead = models.TextField(blank=True)
    reason = models.TextField()

    objects = SpreadRedactionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="spread_redaction_open", condition=models.Q(done_at=None))
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"removal of {self.spread}"
