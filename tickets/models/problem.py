"""Known problems: one error that many tickets have, what happened to the record of it, and the tickets that have it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from contracts.access import Visitor, contracts_visible_to, products_under
from contracts.models import Product, Release, User
from tickets.models.ticket import Ticket


class ProblemAudience(models.TextChoices):
    """Who may read of a known problem; staff may always."""

    AFFECTED = "affected", "those who have a ticket on it"
    PRODUCT = "product", "all who have the product under contract"


class ProblemState(StrEnum):
    """How a known problem stands."""

    OPEN = "open"
    FIX_PLANNED = "fix planned"
    FIXED = "fixed"
    CLOSED = "closed"


class KnownProblemQuerySet(models.QuerySet["KnownProblem"]):
    """Questions about known problems. A customer's person reaches one through ``visible_to`` alone."""

    def visible_to(self, user: Visitor, at: datetime) -> KnownProblemQuerySet:
        """All for staff. For a contact those on which they see a ticket, and those told to all with the product, where
        a contract in force covers it at ``at``. None for anybody else.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        contracts = contracts_visible_to(user).select_related("policy_version").order_by()
        of_product = Q(audience=ProblemAudience.PRODUCT, product__in=products_under(contracts, at))
        return self.filter(of_product | Q(_has_ticket_of(user)))

    def affecting(self, user: Visitor) -> KnownProblemQuerySet:
        """Those on which ``user`` sees a ticket: their own, or one that a colleague shares and that is not
        confidential (VK2).
        """
        return self.filter(_has_ticket_of(user))

    def standing(self) -> KnownProblemQuerySet:
        """Those that are not closed and whose fix is not out."""
        return self.filter(Q(fixed_in=None) | Q(fixed_in__published_at=None), closed_at=None)


def _has_ticket_of(user: Visitor) -> Exists:
    visible = Ticket.objects.visible_to(user).order_by()
    return Exists(TicketProblem.objects.filter(problem=OuterRef("pk"), ticket__in=visible.values("pk")))


class KnownProblem(models.Model):
    """One error of a product. ``text`` and ``workaround`` are Markdown as typed, the fields beside them what the
    renderer of a numbered generation made of both. Services alone change it, and ``ProblemEvent`` keeps what it was.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="known_problems")
    title = models.CharField(max_length=200)
    text = models.TextField()
    workaround = models.TextField(blank=True)
    html = models.TextField()
    workaround_html = models.TextField(blank=True)
    plain = models.TextField()
    renderer = models.PositiveIntegerField()
    environments = models.CharField(max_length=300, blank=True)
    from_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    until_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    audience = models.CharField(
        max_length=8, choices=ProblemAudience.choices, default=ProblemAudience.AFFECTED
    )
    fixed_in = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="fixes", null=True)
    closed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="When something was last said or changed of it.")
    seq = models.PositiveIntegerField(default=0, help_text="The number of its last event.")

    objects = KnownProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["-changed_at", "-id"], name="problem_newest")]

    def __str__(self) -> str:
        return self.title

    def state(self, at: datetime) -> ProblemState:
        """How it stands at ``at``; ``fixed_in`` is read."""
        if self.closed_at is not None:
            return ProblemState.CLOSED
        if self.fixed_in is None:
            return ProblemState.OPEN
        return ProblemState.FIXED if self.fixed_in.is_published(at) else ProblemState.FIX_PLANNED


class ProblemEventKind(models.TextChoices):
    """What can happen to a known problem."""

    OPENED = "opened", "Recorded"
    EDITED = "edited", "Text changed"
    UPDATED = "updated", "Update"
    FIX_NAMED = "fix_named", "Release with the fix named"
    FIX_WITHDRAWN = "fix_withdrawn", "Release with the fix taken back"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"


class ProblemEvent(models.Model):
    """What was done to a known problem, by whom, when and why; only ever added.

    ``data`` of an edit holds what the changed fields said before, of a named release its key and version.
    """

    problem = models.ForeignKey(KnownProblem, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=13, choices=ProblemEventKind.choices)
    happened_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["problem", "number"], name="one_problem_event_a_number")
        ]
        ordering = ["problem", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"


class TicketProblem(models.Model):
    """A ticket that has a known problem, as staff say. The record keeps what was linked and unlinked."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="problem_links")
    problem = models.ForeignKey(KnownProblem, on_delete=models.PROTECT, related_name="ticket_links")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "problem"], name="problem_once_a_ticket")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.problem} on {self.ticket.number}"
