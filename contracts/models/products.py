"""What is sold, where each customer runs it, and its releases."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import models
from django.db.models import Q

from contracts.models.people import Customer
from contracts.versions import lies_within


class Product(models.Model):
    """Something that is sold and supported."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeploymentKind(models.TextChoices):
    """Where a deployment runs (VK1)."""

    HOSTED = "hosted", "hosted by the vendor"
    ON_PREMISES = "on_premises", "on the customer's premises"
    AGENT = "agent", "an agent on the customer's infrastructure"


class UpdatePreference(models.TextChoices):
    """How an agent gets a release (VK5)."""

    AUTOMATIC = "automatic", "installed automatically"
    MANUAL = "manual", "downloaded and installed by you"


class Deployment(models.Model):
    """One customer's installation of a product."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deployments")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="deployments")
    name = models.CharField(max_length=120, help_text="As the customer calls it, for instance: Production.")
    kind = models.CharField(max_length=12, choices=DeploymentKind.choices)
    version = models.CharField(max_length=40, blank=True)
    update_preference = models.CharField(
        max_length=9,
        choices=UpdatePreference.choices,
        default=UpdatePreference.MANUAL,
        help_text="Of an agent: how it gets a release.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "product", "name"], name="deployment_name_once")
        ]
        ordering = ["product__name", "name"]

    def __str__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"{self.product}{version} · {self.name}"

    @property
    def is_agent(self) -> bool:
        return self.kind == DeploymentKind.AGENT

    @property
    def updates_itself(self) -> bool:
        """Whether it is an agent that installs releases by itself."""
        return self.is_agent and self.update_preference == UpdatePreference.AUTOMATIC


class ReleaseKind(models.TextChoices):
    """A promise of the next maintenance release waits for one of that kind."""

    MAINTENANCE = "maintenance", "maintenance release"
    FEATURE = "feature", "feature release"
    HOTFIX = "hotfix", "hotfix"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def published(self, at: datetime) -> ReleaseQuerySet:
        """Those that are out at ``at``, the newest first."""
        return self.filter(published_at__lte=at).order_by("-published_at", "-pk")

    def planned(self, at: datetime) -> ReleaseQuerySet:
        """Those that are not out at ``at``, the next first, those without a date last."""
        still = self.filter(Q(published_at=None) | Q(published_at__gt=at))
        return still.order_by(models.F("planned_at").asc(nulls_last=True), "pk")

    def next_maintenance(self, product: Product) -> Release | None:
        """The first planned maintenance release that is not published; ``None`` while none is planned."""
        return (
            self.filter(product=product, kind=ReleaseKind.MAINTENANCE, published_at=None)
            .exclude(planned_at=None)
            .order_by("planned_at")
            .first()
        )


class Release(models.Model):
    """A version of a product, planned or published."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    version = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=ReleaseKind.choices)
    planned_at = models.DateTimeField("planned for", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    notes = models.ForeignKey(
        "contracts.ReleaseNotes",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "version"], name="version_once")]
        ordering = ["product__name", "-planned_at"]

    def __str__(self) -> str:
        return f"{self.product} {self.version}"

    def is_published(self, at: datetime) -> bool:
        """Whether it is out at ``at``."""
        return self.published_at is not None and self.published_at <= at


class EnvironmentKind(models.TextChoices):
    """What sort of thing a release runs on, in the order in which pages list them."""

    OPERATING_SYSTEM = "operating_system", "operating system"
    BROWSER = "browser", "browser"
    DATABASE = "database", "database"
    HARDWARE = "hardware", "hardware"
    OTHER = "other", "other"


class EnvironmentQuerySet(models.QuerySet["Environment"]):
    """Questions about supported environments."""

    def supported(self, on: date) -> EnvironmentQuerySet:
        """Those that have not ended by the day ``on``."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on))

    def at(self, at: datetime) -> EnvironmentQuerySet:
        """``supported`` on the day of ``at``, with their releases, as pages list them."""
        found = self.supported(at.astimezone(UTC).date())
        return found.select_related("from_release", "until_release").order_by("name", "pk")


class Environment(models.Model):
    """A system that a product is supported on (VK2), from one release until another; both included, none: no bound.

    ``versions`` says in words which of its own, as in "2019 and later"; ``ended_on`` is the last day of support.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="environments")
    kind = models.CharField(max_length=16, choices=EnvironmentKind.choices)
    name = models.CharField(max_length=120, help_text="For instance: Windows Server.")
    versions = models.CharField(
        max_length=120, blank=True, help_text="In words, for instance: 2019 and later. Empty for all."
    )
    note = models.CharField(max_length=300, blank=True, help_text="What customers should know of it.")
    from_release = models.ForeignKey(
        Release,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The first release that runs on it; empty for the very first.",
    )
    until_release = models.ForeignKey(
        Release,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The last release that runs on it; empty while later ones do, too.",
    )
    ended_on = models.DateField(
        "supported until",
        null=True,
        blank=True,
        help_text="The last day of support; empty while none is set.",
    )

    objects = EnvironmentQuerySet.as_manager()

    class Meta:
        ordering = ["product__name", "kind", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.versions})" if self.versions else self.name

    def holds_for(self, version: str) -> bool:
        """Whether that version of the product is supported on it; ``from_release`` and the other are read."""
        first = self.from_release.version if self.from_release else ""
        last = self.until_release.version if self.until_release else ""
        return lies_within(version, first, last)
