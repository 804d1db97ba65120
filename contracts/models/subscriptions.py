"""Who is told by mail of what runs and what stops, and the private addresses of calendars."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.models.components import Component
from contracts.models.contracts import Contract


class MailChoice(models.Model):
    """What a person wants to be mailed of windows and outages: of one component, or without one of any.

    Where there is no row they are told of all that concerns them. A refusal without a component stops all.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")
    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "component"], name="one_mail_choice"),
            models.UniqueConstraint(fields=["user"], condition=Q(component=None), name="one_mail_stop"),
        ]
        ordering = ["user", "pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.component or 'all'}, {'yes' if self.wanted else 'no'}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about subscriptions."""

    def live(self) -> SubscriptionQuerySet:
        """Those that were not ended."""
        return self.filter(ended_at=None)

    def to_some_of(self, components: Iterable[int]) -> SubscriptionQuerySet:
        """Those to everything, or to at least one of the components with these keys."""
        chosen = Subscription.components.through.objects.filter(
            subscription=models.OuterRef("pk"), component__in=list(components)
        )
        return self.filter(Q(to_all=True) | models.Exists(chosen))


class Subscription(models.Model):
    """A visitor's, to public components: those chosen, or all. There is one an address, once it was confirmed."""

    email = models.EmailField(max_length=254, unique=True)
    to_all = models.BooleanField("all components")
    components = models.ManyToManyField(Component, related_name="+", blank=True)
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.email


class Feed(models.Model):
    """A secret address of a contract's calendar. Of the secret only its SHA-256 is known."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="feeds")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"Calendar of {self.contract}"
