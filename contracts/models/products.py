"""What is sold, where each customer runs it, and its releases."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from contracts.models.people import Customer


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


class Deployment(models.Model):
    """One customer's installation of a product."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deployments")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="deployments")
    name = models.CharField(max_length=120, help_text="As the customer calls it, for instance: Production.")
    kind = models.CharField(max_length=12, choices=DeploymentKind.choices)
    version = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "product", "name"], name="deployment_name_once")
        ]
        ordering = ["product__name", "name"]

    def __str__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"{self.product}{version} · {self.name}"


class ReleaseKind(models.TextChoices):
    """A promise of the next maintenance release waits for one of that kind."""

    MAINTENANCE = "maintenance", "maintenance release"
    FEATURE = "feature", "feature release"
    HOTFIX = "hotfix", "hotfix"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

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

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "version"], name="version_once")]
        ordering = ["product__name", "-planned_at"]

    def __str__(self) -> str:
        return f"{self.product} {self.version}"

    def is_published(self, at: datetime) -> bool:
        """Whether it is out at ``at``."""
        return self.published_at is not None and self.published_at <= at
