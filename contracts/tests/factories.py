# factory-boy declares its classes, not its calls:
# mypy: disable-error-code="no-untyped-call, untyped-decorator"
"""Rows for tests. Policies are published through the service, from the three published files."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory, Password
from factory.helpers import post_generation

from contracts import models
from contracts.services.policies import publish_policy

POLICIES = Path(__file__).parent.parent / "policies"
PUBLISHED_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
PASSWORD = "a quiet harbour town"


def policy_text(slug: str) -> str:
    """The TOML text of one of the three policies: viakoo, atheer, vivvo."""
    return (POLICIES / f"{slug}.toml").read_text("utf-8")


def published(slug: str = "atheer") -> models.PolicyVersion:
    """The version of that policy, published once."""
    found = models.PolicyVersion.objects.filter(slug=slug).order_by("effective_from").first()
    return found or publish_policy(text=policy_text(slug), actor=None, at=PUBLISHED_AT)


class UserFactory(DjangoModelFactory[models.User]):
    """A user with the password ``PASSWORD``."""

    class Meta:
        model = models.User

    email = Sequence(lambda n: f"person{n}@example.com")
    name = Sequence(lambda n: f"Person {n}")
    password = Password(PASSWORD)


class CustomerFactory(DjangoModelFactory[models.Customer]):
    """A customer without domains."""

    class Meta:
        model = models.Customer

    name = Sequence(lambda n: f"Customer {n}")


class CustomerDomainFactory(DjangoModelFactory[models.CustomerDomain]):
    """A domain of a customer's own."""

    class Meta:
        model = models.CustomerDomain

    customer = SubFactory(CustomerFactory)
    domain = Sequence(lambda n: f"customer{n}.example")


class ContactFactory(DjangoModelFactory[models.Contact]):
    """A contact, not named."""

    class Meta:
        model = models.Contact

    user = SubFactory(UserFactory)
    customer = SubFactory(CustomerFactory)


class ProductFactory(DjangoModelFactory[models.Product]):
    """A product."""

    class Meta:
        model = models.Product

    name = Sequence(lambda n: f"Product {n}")
    slug = Sequence(lambda n: f"product-{n}")


class DeploymentFactory(DjangoModelFactory[models.Deployment]):
    """A hosted deployment."""

    class Meta:
        model = models.Deployment

    customer = SubFactory(CustomerFactory)
    product = SubFactory(ProductFactory)
    name = Sequence(lambda n: f"Production {n}")
    kind = "hosted"
    version = "4.2"


class ReleaseFactory(DjangoModelFactory[models.Release]):
    """A maintenance release without a date."""

    class Meta:
        model = models.Release

    product = SubFactory(ProductFactory)
    version = Sequence(lambda n: f"4.{n}")
    kind = "maintenance"


class EnvironmentFactory(DjangoModelFactory[models.Environment]):
    """An operating system that every release is supported on."""

    class Meta:
        model = models.Environment

    product = SubFactory(ProductFactory)
    kind = "operating_system"
    name = Sequence(lambda n: f"System {n}")


class ContractFactory(DjangoModelFactory[models.Contract]):
    """A contract under ``published("atheer")`` that began in 2026 and does not end.

    ``deployments=[…]`` are what it covers.
    """

    class Meta:
        model = models.Contract
        skip_postgeneration_save = True

    customer = SubFactory(CustomerFactory)
    policy_version = LazyFunction(published)
    tier = "standard"
    order_reference = Sequence(lambda n: f"A-{1000 + n}")
    ordered_on = date(2026, 1, 10)
    starts_on = date(2026, 1, 15)

    @post_generation
    def deployments(self: Any, create: bool, given: list[models.Deployment] | None, **_: Any) -> None:
        """The deployments that the contract covers."""
        if create and given:
            self.deployments.set(given)


class StandingChangeFactory(DjangoModelFactory[models.StandingChange]):
    """A change of standing, as the record has it."""

    class Meta:
        model = models.StandingChange

    contract = SubFactory(ContractFactory)
    changed_at = PUBLISHED_AT
    standing = "payment_due"
    reason = "Invoice 17 of May"


class PolicyVersionFactory(DjangoModelFactory[models.PolicyVersion]):
    """A version published through the service: by ``slug`` of one of the three, or by ``text``."""

    class Meta:
        model = models.PolicyVersion

    slug = "atheer"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **given: Any) -> models.PolicyVersion:
        text = given.get("text") or policy_text(given["slug"])
        return publish_policy(text=text, actor=given.get("actor"), at=given.get("at", PUBLISHED_AT))


class HolidayFactory(DjangoModelFactory[models.Holiday]):
    """A holiday of a version besides the frozen ones."""

    class Meta:
        model = models.Holiday

    version = LazyFunction(published)
    day = Sequence(lambda n: date.fromordinal(date(2026, 2, 2).toordinal() + n))
    name = "Founders' Day"


class ClosureFactory(DjangoModelFactory[models.Closure]):
    """A closure as a row alone; ``enter_closure`` is the verb."""

    class Meta:
        model = models.Closure

    policy_slug = "atheer"
    starts_at = datetime(2026, 11, 24, 17, tzinfo=UTC)
    ends_at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    reason = "Snow"
    entered_at = datetime(2026, 11, 23, 17, tzinfo=UTC)


class ComponentFactory(DjangoModelFactory[models.Component]):
    """A public component that carries the target."""

    class Meta:
        model = models.Component

    product = SubFactory(ProductFactory)
    name = Sequence(lambda n: f"Service {n}")
    slug = Sequence(lambda n: f"service-{n}")


class WindowFactory(DjangoModelFactory[models.MaintenanceWindow]):
    """A window as a row alone, without facts; ``announce_window`` is the verb. ``components=[…]`` are its own."""

    class Meta:
        model = models.MaintenanceWindow
        skip_postgeneration_save = True

    title = "Database upgrade"
    reason = "Its version is no longer supported."
    starts_at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    ends_at = datetime(2026, 12, 1, 4, tzinfo=UTC)
    announced_at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    @post_generation
    def components(self: Any, create: bool, given: list[models.Component] | None, **_: Any) -> None:
        """What it concerns."""
        if create and given:
            self.components.set(given)


class OutageFactory(DjangoModelFactory[models.Outage]):
    """A running outage as a row alone; ``report_outage`` is the verb. ``components=[…]`` are those that are down."""

    class Meta:
        model = models.Outage
        skip_postgeneration_save = True

    title = "Sign-in fails"
    started_at = datetime(2026, 11, 23, 17, tzinfo=UTC)
    what_happened = "Nobody can sign in."

    @post_generation
    def components(self: Any, create: bool, given: list[models.Component] | None, **_: Any) -> None:
        """What is down."""
        if create and given:
            self.components.set(given)
