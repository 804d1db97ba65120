"""Contracts: the order under a policy, what it covers, and whether it is in good standing."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.models.people import Customer
from contracts.models.policies import PolicyVersion
from contracts.models.products import Deployment


class Standing(models.TextChoices):
    """Whether the customer is current in its obligations (AT2)."""

    CURRENT = "current", "current"
    PAYMENT_DUE = "payment_due", "payment overdue"
    OBLIGATION_DUE = "obligation_due", "another obligation overdue"


class ContractQuerySet(models.QuerySet["Contract"]):
    """Questions about contracts."""

    def in_term(self, on: date) -> ContractQuerySet:
        """Those whose term includes the day ``on``; the last day belongs to the term."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))


class Contract(models.Model):
    """An order under a policy. It stores the version that was in force on its order date (AT1)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="contracts")
    tier = models.CharField(max_length=40)
    order_reference = models.CharField(max_length=80)
    ordered_on = models.DateField("order signed on")
    starts_on = models.DateField()
    ends_on = models.DateField("last day", null=True, blank=True)
    deployments = models.ManyToManyField(Deployment, related_name="contracts", blank=True)
    extra_named_contacts = models.PositiveSmallIntegerField(
        default=0, help_text="Named contacts bought beyond those that the policy includes."
    )
    extra_named_contacts_order = models.CharField("their order", max_length=80, blank=True)
    colleagues_see_tickets = models.BooleanField(
        default=True, help_text="Whether the customer's contacts see one another's tickets."
    )
    standing = models.CharField(max_length=16, choices=Standing.choices, default=Standing.CURRENT)
    standing_reason = models.CharField(max_length=200, blank=True)
    standing_since = models.DateField(null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="contract_ends_after_start"
            )
        ]
        ordering = ["customer__name", "-starts_on"]

    def __str__(self) -> str:
        return f"{self.order_reference} · {self.customer}"

    def is_in_term(self, on: date) -> bool:
        """Whether the day ``on`` belongs to the term."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    @property
    def is_current(self) -> bool:
        return self.standing == Standing.CURRENT


class StandingChange(models.Model):
    """A change of a contract's standing, kept with its reason."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="standing_changes")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    standing = models.CharField(max_length=16, choices=Standing.choices)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["changed_at", "pk"]

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.get_standing_display(), self.reason]))
