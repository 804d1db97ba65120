"""What one person keeps for themselves, and what search reads: rows that may be deleted, never facts of a ticket."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.models import User
from tickets.models.ticket import Ticket


class SavedView(models.Model):
    """A part of the queue that a member of staff comes back to: its query string under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600, blank=True)
    is_start = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_start=True), name="one_start_view"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class SavedReplyQuerySet(models.QuerySet["SavedReply"]):
    """Questions about saved replies."""

    def offered_to(self, user: User) -> SavedReplyQuerySet:
        """Their own and those that are shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedReply(models.Model):
    """A text that is said often; its placeholders are filled from a ticket when it is inserted."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_replies"
    )
    title = models.CharField(max_length=80)
    text = models.TextField()
    is_shared = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="saved_reply_once")]
        ordering = ["title", "pk"]
        verbose_name_plural = "saved replies"

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What somebody has begun to write on a ticket with a verb; nobody else sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    verb = models.CharField(max_length=24)
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "ticket", "verb"], name="one_draft")]

    def __str__(self) -> str:
        return f"{self.verb} of {self.owner_id} on {self.ticket_id}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Questions about who is there."""

    def others(self, user: User, at: datetime) -> PresenceQuerySet:
        """Those who are at a ticket at ``at``, but ``user``; who writes first."""
        there = self.filter(until__gt=at).exclude(user=user)
        return there.select_related("user").order_by("-is_writing", "user__name", "pk")


class Presence(models.Model):
    """That a member of staff is at a ticket, until an instant."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="presences")
    is_writing = models.BooleanField(default=False)
    until = models.DateTimeField(db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="there_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.ticket_id}"


class TicketWords(models.Model):
    """The words that a ticket is found by, folded, each once; the database's full-text index reads them.

    ``said`` are those that its customer may read, ``everything`` also those of notes.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="words")
    said = models.TextField(blank=True)
    everything = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"words of {self.ticket_id}"
