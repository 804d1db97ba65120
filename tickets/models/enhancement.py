"""Requests for enhancement: work that support does not provide, wished for by customers (VV10)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from contracts.access import contracts_visible_to, products_under
from contracts.models import Customer, Product, Release, User
from tickets.models.ticket import Ticket


class Wish(models.TextChoices):
    """Where a request for enhancement stands."""

    OPEN = "open", "open"
    PLANNED = "planned", "planned"
    DONE = "done", "done"
    DECLINED = "declined", "declined"


class EnhancementQuerySet(models.QuerySet["EnhancementRequest"]):
    """Questions about requests. A customer's person reaches one through ``visible_to`` alone."""

    def visible_to(self, user: User | AnonymousUser, at: datetime) -> EnhancementQuerySet:
        """All for staff; for a contact the published ones of the products that their customers have under contract at
        ``at``, and what became of tickets that they see, published or not; none for anybody else.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_staff:
            return self
        products = products_of(user, at)
        own = Ticket.objects.visible_to(user).filter(enhancement__isnull=False).values("enhancement")
        published = Q(published_at__isnull=False, product__in=products)
        return self.filter(published | Q(pk__in=own))

    def most_wanted_first(self) -> EnhancementQuerySet:
        """By votes, the newest of equal ones first."""
        return self.order_by("-votes", "-pk")


def products_of(user: User, at: datetime) -> set[int]:
    """The keys of the products that the user's own customers have under a contract in force at ``at``."""
    return products_under(contracts_visible_to(user).select_related("policy_version").order_by(), at)


class EnhancementRequest(models.Model):
    """A wish for a product. ``title`` and ``text`` are staff's words for all its customers.

    What the customer wrote stays on ``ticket``, for those who see it. Until staff publish it (``published_at``), nobody
    else sees the request. ``state``, ``release`` and ``answer`` are those of its last answer; ``votes`` counts
    ``EnhancementVote``, for the list.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="enhancements")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="enhancement", null=True)
    title = models.CharField(max_length=160)
    text = models.TextField()
    state = models.CharField(max_length=8, choices=Wish.choices, default=Wish.OPEN)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="enhancements", null=True)
    answer = models.TextField(blank=True)
    votes = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = EnhancementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-votes", "-id"], name="enhancement_votes"),
            models.Index(fields=["product", "-votes", "-id"], name="enhancement_product"),
        ]
        ordering = ["-votes", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be wished for."""
        return self.state in (Wish.DONE, Wish.DECLINED)


class EnhancementStep(models.Model):
    """What staff did to a request, when and who: only added. ``words`` are what customers read of it."""

    request = models.ForeignKey(EnhancementRequest, on_delete=models.PROTECT, related_name="steps")
    did = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.did


class EnhancementVote(models.Model):
    """A customer's wish for it: one a customer, whoever of its people gave it."""

    request = models.ForeignKey(EnhancementRequest, on_delete=models.PROTECT, related_name="given_votes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "customer"], name="one_vote_a_customer")]

    def __str__(self) -> str:
        return f"{self.customer} for {self.request_id}"
