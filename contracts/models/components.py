"""The parts of products that the vendor runs, and what facts about them have in common."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from contracts.models.contracts import Contract
from contracts.models.people import Contact, User
from contracts.models.products import DeploymentKind, Product

Visitor = User | AnonymousUser
REACHED_KINDS = (DeploymentKind.HOSTED, DeploymentKind.AGENT)
"""What stops when a component stops: what the vendor hosts, and agents, which talk to it."""


class Audience(models.TextChoices):
    """Who is told of a component."""

    PUBLIC = "public", "everybody"
    CUSTOMERS = "customers", "customers who have it"


class ComponentQuerySet(models.QuerySet["Component"]):
    """Questions about components."""

    def visible_to(self, user: Visitor) -> ComponentQuerySet:
        """Public ones for everybody; those for customers for staff, and for contacts whose customer has a
        contract, in term or not, that covers a deployment which they reach.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.filter(audience=Audience.PUBLIC)
        if user.is_staff:
            return self
        own = Contact.objects.filter(user=user).order_by().values("customer")
        reached = Contract.objects.filter(customer__in=own, deployments__kind__in=REACHED_KINDS).order_by()
        return self.filter(
            Q(audience=Audience.PUBLIC) | Q(product__in=reached.values("deployments__product"))
        )

    def in_service(self, at: datetime) -> ComponentQuerySet:
        """Those not retired by ``at``."""
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=at))


class Component(models.Model):
    """A part of a product that the vendor runs and that can be down: the service, an API, a mobile app."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="components")
    name = models.CharField(max_length=120, help_text="As customers know it, for instance: Web service.")
    slug = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True, help_text="What customers use it for.")
    carries_target = models.BooleanField(
        "counts for availability",
        default=True,
        help_text="Whether the availability promise covers it; mobile apps are left out by some policies (AT16).",
    )
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.PUBLIC)
    position = models.PositiveSmallIntegerField(default=0, help_text="Pages list the least first.")
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "slug"], name="component_slug_once")]
        ordering = ["product__name", "position", "name"]

    def __str__(self) -> str:
        return f"{self.product}: {self.name}"

    def is_retired(self, at: datetime) -> bool:
        """Whether it is out of service at ``at``."""
        return self.retired_at is not None and self.retired_at <= at


class Happening(models.Model):
    """A fact about a window or an outage: added, never changed.

    ``number`` counts the facts of one thing from 1. ``happened_at`` is when it happened, ``recorded_at`` when it was
    written. ``text`` is what was said or the reason given; ``data`` is how the thing stood afterwards.
    """

    number = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        abstract = True
