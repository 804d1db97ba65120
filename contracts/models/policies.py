"""Published policies and the calendar that goes with each: holidays as frozen, closures as entered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.words import day_in_words


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Questions about versions."""

    def in_force(self, slug: str, on: date) -> PolicyVersion | None:
        """The version of ``slug`` that governs an order signed on ``on``; ``None`` before the first."""
        return self.filter(slug=slug, effective_from__lte=on).order_by("-effective_from").first()

    def current(self, on: date) -> PolicyVersionQuerySet:
        """Of every slug the version in force on ``on``."""
        newest = (
            PolicyVersion.objects.filter(slug=models.OuterRef("slug"), effective_from__lte=on)
            .order_by("-effective_from")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))


class PolicyVersion(models.Model):
    """One version of a support policy: its TOML text, never changed once it is published.

    ``calendar_revision`` rises with every change of its calendar; each stored clock carries the
    revision that it was computed from.
    """

    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    vendor = models.CharField(max_length=120)
    effective_from = models.DateField()
    text = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    holidays_until = models.PositiveSmallIntegerField(help_text="The last year whose holidays are frozen.")
    calendar_revision = models.PositiveIntegerField(default=1)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "effective_from"], name="one_version_a_day")]
        ordering = ["slug", "-effective_from"]

    def __str__(self) -> str:
        return f"{self.title}, from {day_in_words(self.effective_from)}"


class Holiday(models.Model):
    """A holiday as it stood when the policy was published."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "day"], name="one_holiday_a_day")]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}"


class ClosureQuerySet(models.QuerySet["Closure"]):
    """Questions about closures."""

    def standing(self) -> ClosureQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at=None)

    def to_be_shown(self, at: datetime) -> ClosureQuerySet:
        """Those that last at ``at`` or begin within a week of it."""
        soon = at + timedelta(days=7)
        return self.standing().filter(Q(ends_at__gt=at) & Q(starts_at__lte=soon))


class Closure(models.Model):
    """The desk of one policy shut against its hours. Entered and withdrawn, never edited."""

    policy_slug = models.SlugField("policy", max_length=40, db_index=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Not included.")
    reason = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="closure_has_length")
        ]
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        return f"{self.policy_slug}: {self.reason}"
