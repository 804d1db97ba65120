"""Signing and amending contracts, and their standing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.models import Contact, Contract, Customer, Deployment, PolicyVersion, User
from contracts.refusals import Refused
from contracts.services.contracts import amend_contract, set_standing, sign_contract
from contracts.services.policies import publish_policy
from contracts.tests.factories import (
    ContactFactory,
    ContractFactory,
    DeploymentFactory,
    UserFactory,
    policy_text,
    published,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


def sign(customer: Customer, **changes: Any) -> Contract:
    given: dict[str, Any] = {
        "policy_slug": "atheer",
        "tier": "standard",
        "order_reference": "A-7",
        "ordered_on": date(2026, 3, 1),
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2027, 3, 31),
        "deployments": [],
    }
    return sign_contract(customer=customer, **given | changes, actor=None, at=AT)


def amend(contract: Contract, **changes: Any) -> Contract:
    names = (
        "ends_on",
        "extra_named_contacts",
        "extra_named_contacts_order",
        "colleagues_see_tickets",
    )
    given = {name: getattr(contract, name) for name in names}
    given["deployments"] = list(contract.deployments.all())
    return amend_contract(contract=contract, **given | changes, actor=None, at=AT)


@pytest.fixture
def versions() -> tuple[PolicyVersion, PolicyVersion]:
    """Atheer's policy from August 2023, and a later version from 2026."""
    text = policy_text("atheer")
    later = text.replace("effective_from = 2023-08-05", "effective_from = 2026-01-01")
    return published("atheer"), publish_policy(text=later, actor=None, at=AT)


@pytest.mark.parametrize(
    ("ordered_on", "place"), [(date(2023, 8, 5), 0), (date(2025, 12, 31), 0), (date(2026, 1, 1), 1)]
)
def test_at1_a_contract_is_bound_to_the_version_in_force_on_its_order_date(
    customer: Customer, versions: tuple[PolicyVersion, PolicyVersion], ordered_on: date, place: int
) -> None:
    contract = sign(customer, ordered_on=ordered_on)

    assert contract.policy_version == versions[place]


def test_at1_a_later_version_does_not_reach_a_contract_that_was_signed(customer: Customer) -> None:
    first = published("atheer")
    contract = sign(customer, ordered_on=date(2026, 3, 1))
    later = policy_text("atheer").replace("effective_from = 2023-08-05", "effective_from = 2026-02-01")
    publish_policy(text=later, actor=None, at=AT)

    amend(contract, ends_on=date(2028, 1, 1))

    contract.refresh_from_db()
    assert contract.policy_version == first


def test_at1_an_order_before_the_first_version_is_refused(customer: Customer) -> None:
    published("atheer")

    with pytest.raises(Refused, match="5 August 2023") as caught:
        sign(customer, ordered_on=date(2023, 8, 4))
    assert caught.value.field == "ordered_on"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"policy_slug": "nobody"}, "policy_slug", "no policy 'nobody'"),
        ({"tier": "gold"}, "tier", "it has standard"),
        ({"order_reference": "  "}, "order_reference", "reference"),
        ({"ends_on": date(2026, 3, 31)}, "ends_on", "later last day"),
        ({"extra_named_contacts": -1}, "extra_named_contacts", "0 or more"),
    ],
)
def test_what_cannot_be_signed_is_said_at_its_field(
    customer: Customer, changes: dict[str, Any], field: str, said: str
) -> None:
    published("atheer")

    with pytest.raises(Refused, match=said) as caught:
        sign(customer, **changes)
    assert caught.value.field == field
    assert not Contract.objects.exists()


def test_a_deployment_of_another_customer_is_refused(customer: Customer) -> None:
    published("atheer")
    other = DeploymentFactory.create(customer__name="Meridian Foods")

    with pytest.raises(Refused, match="Meridian Foods, not of Harbour Freight Lines"):
        sign(customer, deployments=[other])


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "clashes"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), False),
        (date(2026, 1, 1), date(2026, 4, 1), True),
        (date(2026, 6, 1), date(2026, 6, 30), True),
        (date(2027, 3, 31), None, True),
        (date(2027, 4, 1), None, False),
        (date(2026, 1, 1), None, True),
    ],
)
def test_a_deployment_has_one_contract_at_a_time_the_last_day_included(
    customer: Customer, deployment: Deployment, starts_on: date, ends_on: date | None, clashes: bool
) -> None:
    ContractFactory.create(
        customer=customer,
        order_reference="A-1",
        starts_on=date(2026, 4, 1),
        ends_on=date(2027, 3, 31),
        deployments=[deployment],
    )
    asked = {"starts_on": starts_on, "ends_on": ends_on, "deployments": [deployment]}

    if not clashes:
        assert list(sign(customer, **asked).deployments.all()) == [deployment]
        return
    with pytest.raises(Refused, match="A-1 already, from 1 April 2026 to 31 March 2027") as caught:
        sign(customer, **asked)
    assert caught.value.field == "deployments"


def test_two_deployments_may_have_a_contract_each(customer: Customer, contract: Contract) -> None:
    staging = DeploymentFactory.create(customer=customer, name="Staging")

    assert sign(customer, deployments=[staging]).deployments.get() == staging


def test_a_contract_does_not_stand_in_its_own_way(contract: Contract, deployment: Deployment) -> None:
    amend(contract, ends_on=date(2026, 12, 31))

    contract.refresh_from_db()
    assert contract.ends_on == date(2026, 12, 31)
    assert list(contract.deployments.all()) == [deployment]


def test_a_longer_term_must_not_run_into_the_next_contract(
    customer: Customer, deployment: Deployment
) -> None:
    first = ContractFactory.create(customer=customer, ends_on=date(2026, 6, 30), deployments=[deployment])
    ContractFactory.create(customer=customer, starts_on=date(2026, 7, 1), deployments=[deployment])

    with pytest.raises(Refused, match="from 1 July 2026 on"):
        amend(first, ends_on=date(2026, 7, 1))


def test_at7_more_named_contacts_need_the_reference_of_their_order(customer: Customer) -> None:
    published("atheer")

    with pytest.raises(Refused, match="their order") as caught:
        sign(customer, extra_named_contacts=2)
    assert caught.value.field == "extra_named_contacts_order"

    contract = sign(customer, extra_named_contacts=2, extra_named_contacts_order="A-8")
    assert contract.extra_named_contacts == 2


def test_at7_a_contract_that_includes_fewer_than_are_named_is_refused(
    customer: Customer, contact: Contact
) -> None:
    second = UserFactory.create(email="olaf@harbour.example", name="Olaf Mole")
    ContactFactory.create(user=second, customer=customer, is_named=True, trained_on=date(2026, 1, 2))
    published("atheer")

    with pytest.raises(Refused, match="Nora Quay and Olaf Mole are named already") as caught:
        sign(customer)
    assert caught.value.field == "extra_named_contacts"
    assert sign(customer, extra_named_contacts=1, extra_named_contacts_order="A-8").pk


def test_at8_a_contract_is_refused_while_a_named_contact_is_not_trained(
    customer: Customer, contact: Contact
) -> None:
    Contact.objects.update(trained_on=None)
    published("atheer")

    with pytest.raises(Refused, match="training"):
        sign(customer)


def test_at2_bad_standing_needs_a_reason_and_is_kept_on_record(contract: Contract, manager: User) -> None:
    with pytest.raises(Refused, match="overdue") as caught:
        set_standing(contract=contract, standing="payment_due", reason=" ", actor=manager, at=AT)
    assert caught.value.field == "reason"

    set_standing(contract=contract, standing="payment_due", reason="Invoice 17", actor=manager, at=AT)
    contract.refresh_from_db()
    assert (contract.is_current, contract.standing_reason) == (False, "Invoice 17")
    assert contract.standing_since == date(2026, 11, 23)

    set_standing(contract=contract, standing="current", reason="", actor=manager, at=AT)
    contract.refresh_from_db()
    assert contract.is_current
    assert [change.standing for change in contract.standing_changes.all()] == ["payment_due", "current"]
    assert {change.changed_by for change in contract.standing_changes.all()} == {manager}


def test_a_standing_that_is_so_already_is_no_change(contract: Contract) -> None:
    with pytest.raises(Refused, match="already"):
        set_standing(contract=contract, standing="current", reason="", actor=None, at=AT)
    assert not contract.standing_changes.exists()
