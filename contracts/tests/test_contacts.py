"""Contacts, and what the policies of their customer's contracts ask of a named one."""

from datetime import UTC, date, datetime

import pytest

from contracts.models import Contact, Contract, Customer
from contracts.refusals import Refused
from contracts.services.contacts import (
    add_contact,
    change_contact,
    check_contact,
    name_contact,
    unname_contact,
)
from contracts.services.customers import save_customer
from contracts.tests.factories import ContractFactory, UserFactory, published

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
TODAY = AT.date()
TRAINED = date(2026, 1, 12)


def test_at7_one_named_contact_is_included(contact: Contact, colleague: Contact, contract: Contract) -> None:
    with pytest.raises(Refused, match=r"A-1 .* includes one named contact; Nora Quay is named") as caught:
        name_contact(contact=colleague, trained_on=TRAINED, actor=None, at=AT)
    assert caught.value.field == "is_named"


def test_at7_more_are_named_when_more_are_bought(
    contact: Contact, colleague: Contact, contract: Contract
) -> None:
    Contract.objects.update(extra_named_contacts=1, extra_named_contacts_order="A-8")

    name_contact(contact=colleague, trained_on=TRAINED, actor=None, at=AT)

    colleague.refresh_from_db()
    assert colleague.is_named


def test_at7_unnaming_one_makes_room_for_another(
    contact: Contact, colleague: Contact, contract: Contract
) -> None:
    unname_contact(contact=contact, actor=None, at=AT)

    name_contact(contact=colleague, trained_on=TRAINED, actor=None, at=AT)

    assert [found.user.name for found in Contact.objects.filter(is_named=True)] == ["Col Jetty"]


def test_at8_a_named_contact_has_an_address_in_the_customers_domains(
    customer: Customer, contract: Contract
) -> None:
    with pytest.raises(Refused, match=r"harbour\.example.*nora@mail\.example is not") as caught:
        check_contact(
            customer=customer, email="nora@mail.example", is_named=True, trained_on=TRAINED, on=TODAY
        )
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    "email", ["n@evil-harbour.example", "n@harbour.example.evil.example", "n@x.harbour.example"]
)
def test_at8_a_domain_that_only_looks_alike_is_not_the_customers(
    customer: Customer, contract: Contract, email: str
) -> None:
    with pytest.raises(Refused, match="own domains"):
        check_contact(customer=customer, email=email, is_named=True, trained_on=TRAINED, on=TODAY)


def test_at8_an_address_counts_in_any_case_and_script(customer: Customer, contract: Contract) -> None:
    domains = ["harbour.example", "bücher.example"]
    save_customer(customer=customer, name=customer.name, domains=domains, actor=None, at=AT)

    for email in ("Nora@HARBOUR.example", "nora@xn--bcher-kva.example"):
        check_contact(customer=customer, email=email, is_named=True, trained_on=TRAINED, on=TODAY)


@pytest.mark.parametrize(
    ("trained_on", "said"),
    [(None, "enter the day"), (date(2026, 11, 24), "24 November 2026 is still to come")],
)
def test_at8_a_named_contact_has_been_trained(
    customer: Customer, contract: Contract, trained_on: date | None, said: str
) -> None:
    with pytest.raises(Refused, match=said) as caught:
        check_contact(
            customer=customer, email="nora@harbour.example", is_named=True, trained_on=trained_on, on=TODAY
        )
    assert caught.value.field == "trained_on"


def test_at8_training_of_today_counts(customer: Customer, contract: Contract) -> None:
    check_contact(customer=customer, email="n@harbour.example", is_named=True, trained_on=TODAY, on=TODAY)


def test_at8_a_named_contacts_training_cannot_be_taken_away(contact: Contact, contract: Contract) -> None:
    with pytest.raises(Refused, match="training"):
        change_contact(
            contact=contact,
            is_named=True,
            trained_on=None,
            is_administrator=False,
            language="en",
            actor=None,
            at=AT,
        )


def test_at8_a_domain_that_a_named_contact_needs_cannot_be_taken_away(
    customer: Customer, contact: Contact, contract: Contract
) -> None:
    with pytest.raises(Refused, match=r"keep harbour\.example") as caught:
        save_customer(customer=customer, name=customer.name, domains=["ferry.example"], actor=None, at=AT)
    assert caught.value.field == "domains"
    assert [domain.domain for domain in customer.domains.all()] == ["harbour.example"]


def test_whoever_is_not_named_needs_neither_domain_nor_training(
    customer: Customer, contract: Contract
) -> None:
    user = UserFactory.create(email="guest@mail.example")

    assert add_contact(user=user, customer=customer, actor=None, at=AT).is_named is False


def test_a_policy_without_such_rules_takes_anybody(customer: Customer, contact: Contact) -> None:
    ContractFactory.create(customer=customer, policy_version=published("viakoo"))

    check_contact(customer=customer, email="x@mail.example", is_named=True, trained_on=None, on=TODAY)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        (date(2026, 1, 1), date(2026, 11, 22), False),
        (date(2026, 1, 1), date(2026, 11, 23), True),
        (date(2027, 1, 1), None, True),
    ],
)
def test_contracts_in_term_and_to_come_count(
    customer: Customer, starts_on: date, ends_on: date | None, counts: bool
) -> None:
    ContractFactory.create(customer=customer, starts_on=starts_on, ends_on=ends_on)

    def name_untrained() -> None:
        check_contact(customer=customer, email="n@harbour.example", is_named=True, trained_on=None, on=TODAY)

    if counts:
        with pytest.raises(Refused):
            name_untrained()
    else:
        name_untrained()


def test_nobody_is_a_contact_of_one_customer_twice(contact: Contact) -> None:
    with pytest.raises(Refused, match="already"):
        add_contact(user=contact.user, customer=contact.customer, actor=None, at=AT)


@pytest.mark.parametrize("domain", ["nora@harbour.example", "harbour", "a b.example", "http://x.example"])
def test_what_is_no_domain_is_refused(customer: Customer, domain: str) -> None:
    with pytest.raises(Refused, match="is no e-mail domain"):
        save_customer(customer=customer, name=customer.name, domains=[domain], actor=None, at=AT)


def test_a_customers_name_is_taken_once(customer: Customer) -> None:
    with pytest.raises(Refused, match="already") as caught:
        save_customer(name=customer.name, domains=[], actor=None, at=AT)
    assert caught.value.field == "name"


def test_domains_are_kept_as_they_compare_and_once(customer: Customer) -> None:
    domains = ["Harbour.Example.", "harbour.example", " ferry.example "]

    save_customer(customer=customer, name="Harbour", domains=domains, actor=None, at=AT)

    assert [domain.domain for domain in customer.domains.all()] == ["ferry.example", "harbour.example"]
