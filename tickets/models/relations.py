"""What a ticket has to do with other tickets and people: rows beside the record, for lists and for who may see it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.models import Contact
from tickets.models.ticket import Ticket


class LinkKind(models.TextChoices):
    """What ``ticket`` is to ``other``."""

    DUPLICATE = "duplicate", "duplicate of"
    CAUSED_BY = "caused_by", "caused by"
    RELATES = "relates", "relates to"
    FOLLOWS = "follows", "follows"


class TicketLink(models.Model):
    """That one ticket has to do with another, of whichever customer. Staff alone read it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="one_link_a_pair"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="link_to_another_ticket"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket.number} {self.get_kind_display()} {self.other.number}"


class TicketMerge(models.Model):
    """That ``ticket`` lives on in ``survivor``; its clocks run until that one is resolved."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="merge")
    survivor = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merges")
    merged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(ticket=F("survivor")), name="merged_into_another_ticket")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket.number} into {self.survivor.number}"


class TicketShare(models.Model):
    """That one colleague of its contact may see a ticket, whatever the contract says of colleagues."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="shares")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "contact"], name="shared_once_with_a_contact")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket.number} with {self.contact}"


class Watcher(models.Model):
    """That a person gets the mails about a ticket: staff, or somebody of its customer who may see it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="watchers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watches_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user} on {self.ticket.number}"


class TicketTag(models.Model):
    """A word of staff on a ticket, in the form that ``tickets.tags`` gives it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "name"], name="tagged_once")]
        indexes = [models.Index(fields=["name", "ticket"], name="tickets_of_a_tag")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
