"""Which tickets a release fixes, and what a release means for many of them, on its way to each."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from contracts.models import Product, Release
from tickets.models.problem import KnownProblem
from tickets.models.ticket import Ticket
from tickets.models.walk import Walk, still_to_do


class TicketFix(models.Model):
    """The release that a ticket is fixed in, as staff say: a projection of the record, for lists and errands."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="fix")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="ticket_fixes")
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "ticket fixes"

    def __str__(self) -> str:
        return f"{self.ticket.number} in {self.release}"


class ErrandKind(models.TextChoices):
    """What is done on each ticket."""

    DATES = "dates", "bring the date of the release in step"
    FIX = "fix", "mark as fixed in the release that a known problem names"
    RESOLVE = "resolve", "resolve what the published release fixes"


class ErrandQuerySet(models.QuerySet["Errand"]):
    """Questions about errands."""

    def unfinished(self, at: datetime) -> ErrandQuerySet:
        """Those that have not reached all their tickets, unless they wait after a failure."""
        return self.filter(still_to_do(at))


class Errand(Walk):
    """What the plan or the publication of ``release`` means for tickets. Of ``FIX`` the tickets are those of
    ``problem``, and it is ``None`` where a name is taken back.
    """

    kind = models.CharField(max_length=7, choices=ErrandKind.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", null=True)
    problem = models.ForeignKey(KnownProblem, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField(blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], name="errand_open", condition=models.Q(done_at=None))]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.release or self.problem or self.product}"
