"""What strangers ask before they buy (VV2), until their address is confirmed and a ticket is made of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.models import PolicyVersion, Product
from tickets.models.ticket import Ticket


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Questions about inquiries."""

    def waiting(self, at: datetime) -> InquiryQuerySet:
        """Those whose address can still be confirmed."""
        return self.filter(confirmed_at=None, asked_at__gt=at - timedelta(days=settings.INQUIRY_DAYS))


class Inquiry(models.Model):
    """What somebody typed into the public form; nothing of it is known to be true.

    ``email`` is lower case. ``network`` is where it came from, not the very address, and is forgotten after a day. With
    the address confirmed, what was typed stands on the ticket alone.
    """

    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    request_type = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    network = models.CharField(max_length=50, blank=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, null=True, related_name="inquiry")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["email", "asked_at"], name="inquiry_address"),
            models.Index(fields=["network", "asked_at"], name="inquiry_network", condition=~Q(network="")),
            models.Index(fields=["asked_at"], name="inquiry_waiting", condition=Q(confirmed_at=None)),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Inquiry {self.pk} of {self.email}"
