"""Mail that came in: each message raw, byte for byte, and what became of it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Way(models.TextChoices):
    """How a message reached us."""

    IMAP = "imap", "mailbox"
    PIPE = "pipe", "mail server"
    WEBHOOK = "webhook", "provider"


class Outcome(models.TextChoices):
    """What became of a message; ``""`` while it waits to be processed."""

    NEW_TICKET = "new_ticket", "new ticket"
    REPLY = "reply", "reply"
    HELD = "held", "held"
    IGNORED = "ignored", "recorded only"
    REFUSED = "refused", "refused"


def raw_path(mail: IncomingMail, filename: str) -> str:
    """A name on disk that says nothing."""
    return f"mail/{secrets.token_hex(2)}/{secrets.token_hex(16)}.eml"


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    """Questions about mail that came in."""

    def waiting(self) -> IncomingMailQuerySet:
        """Those that are stored and not processed yet."""
        return self.filter(outcome="")

    def held(self) -> IncomingMailQuerySet:
        """Those about which staff are to decide; what is decided of the first holds for its copies."""
        return self.filter(outcome=Outcome.HELD, settled_at=None, first=None)


class IncomingMail(models.Model):
    """One message. ``received_at`` is the receiving server's stamp: from it clocks count.

    ``digest`` is the same for every copy of a message; only the first of them is processed, the others point at it.
    ``sender`` and ``header_id`` are what the message claims. ``reason`` is the code of the outcome's why; ``said`` the
    sentence for staff. ``names`` are the attachments as stored. Of a held message that staff settled, ``settled_…`` say
    by whom and when; its ``ticket`` is then where it went, none if it was discarded.
    """

    raw = models.FileField(upload_to=raw_path, max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=Way.choices)
    place = models.CharField(max_length=200, unique=True, null=True, blank=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()

    digest = models.CharField(max_length=64, blank=True, db_index=True)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    header_id = models.CharField("Message-ID", max_length=200, blank=True, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    damage = models.JSONField(default=list, blank=True)

    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    said = models.TextField(blank=True)
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming_mails"
    )
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming_mail"
    )
    names = models.JSONField(default=list, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_because = models.CharField(max_length=300, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sender", "stored_at"], name="mail_of_sender"),
            models.Index(fields=["not_before"], name="mail_waiting", condition=models.Q(outcome="")),
            # Each part of the inbox, the latest first; what was refused is rare among all that came.
            models.Index(fields=["outcome", "-id"], name="mail_by_outcome"),
            models.Index(
                fields=["-stored_at"],
                name="mail_held",
                condition=models.Q(outcome="held", settled_at=None),
            ),
        ]
        ordering = ["-stored_at", "-pk"]
        verbose_name = "incoming mail"
        verbose_name_plural = "incoming mail"

    def __str__(self) -> str:
        return f"{self.subject or 'no subject'} from {self.sender or 'nobody'}"
