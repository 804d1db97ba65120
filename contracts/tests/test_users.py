"""Changing accounts, and what staff may do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from contracts.access import (
    contacts_visible_to,
    contracts_visible_to,
    customers_visible_to,
    deployments_visible_to,
)
from contracts.models import Contact, Contract, User
from contracts.refusals import Refused
from contracts.services.staff import AGENTS, MANAGERS, ensure_staff_groups
from contracts.services.users import change_user
from contracts.tests.factories import DeploymentFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


def change(user: User, actor: User, **changes: Any) -> User:
    given = {"name": user.name, "email": user.email, "time_zone": "UTC", "roles": list(user.groups.all())}
    return change_user(user=user, **given | changes, actor=actor, at=AT)


def test_an_address_is_kept_in_lower_case_and_the_old_one_opens_nothing(
    colleague: Contact, manager: User
) -> None:
    EmailAddress.objects.create(user=colleague.user, email=colleague.user.email, primary=True, verified=True)

    change(colleague.user, manager, email="Cole@Harbour.example")

    colleague.user.refresh_from_db()
    assert colleague.user.email == "cole@harbour.example"
    assert [row.email for row in EmailAddress.objects.all()] == ["cole@harbour.example"]


def test_an_address_of_somebody_else_is_refused(colleague: Contact, contact: Contact, manager: User) -> None:
    with pytest.raises(Refused, match="another person's") as caught:
        change(colleague.user, manager, email="NORA@harbour.example")
    assert caught.value.field == "email"


def test_at8_a_named_contacts_address_stays_in_the_customers_domains(
    contact: Contact, contract: Contract, manager: User
) -> None:
    with pytest.raises(Refused, match="own domains"):
        change(contact.user, manager, email="nora@mail.example")


def test_whoever_gets_a_role_is_staff_and_whoever_loses_it_is_not(agent: User, manager: User) -> None:
    change(agent, manager, roles=[])
    agent.refresh_from_db()
    assert not agent.is_staff

    change(agent, manager, roles=[Group.objects.get(name=MANAGERS)])
    agent.refresh_from_db()
    assert agent.is_staff


def test_a_contact_of_a_customer_gets_no_role(contact: Contact, manager: User) -> None:
    with pytest.raises(Refused, match="account of their own"):
        change(contact.user, manager, roles=[Group.objects.get(name=AGENTS)])


def test_a_manager_neither_changes_a_superuser_nor_gives_up_the_own_role(manager: User) -> None:
    root = UserFactory.create(is_staff=True, is_superuser=True)

    with pytest.raises(Refused, match="may do everything"):
        change(root, manager, email="max2@desk.example")
    with pytest.raises(Refused, match="your own role"):
        change(manager, manager, roles=[])


def test_groups_are_made_once_and_keep_what_was_added() -> None:
    ensure_staff_groups()
    ensure_staff_groups({AGENTS: {Contract: ("change",)}})

    assert sorted(Group.objects.values_list("name", flat=True)) == [AGENTS, MANAGERS]
    agents = Group.objects.get(name=AGENTS)
    assert agents.permissions.filter(codename="change_contract").exists()
    assert not agents.permissions.filter(codename="add_policyversion").exists()
    assert not agents.permissions.filter(codename__startswith="delete_").exists()


@pytest.mark.parametrize(
    "visible", [customers_visible_to, contacts_visible_to, deployments_visible_to, contracts_visible_to]
)
def test_a_contact_sees_the_own_customers_rows_alone(
    visible: Any, contact: Contact, stranger: Contact, contract: Contract, agent: User
) -> None:
    DeploymentFactory.create(customer=stranger.customer)

    def customers(user: Any) -> set[str]:
        return {str(getattr(row, "customer", row)) for row in visible(user)}

    assert customers(contact.user) == {"Harbour Freight Lines"}
    assert "Harbour Freight Lines" not in customers(stranger.user)
    assert "Harbour Freight Lines" in customers(agent)
    contact.user.is_active = False
    assert customers(contact.user) == set()
