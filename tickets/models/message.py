"""What was said on a ticket, and the files that came with it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from contracts.models import User
from tickets.models.ticket import Ticket


class MessageKind(models.TextChoices):
    """A reply is said to the customer, a note inside."""

    REPLY = "reply", "reply"
    NOTE = "note", "internal note"


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about messages."""

    def visible_to(self, user: User | AnonymousUser) -> MessageQuerySet:
        """The messages of the tickets that ``user`` may see; notes for staff alone."""
        tickets = Ticket.objects.visible_to(user)
        if isinstance(user, User) and user.is_staff:
            return self.filter(ticket__in=tickets)
        return self.filter(ticket__in=tickets, kind=MessageKind.REPLY)


class Message(models.Model):
    """Something that was written on a ticket, by a contact or by staff."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_staff = models.BooleanField()
    text = models.TextField()
    written_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.ticket.number}"


PICTURES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
LARGEST_PICTURE = 5_000_000


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about files."""

    def visible_to(self, user: User | AnonymousUser) -> AttachmentQuerySet:
        """The files of the messages that ``user`` may see."""
        return self.filter(message__in=Message.objects.visible_to(user))


def random_path(attachment: Attachment, filename: str) -> str:
    """A name on disk that says nothing; the sender's name is only a column."""
    return f"attachments/{secrets.token_hex(2)}/{secrets.token_hex(16)}"


class Attachment(models.Model):
    """A file that came with a message. ``name`` is what its sender called it.

    Of one that was removed (``services.redaction``) the row stays, with its size and hash, and neither file nor name.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=random_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(
        max_length=200, blank=True, editable=False, help_text="By which the HTML of its mail names a picture."
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_removed(self) -> bool:
        return not self.file

    @property
    def is_picture(self) -> bool:
        """Whether pages show it: of a kind that every browser knows and that holds no program, and not too large."""
        return self.content_type in PICTURES and self.size <= LARGEST_PICTURE


class FileRemoval(models.Model):
    """That a stored file is to go: written with the redaction, gone when the storage has none of that name."""

    path = models.CharField(max_length=200)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.path
