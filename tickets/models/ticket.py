"""The ticket: a request with its number, and the projections of its events that lists need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from contracts.models import Contact, Contract, Customer, Deployment, PolicyVersion, Product, Team, User


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
        them or one was shared with them, and the ticket is not confidential (VK2); none for anybody
        else. ``contacts`` are all of the user's own, from whoever has them already.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        # Asked for first: a person has one or two, and a condition on known numbers is built and planned faster.
        own = list(Contact.objects.filter(user=user).order_by() if contacts is None else contacts)
        keys = [contact.pk for contact in own]
        # Asked of each ticket of the customer whose contract shares none, so no other list is walked through.
        with_one = models.Exists(
            apps.get_model("tickets", "TicketShare").objects.filter(
                ticket=models.OuterRef("pk"), contact__in=keys
            )
        )
        shared = Q(
            Q(contract__colleagues_see_tickets=True) | with_one,
            customer__in=[contact.customer_id for contact in own],
            is_confidential=False,
        )
        return self.filter(Q(contact__in=keys) | shared)

    def merged(self) -> TicketQuerySet:
        """Those that live on in another; their clocks may still run."""
        # As a list of keys: there are few, and a join would have every ticket looked at.
        return self.filter(pk__in=apps.get_model("tickets", "TicketMerge").objects.values("ticket"))

    def tagged(self, name: str) -> TicketQuerySet:
        """Those that carry the tag ``name``, as ``tickets.tags.normal`` writes it."""
        return self.filter(tags__name=name)

    def unfinished(self) -> TicketQuerySet:
        """New, open or waiting."""
        return self.filter(IsUnfinished(models.F("status")))

    def nobodys(self) -> TicketQuerySet:
        """Those that nobody works on: given to nobody, or to somebody who has left the desk since."""
        left = Q(assignee__is_active=False) | Q(assignee__is_staff=False)
        return self.filter(Q(assignee=None) | left)

    def inquiries(self) -> TicketQuerySet:
        """Those of strangers, under no contract and needing none (VV2)."""
        return self.filter(contract=None, policy_version__isnull=False)

    def offered_for_closing(self) -> TicketQuerySet:
        """Waiting on a customer who did not answer, however often they were reminded: staff may close them (VK18)."""
        return self.filter(closing_offered_at__isnull=False)

    def fallen_silent(self, at: datetime) -> TicketQuerySet:
        """Of which silence has brought something by ``at``, as stored: a hint, the events decide."""
        return self.filter(silence_at__lte=at)

    def counted_by_an_older_calendar(self) -> TicketQuerySet:
        """Those whose stored silence was counted before the calendar of their policy changed."""
        waiting = self.filter(silence_at__isnull=False)
        return waiting.exclude(silence_revision=models.F("policy_version__calendar_revision"))

    def disputed(self) -> TicketQuerySet:
        """Those whose exclusion the customer disputes, without an answer yet; the longest open first."""
        return self.filter(disputed_at__isnull=False).order_by("disputed_at", "pk")

    def resolved(self) -> TicketQuerySet:
        """Resolved, and not accepted or closed yet."""
        return self.filter(IsResolved(models.F("status")))

    def most_urgent_first(self) -> TicketQuerySet:
        """By the nearest due date, those without one last; equal ones by age."""
        return self.order_by("queue_at", "pk")


class Ticket(models.Model):
    """A customer's request. It keeps the contract, tier and policy version of its filing.

    ``status``, ``severity``, ``assignee``, ``team``, ``disputed_at``, ``next_due_at`` are projections of the
    events, stored
    for lists (``queue_at`` is ``next_due_at``, or ``NEVER`` where nothing is due, so that an index
    can order it). ``silence_at`` is when the next thing happens if the customer says nothing: a
    reminder, the offer to close, the acceptance of a resolution; by the calendar of
    ``silence_revision``. ``closing_offered_at`` stands while staff may close what nobody answers.
    ``seq`` and ``head`` are the end of the event chain. Services alone change a ticket.
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
    disputed_at = models.DateTimeField(null=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    next_due_at = models.DateTimeField(null=True)
    queue_at = models.DateTimeField(default=NEVER)
    silence_at = models.DateTimeField(null=True)
    silence_revision = models.PositiveIntegerField(default=0)
    closing_offered_at = models.DateTimeField(null=True)
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
                # The first column is always null; without it SQLite takes the foreign key's own index, and sorts.
                fields=["contract", "filed_at", "id"],
                name="ticket_inquiries",
                condition=Q(
                    status__in=["new", "open", "waiting"], contract=None, policy_version__isnull=False
                ),
            ),
            models.Index(fields=["silence_at"], name="ticket_silence", condition=Q(silence_at__isnull=False)),
            models.Index(
                fields=["closing_offered_at"],
                name="ticket_to_close",
                condition=Q(closing_offered_at__isnull=False),
            ),
            models.Index(
                fields=["-last_event_at", "-id"], name="ticket_resolved", condition=Q(status="resolved")
            ),
            models.Index(fields=["-filed_at", "-id"], name="ticket_newest"),
            models.Index(fields=["customer", "-filed_at"], name="ticket_of_customer"),
            models.Index(
                fields=["disputed_at", "id"], name="ticket_disputed", condition=Q(disputed_at__isnull=False)
            ),
            models.Index(fields=["contact", "-filed_at"], name="ticket_of_contact"),
        ]
        ordering = ["-filed_at", "-pk"]
        permissions = [("redact_ticket", "Can remove texts and files from tickets")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def has_lost_assignee(self) -> bool:
        """Whether who it was given to has left the desk since."""
        return self.assignee is not None and not (self.assignee.is_active and self.assignee.is_staff)

    @property
    def is_inquiry(self) -> bool:
        """Whether a stranger asks, under a policy and no contract (VV2)."""
        return self.contract_id is None and self.policy_version_id is not None
