"""Every page of the ground floor's admin: who gets it, what it costs, and nothing inline."""

import re
from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.models import Closure, Contact, Contract, Deployment, Product, Release, StandingChange, User
from contracts.tests.admin.pages import inline
from contracts.tests.factories import (
    ClosureFactory,
    ContactFactory,
    ContractFactory,
    CustomerDomainFactory,
    DeploymentFactory,
    EnvironmentFactory,
    ReleaseFactory,
    StandingChangeFactory,
)

WRITABLE = (
    "user",
    "customer",
    "contact",
    "product",
    "deployment",
    "environment",
    "contract",
    "policyversion",
)
READ_ONLY = ("holiday", "closure", "release", "standingchange")
AGENTS_ADD = ("contact", "deployment", "environment")
AGENTS_SEE = (*WRITABLE[1:], *READ_ONLY)


@pytest.fixture
def everything(contact: Contact, contract: Contract, deployment: Deployment, agent: User) -> dict[str, Model]:
    """One row of each kind, by the name of its pages."""
    closure: Closure = ClosureFactory.create()
    release: Release = ReleaseFactory.create()
    change: StandingChange = StandingChangeFactory.create(contract=contract)
    product: Product = deployment.product
    holiday = contract.policy_version.holidays.first()
    assert holiday is not None
    return {
        "user": contact.user,
        "customer": contact.customer,
        "contact": contact,
        "product": product,
        "deployment": deployment,
        "environment": EnvironmentFactory.create(product=product),
        "contract": contract,
        "policyversion": contract.policy_version,
        "holiday": holiday,
        "closure": closure,
        "release": release,
        "standingchange": change,
    }


def listed(name: str) -> str:
    return reverse(f"admin:contracts_{name}_changelist")


def adding(name: str) -> str:
    return reverse(f"admin:contracts_{name}_add")


def page_of(name: str, row: Model) -> str:
    return reverse(f"admin:contracts_{name}_change", args=[row.pk])


@pytest.mark.parametrize("name", [*WRITABLE, *READ_ONLY])
def test_a_manager_sees_every_list_and_row_with_nothing_inline(
    client: Client, manager: User, everything: dict[str, Model], name: str
) -> None:
    client.force_login(manager)

    for address in (listed(name), page_of(name, everything[name])):
        answer = client.get(address)
        assert answer.status_code == 200
        assert inline(answer) == []


@pytest.mark.parametrize("name", WRITABLE)
def test_a_manager_may_make_rows_with_nothing_inline(client: Client, manager: User, name: str) -> None:
    client.force_login(manager)

    answer = client.get(adding(name))

    assert answer.status_code == 200
    assert inline(answer) == []


@pytest.mark.parametrize("name", READ_ONLY)
def test_records_are_made_by_nobody_here(client: Client, manager: User, name: str) -> None:
    client.force_login(manager)

    assert client.get(adding(name)).status_code == 403


@pytest.mark.parametrize("name", [*WRITABLE, *READ_ONLY])
def test_an_agent_sees_what_the_work_needs(
    client: Client, agent: User, everything: dict[str, Model], name: str
) -> None:
    client.force_login(agent)
    allowed = 200 if name in AGENTS_SEE else 403

    assert client.get(listed(name)).status_code == allowed
    assert client.get(page_of(name, everything[name])).status_code == allowed
    assert client.get(adding(name)).status_code == (200 if name in AGENTS_ADD else 403)


@pytest.mark.parametrize("name", [*WRITABLE, *READ_ONLY])
def test_contacts_and_visitors_are_sent_away(
    client: Client, contact: Contact, everything: dict[str, Model], name: str
) -> None:
    addresses = (listed(name), adding(name), page_of(name, everything[name]))
    for address in addresses:
        assert client.get(address).status_code == 302

    client.force_login(contact.user)
    for address in addresses:
        assert client.get(address).status_code in {302, 403}


@pytest.mark.parametrize("name", [*WRITABLE, *READ_ONLY])
def test_nothing_is_ever_deleted(
    client: Client, manager: User, everything: dict[str, Model], name: str
) -> None:
    client.force_login(manager)

    answer = client.post(
        reverse(f"admin:contracts_{name}_delete", args=[everything[name].pk]), {"post": "yes"}
    )

    assert answer.status_code == 403
    assert type(everything[name])._default_manager.filter(pk=everything[name].pk).exists()


FACTORIES: dict[str, Callable[[], Model]] = {
    "contact": ContactFactory.create,
    "deployment": DeploymentFactory.create,
    "environment": EnvironmentFactory.create,
    "contract": ContractFactory.create,
    "standingchange": StandingChangeFactory.create,
    "closure": ClosureFactory.create,
    "release": ReleaseFactory.create,
    "customer": CustomerDomainFactory.create,
}


@pytest.mark.parametrize("name", FACTORIES)
def test_a_list_costs_the_same_for_few_rows_and_for_many(
    client: Client,
    manager: User,
    everything: dict[str, Model],
    name: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(manager)
    for _ in range(2):
        FACTORIES[name]()
    with django_assert_max_num_queries(20) as few:
        client.get(listed(name))
    for _ in range(27):
        FACTORIES[name]()

    with django_assert_max_num_queries(len(few)):
        answer = client.get(listed(name))

    assert len(re.findall(r'<th class="field-', answer.content.decode())) >= 30
