"""The rows of the outbox."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


class DeliveryStatus(models.TextChoices):
    """What became of a message."""

    QUEUED = "queued", "queued"
    SENT = "sent", "sent"
    GIVEN_UP = "given_up", "given up"
    DROPPED = "dropped", "no longer needed"
    IN_DIGEST = "digest", "waiting for the digest"
    DIGESTED = "digested", "in a digest"
    UNWANTED = "unwanted", "turned off by the reader"
    BOUNCED = "bounced", "not sent, the address bounced"


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Questions about messages."""

    def ready(self, at: datetime) -> OutboxQuerySet:
        """Those to be sent now: queued, not before their time, and claimed by nobody. Asking this again
        and again is also the sweep for what a killed worker left behind, since its claim ends by itself.
        """
        # A new row is ready whatever its hour: the clock of the machine that wrote it may be ahead of ours.
        new = models.Q(attempts=0, not_before=models.F("created_at"))
        free = models.Q(claimed_until=None) | models.Q(claimed_until__lte=at)
        return self.filter(new | models.Q(not_before__lte=at), free, status=DeliveryStatus.QUEUED)


class OutboxMessage(models.Model):
    """One message to one address. A link that opens a door is made when it is sent: such a message
    has no text yet, only its ``kind`` and the ``data`` from which the text is rendered then.
    """

    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    ticket_number = models.CharField(max_length=20, blank=True)
    in_reply_to = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=200, blank=True, help_text="The first message of the thread.")
    key = models.CharField(max_length=200, unique=True, help_text="Says the same thing once.")
    is_bulk = models.BooleanField(
        "to many", default=False, editable=False, help_text="Sent when nothing else is waiting."
    )
    status = models.CharField(max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.QUEUED)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="digested",
        help_text="The mail in which this message stands instead of going out by itself.",
    )

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["is_bulk", "not_before"],
                name="outbox_ready",
                condition=models.Q(status=DeliveryStatus.QUEUED),
            ),
            models.Index(
                fields=["user", "not_before"],
                name="outbox_digest",
                condition=models.Q(status=DeliveryStatus.IN_DIGEST),
            ),
            models.Index(fields=["ticket_number", "id"], name="outbox_ticket"),
        ]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Questions about announcements."""

    def unfinished(self, at: datetime) -> AnnouncementQuerySet:
        """Those of whose recipients some are still to be drawn, unless they wait after a failure."""
        return self.filter(models.Q(not_before__lte=at) | models.Q(failures=0), done_at=None)


class Announcement(models.Model):
    """One thing told to many: ``contracts.outbox.announcements`` draws the recipients in the order of their keys.

    All candidates whose key is not greater than ``cursor`` have their message, if they are to have one.
    """

    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=40)
    key = models.CharField(max_length=150, unique=True, help_text="Says the same thing once.")
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    last_error = models.TextField(blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="announcement_open", condition=models.Q(done_at=None)),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
