"""The ticket: a request with its number, and the projections of its events that lists need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from contracts.models import Contact, Contract, Customer, Deployment, PolicyVersion, Product, User


class Status(models.TextChoices):
    """Where a ticket stands."""

    NEW = "new", "new"
    OPEN = "open", "open"
    WAITING = "waiting", "waiting on the customer"
    RESOLVED = "resolved", "resolved"
    CLOSED = "closed", "closed"
    MERGED = "merged", "merged"
    DECLINED = "declined", "declined"


NEVER = datetime(9999, 1, 1, tzinfo=UTC)
UNFINISHED = (Status.NEW, Status.OPEN, Status.WAITING)


class Channel(models.TextChoices):
    """How a request came in; the words of a policy's tiers."""

    WEB = "web", "web form"
    EMAIL = "email", "email"
    PHONE = "phone", "phone"


class IsUnfinished(models.Func):
    """Whether a status is one of ``UNFINISHED``, written out as the index of the queue has it.

    SQLite uses a partial index only where it can prove its condition, and of parameters it cannot.
    """

    template = "%(expressions)s IN ('new', 'open', 'waiting')"
    output_field = models.BooleanField()


class IsResolved(models.Func):
    """Whether a status is resolved, written out for the same reason."""

    template = "%(expressions)s = 'resolved'"
    output_field = models.BooleanField()


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about tickets. A customer's person reaches a ticket through ``visible_to`` alone."""

    def visible_to(
        self, user: User | AnonymousUser, *, contacts: Iterable[Contact] | None = None
    ) -> TicketQuerySet:
        """All for staff; for a contact their own, and their colleagues' where the contract shares
        them and the ticket is not confidential (VK2); none for anybody else. ``contacts`` are all of
        the user's own, from whoever has them already.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        # Asked for first: a person has one or two, and a condition on known numbers is built and planned faster.
        own = list(Contact.objects.filter(user=user).order_by() if contacts is None else contacts)
        shared = Q(
            customer__in=[contact.customer_id for contact in own],
            contract__colleagues_see_tickets=True,
            is_confidential=False,
        )
        return self.filter(Q(contact__in=[contact.pk for contact in own]) | shared)

    def unfinished(self) -> TicketQuerySet:
        """New, open or waiting."""
        return self.filter(IsUnfinished(models.F("status")))

    def resolved(self) -> TicketQuerySet:
        """Resolved, and not accepted or closed yet."""
        return self.filter(IsResolved(models.F("status")))

    def most_urgent_first(self) -> TicketQuerySet:
        """By the nearest due date, those without one last; equal ones by age."""
        return self.order_by("queue_at", "pk")


class Ticket(models.Model):
    """A customer's request. It keeps the contract, tier and policy version of its filing.

    ``status``, ``severity``, ``assignee``, ``next_due_at`` are projections of the events, stored
    for lists (``queue_at`` is ``next_due_at``, or ``NEVER`` where nothing is due, so that an index
    can order it); ``seq`` and ``head`` are the end of the event chain. Services alone change a ticket.
    """

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tickets")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="tickets", null=True)
    policy_version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="tickets", null=True
    )
    tier = models.CharField(max_length=40, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tickets")
    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="tickets", null=True)
    deployment_version = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.WEB)
    request_type = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=200)
    steps = models.TextField(blank=True)
    effect = models.TextField(blank=True)
    environment = models.TextField(blank=True, help_text="Where it happens, in words.")
    environment_supported = models.BooleanField(
        null=True, help_text="Whether all of it was on the list for the release (VK2)."
    )
    affected_percent = models.PositiveSmallIntegerField(null=True)
    has_workaround = models.BooleanField(null=True)
    is_confidential = models.BooleanField(default=False)
    submission_key = models.CharField(max_length=64, unique=True)
    filed_at = models.DateTimeField()

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    severity = models.CharField(max_length=40, blank=True)
    severity_confirmed = models.BooleanField(default=False)
    runs_clocks = models.BooleanField(default=False)
    kept_because = models.JSONField(default=list, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
    )
    next_due_at = models.DateTimeField(null=True)
    queue_at = models.DateTimeField(default=NEVER)
    last_event_at = models.DateTimeField()
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queue_at", "id"],
                name="ticket_queue",
                condition=Q(status__in=["new", "open", "waiting"]),
            ),
            models.Index(
                fields=["-last_event_at", "-id"], name="ticket_resolved", condition=Q(status="resolved")
            ),
            models.Index(fields=["-filed_at", "-id"], name="ticket_newest"),
            models.Index(fields=["customer", "-filed_at"], name="ticket_of_customer"),
            models.Index(fields=["contact", "-filed_at"], name="ticket_of_contact"),
        ]
        ordering = ["-filed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED
