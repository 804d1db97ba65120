"""Whether a request is entitled, and the sentence that says why not."""

from datetime import UTC, date, datetime

import pytest

from contracts.entitlement import entitlement, find_contract, reasons_against
from contracts.models import Contact, Contract, Customer, Deployment
from contracts.services.contracts import set_standing
from contracts.tests.factories import ContractFactory, DeploymentFactory, published

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
TODAY = AT.date()


def codes(contract: Contract | None, contact: Contact, channel: str = "web", on: date = TODAY) -> list[str]:
    reasons = reasons_against(contract=contract, contact=contact, channel=channel, on=on)
    return [reason.code for reason in reasons]


def test_a_named_contact_under_a_contract_is_entitled(
    contact: Contact, contract: Contract, deployment: Deployment
) -> None:
    judged = entitlement(contact=contact, deployment=deployment, channel="web", at=AT)

    assert judged.contract == contract
    assert judged.holds


def test_without_a_contract_there_is_no_entitlement(contact: Contact, contract: Contract) -> None:
    uncovered = DeploymentFactory.create(customer=contact.customer, name="Staging")

    judged = entitlement(contact=contact, deployment=uncovered, channel="web", at=AT)

    assert judged.contract is None
    assert [reason.code for reason in judged.reasons] == ["no_contract"]
    assert "Harbour Freight Lines has no support contract" in judged.reasons[0].text


def test_another_customers_contract_is_not_found(
    stranger: Contact, contract: Contract, deployment: Deployment
) -> None:
    assert find_contract(contact=stranger, deployment=deployment, on=TODAY) is None
    assert find_contract(contact=stranger, deployment=None, on=TODAY) is None


@pytest.mark.parametrize(
    ("on", "entitled"),
    [
        (date(2026, 1, 14), False),
        (date(2026, 1, 15), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_at1_the_term_has_its_first_and_its_last_day(contact: Contact, on: date, entitled: bool) -> None:
    contract = ContractFactory.create(customer=contact.customer, ends_on=date(2026, 6, 30))

    assert codes(contract, contact, on=on) == ([] if entitled else ["not_in_term"])


def test_the_day_is_that_of_the_policys_zone(contact: Contact, deployment: Deployment) -> None:
    ContractFactory.create(customer=contact.customer, ends_on=date(2026, 6, 30), deployments=[deployment])

    def judged(at: datetime) -> bool:
        return entitlement(contact=contact, deployment=deployment, channel="web", at=at).holds

    assert judged(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)), "30 June, 23:59 in Los Angeles"
    assert not judged(datetime(2026, 7, 1, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("on", "reference"),
    [
        (date(2026, 1, 1), "first"),
        (date(2026, 3, 1), "first"),
        (date(2026, 5, 1), "first"),
        (date(2026, 7, 1), "second"),
        (date(2027, 1, 1), "second"),
    ],
)
def test_the_contract_of_the_day_is_found_or_else_the_nearest(
    contact: Contact, deployment: Deployment, on: date, reference: str
) -> None:
    for name, start, end in (
        ("first", date(2026, 2, 1), date(2026, 4, 30)),
        ("second", date(2026, 6, 1), date(2026, 8, 31)),
    ):
        ContractFactory.create(
            customer=contact.customer,
            order_reference=name,
            starts_on=start,
            ends_on=end,
            deployments=[deployment],
        )

    found = find_contract(contact=contact, deployment=deployment, on=on)

    assert found is not None
    assert found.order_reference == reference


@pytest.mark.parametrize("standing", ["payment_due", "obligation_due"])
def test_at2_a_customer_who_is_not_current_gets_the_reason(
    contact: Contact, contract: Contract, standing: str
) -> None:
    late = set_standing(contract=contract, standing=standing, reason="Invoice 17 of May", actor=None, at=AT)

    [reason] = reasons_against(contract=late, contact=contact, channel="web", on=TODAY)

    assert reason.code == "standing"
    assert "Invoice 17 of May. Settle it" in reason.text


def test_at2_standing_that_is_put_right_is_no_reason(contact: Contact, contract: Contract) -> None:
    set_standing(contract=contract, standing="payment_due", reason="Invoice 17", actor=None, at=AT)
    right = set_standing(contract=contract, standing="current", reason="", actor=None, at=AT)

    assert codes(right, contact) == []


def test_at2_a_policy_that_does_not_ask_for_payment_goes_on(contact: Contact) -> None:
    contract = ContractFactory.create(
        customer=contact.customer, policy_version=published("viakoo"), standing="payment_due"
    )

    assert codes(contract, contact) == []


def test_at3_web_only_the_named_contact_may_submit(
    contact: Contact, colleague: Contact, contract: Contract
) -> None:
    assert codes(contract, contact) == []

    [reason] = reasons_against(contract=contract, contact=colleague, channel="web", on=TODAY)

    assert reason.code == "not_named"
    assert "Ask your named contact (Nora Quay)" in reason.text


def test_at3_web_a_policy_without_named_contacts_takes_every_contact(colleague: Contact) -> None:
    contract = ContractFactory.create(customer=colleague.customer, policy_version=published("viakoo"))

    assert codes(contract, colleague) == []


@pytest.mark.parametrize(
    ("tier", "channel", "entitled"),
    [
        ("standard", "web", True),
        ("standard", "email", True),
        ("standard", "forum", True),
        ("standard", "phone", False),
        ("premium", "phone", True),
    ],
)
def test_vv7_web_a_tier_has_its_channels(contact: Contact, tier: str, channel: str, entitled: bool) -> None:
    contract = ContractFactory.create(customer=contact.customer, policy_version=published("vivvo"), tier=tier)

    assert codes(contract, contact, channel) == ([] if entitled else ["channel"])


def test_vv7_web_the_answer_names_the_channels_that_there_are(contact: Contact) -> None:
    contract = ContractFactory.create(customer=contact.customer, policy_version=published("vivvo"))

    [reason] = reasons_against(contract=contract, contact=contact, channel="phone", on=TODAY)

    assert reason.text == (
        "Standard Support does not include support by phone. Reach us by web form, email or forum instead."
    )


def test_every_reason_is_given_at_once(colleague: Contact) -> None:
    contract = ContractFactory.create(
        customer=colleague.customer, ends_on=date(2026, 6, 30), standing="payment_due"
    )

    assert codes(contract, colleague, "phone") == ["not_in_term", "standing", "not_named", "channel"]


def test_without_a_deployment_the_newest_contract_in_term_speaks(
    customer: Customer, contact: Contact
) -> None:
    ContractFactory.create(customer=customer, starts_on=date(2026, 2, 1))
    newest = ContractFactory.create(customer=customer, starts_on=date(2026, 3, 1))
    ContractFactory.create(customer=customer, starts_on=date(2026, 12, 1))

    assert find_contract(contact=contact, deployment=None, on=TODAY) == newest
