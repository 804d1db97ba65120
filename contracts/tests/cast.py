"""The cast of every test: the people of one customer, a stranger of another, and staff.

A plug-in of the root ``conftest.py``, so that each app's tests have it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from contracts.calendar_rows import forget_calendars
from contracts.models import Contact, Contract, Customer, Deployment, Product, User
from contracts.services.staff import AGENTS, MANAGERS, ensure_staff_groups
from contracts.tests.factories import (
    ContactFactory,
    ContractFactory,
    CustomerDomainFactory,
    CustomerFactory,
    DeploymentFactory,
    ProductFactory,
    UserFactory,
)

# A Monday, 10:00 in Los Angeles and 19:00 in Belgrade.
MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    """Rows come and go under the same keys from test to test."""
    forget_calendars()
    yield
    forget_calendars()


@pytest.fixture
def monday() -> datetime:
    """The instant at which most tests happen: Monday, 23 November 2026, 18:00 UTC."""
    return MONDAY


@pytest.fixture
def customer(db: None) -> Customer:
    """Harbour Freight Lines, whose domain is harbour.example."""
    customer = CustomerFactory.create(name="Harbour Freight Lines")
    CustomerDomainFactory.create(customer=customer, domain="harbour.example")
    return customer


@pytest.fixture
def product(db: None) -> Product:
    """What is sold."""
    return ProductFactory.create(name="Atlas", slug="atlas")


@pytest.fixture
def deployment(customer: Customer, product: Product) -> Deployment:
    """The customer's Production."""
    return DeploymentFactory.create(customer=customer, product=product, name="Production")


@pytest.fixture
def contract(customer: Customer, deployment: Deployment) -> Contract:
    """The customer's contract under Atheer's policy, for Production."""
    return ContractFactory.create(customer=customer, deployments=[deployment], order_reference="A-1")


@pytest.fixture
def contact(customer: Customer) -> Contact:
    """Nora, the customer's named contact, trained."""
    user = UserFactory.create(email="nora@harbour.example", name="Nora Quay")
    return ContactFactory.create(
        user=user, customer=customer, is_named=True, trained_on=datetime(2026, 1, 12, tzinfo=UTC).date()
    )


@pytest.fixture
def colleague(customer: Customer) -> Contact:
    """Col, who works with Nora and is not named."""
    return ContactFactory.create(
        user=UserFactory.create(email="col@harbour.example", name="Col Jetty"), customer=customer
    )


@pytest.fixture
def administrator(customer: Customer) -> Contact:
    """Ada, who manages the customer's contacts and is not named."""
    return ContactFactory.create(
        user=UserFactory.create(email="ada@harbour.example", name="Ada Pier"),
        customer=customer,
        is_administrator=True,
    )


@pytest.fixture
def stranger(db: None) -> Contact:
    """Stan, of another customer."""
    return ContactFactory.create(
        user=UserFactory.create(email="stan@meridian.example", name="Stan Strange"),
        customer=CustomerFactory.create(name="Meridian Foods"),
        is_named=True,
        trained_on=datetime(2026, 1, 12, tzinfo=UTC).date(),
    )


@pytest.fixture
def agent(db: None) -> User:
    """Agnes, who answers tickets."""
    return _staff("agnes@desk.example", "Agnes Desk", AGENTS)


@pytest.fixture
def manager(db: None) -> User:
    """Max, who answers for the desk."""
    return _staff("max@desk.example", "Max Lead", MANAGERS)


def _staff(email: str, name: str, group: str) -> User:
    ensure_staff_groups()
    user = UserFactory.create(email=email, name=name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user
