"""The people of the desk: who knows which product, teams, absence, on-call, and whom a policy's roles mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.models.people import User
from contracts.models.products import Product

DAY = timedelta(days=1)


class Knowledge(models.Model):
    """A member of staff who knows a product (VK20)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="knowledge")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="knowers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="one_knowledge")]
        ordering = ["user", "product"]
        verbose_name_plural = "knowledge of products"

    def __str__(self) -> str:
        return f"{self.user} knows {self.product}"


class Team(models.Model):
    """Members of staff who answer for products together."""

    name = models.CharField(max_length=80, unique=True)
    members = models.ManyToManyField(User, related_name="teams", blank=True)
    products = models.ManyToManyField(Product, related_name="teams", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Questions about absences."""

    def around(self, at: datetime) -> AbsenceQuerySet:
        """Those that may hold at ``at`` in some time zone; whether one does, ``covers`` says."""
        day = at.date()
        return self.filter(withdrawn_at=None, first_day__lte=day + DAY, last_day__gte=day - DAY)


class Absence(models.Model):
    """Days on which a member of staff is away, the first and the last included, in their own time zone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_day} to {self.last_day}"

    def covers(self, at: datetime, zone: str) -> bool:
        """Whether ``at`` lies in it for somebody who lives in ``zone``."""
        day = at.astimezone(ZoneInfo(zone)).date()
        return self.withdrawn_at is None and self.first_day <= day <= self.last_day


class OnCallQuerySet(models.QuerySet["OnCall"]):
    """Questions about turns on call."""

    def during(self, at: datetime) -> OnCallQuerySet:
        """Those that hold at ``at``."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def concerning(self, *, team: int | None, policy_slug: str) -> OnCallQuerySet:
        """Those for that team and policy; one that names neither is for everything."""
        return self.filter(Q(team=None) | Q(team=team), policy_slug__in=("", policy_slug))


class OnCall(models.Model):
    """Somebody's turn on call, ``[starts_at, ends_at)``; for one team or one policy, or for everything."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="turns_on_call")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="turns_on_call"
    )
    policy_slug = models.SlugField("policy", max_length=60, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = OnCallQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = "turn on call"
        verbose_name_plural = "turns on call"

    def __str__(self) -> str:
        return f"{self.user} on call"


class EscalationRole(models.Model):
    """Who a role of a policy's escalations is: people in order. A role that nobody named has no row, or no people."""

    policy_slug = models.SlugField("policy", max_length=60)
    role = models.CharField(max_length=80)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy_slug", "role"], name="one_role_a_policy")]
        ordering = ["policy_slug", "role"]

    def __str__(self) -> str:
        return f"{self.role} ({self.policy_slug})"


class EscalationPerson(models.Model):
    """One person of a role: a user, or an executive who never signs in and has a name and an address."""

    role = models.ForeignKey(EscalationRole, on_delete=models.CASCADE, related_name="people")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    own_name = models.CharField(max_length=120, blank=True)
    own_email = models.EmailField(max_length=254, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "position"], name="one_person_a_place")]
        ordering = ["role", "position"]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def name(self) -> str:
        return str(self.user) if self.user else self.own_name

    @property
    def email(self) -> str:
        """Where they are told; that of their account, where they have one."""
        return self.user.email if self.user else self.own_email
