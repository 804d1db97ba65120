"""The admin's forms call the verbs: what they refuse stands at its field, and what was typed stays."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from contracts.models import Contact, Contract, Customer, Deployment, OutboxMessage, Product, User
from contracts.services.staff import AGENTS
from contracts.tests.factories import ContractFactory, published

SIGNED = {
    "plan": "atheer/standard",
    "order_reference": "A-77",
    "ordered_on": "2026-03-01",
    "starts_on": "2026-04-01",
    "ends_on": "2027-03-31",
    "extra_named_contacts": "0",
    "extra_named_contacts_order": "",
    "colleagues_see_tickets": "on",
}


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    """The browser of a manager."""
    client.force_login(manager)
    return client


def add(desk: Client, name: str, typed: dict[str, Any]) -> Any:
    return desk.post(reverse(f"admin:contracts_{name}_add"), typed)


def change(desk: Client, name: str, pk: int, typed: dict[str, Any]) -> Any:
    return desk.post(reverse(f"admin:contracts_{name}_change", args=[pk]), typed)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def test_a_customer_is_entered_with_its_domains(desk: Client) -> None:
    add(desk, "customer", {"name": "Meridian Foods", "domains": "meridian.example\r\nMeridian.example\r\n"})

    customer = Customer.objects.get()
    assert [domain.domain for domain in customer.domains.all()] == ["meridian.example"]
    assert LogEntry.objects.get().object_id == str(customer.pk)


def test_at8_a_domain_in_use_is_refused_at_its_field(
    desk: Client, customer: Customer, contact: Contact, contract: Contract
) -> None:
    answer = change(desk, "customer", customer.pk, {"name": "Renamed", "domains": "ferry.example"})

    assert "keep harbour.example" in errors(answer)["domains"][0]
    assert "ferry.example</textarea>" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.name == "Harbour Freight Lines"


def test_a_contract_is_signed_under_the_version_of_its_order_date(
    desk: Client, customer: Customer, deployment: Deployment
) -> None:
    version = published("atheer")

    answer = add(desk, "contract", {**SIGNED, "customer": customer.pk, "deployments": [deployment.pk]})

    assert answer.status_code == 302
    contract = Contract.objects.get()
    assert (contract.policy_version, contract.tier) == (version, "standard")
    assert list(contract.deployments.all()) == [deployment]


def test_at1_an_order_before_the_policy_is_refused_at_its_field(desk: Client, customer: Customer) -> None:
    published("atheer")

    answer = add(desk, "contract", {**SIGNED, "customer": customer.pk, "ordered_on": "2023-08-04"})

    assert "5 August 2023" in errors(answer)["ordered_on"][0]
    assert 'value="A-77"' in answer.content.decode()
    assert not Contract.objects.exists()


def test_two_contracts_for_one_deployment_are_refused_naming_the_other(
    desk: Client, customer: Customer, contract: Contract, deployment: Deployment
) -> None:
    answer = add(desk, "contract", {**SIGNED, "customer": customer.pk, "deployments": [deployment.pk]})

    assert "under contract A-1 already" in errors(answer)["deployments"][0]
    assert Contract.objects.count() == 1


def test_the_deployments_of_the_customer_are_offered_and_no_others(
    desk: Client, customer: Customer, deployment: Deployment, stranger: Contact
) -> None:
    address = reverse("admin:contracts_contract_add")

    def offered(query: dict[str, Any]) -> str:
        return desk.get(address, query).content.decode()

    assert "Production" not in offered({})
    assert "Production" in offered({"customer": customer.pk})
    assert "Production" not in offered({"customer": stranger.customer.pk})


def test_a_contract_is_amended_and_keeps_what_was_signed(
    desk: Client, contract: Contract, deployment: Deployment, manager: User
) -> None:
    typed = {
        "ends_on": "2026-12-31",
        "deployments": [deployment.pk],
        "extra_named_contacts": "1",
        "extra_named_contacts_order": "A-9",
        "tier": "gold",
        "order_reference": "X",
        **management(),
    }

    change(desk, "contract", contract.pk, typed)

    contract.refresh_from_db()
    assert (contract.ends_on, contract.extra_named_contacts) == (date(2026, 12, 31), 1)
    assert not contract.colleagues_see_tickets
    assert (contract.tier, contract.order_reference) == ("standard", "A-1")
    assert LogEntry.objects.get().user == manager


def management() -> dict[str, str]:
    """What the list of standing changes below a contract sends along."""
    return {"standing_changes-TOTAL_FORMS": "0", "standing_changes-INITIAL_FORMS": "0"}


def test_at7_extra_contacts_without_an_order_are_refused_at_the_order(
    desk: Client, contract: Contract
) -> None:
    answer = change(
        desk,
        "contract",
        contract.pk,
        {"extra_named_contacts": "1", "extra_named_contacts_order": "", **management()},
    )

    assert "their order" in errors(answer)["extra_named_contacts_order"][0]


def invited(customer: Customer, **changes: Any) -> dict[str, Any]:
    typed = {"customer": customer.pk, "email": "olaf@harbour.example", "name": "Olaf Mole"}
    return {**typed, "trained_on": "2026-02-01", "is_named": "on", **changes}


def test_a_contact_comes_in_by_invitation(desk: Client, customer: Customer, contract: Contract) -> None:
    answer = add(desk, "contact", invited(customer))

    assert answer.status_code == 302
    contact = Contact.objects.get()
    assert (contact.user.email, contact.is_named) == ("olaf@harbour.example", True)
    assert not contact.user.has_usable_password()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trained_on": ""}, "trained_on"),
        ({"email": "olaf@mail.example"}, "email"),
        ({"trained_on": "2999-01-01"}, "trained_on"),
    ],
)
def test_at8_a_named_contact_whom_the_policy_does_not_allow_is_refused_at_the_field(
    desk: Client, customer: Customer, contract: Contract, changes: dict[str, str], field: str
) -> None:
    answer = add(desk, "contact", invited(customer, **changes))

    assert list(errors(answer)) == [field]
    assert "Olaf Mole" in answer.content.decode()
    assert not User.objects.filter(name="Olaf Mole").exists()


def test_at7_one_named_contact_too_many_is_refused(
    desk: Client, contact: Contact, colleague: Contact, contract: Contract
) -> None:
    answer = change(
        desk, "contact", colleague.pk, {"is_named": "on", "trained_on": "2026-02-01", "language": "en"}
    )

    assert "Nora Quay is named already" in errors(answer)["is_named"][0]


def test_an_invitation_is_sent_again_from_the_list(desk: Client, customer: Customer) -> None:
    add(desk, "contact", invited(customer))
    contact = Contact.objects.get()

    answer = desk.post(
        reverse("admin:contracts_contact_changelist"),
        {"action": "invite_again", "_selected_action": [contact.pk]},
        follow=True,
    )

    assert "The invitation goes out again to olaf@harbour.example." in answer.content.decode()
    assert OutboxMessage.objects.count() == 2


def test_a_member_of_staff_comes_in_by_invitation(desk: Client) -> None:
    add(desk, "user", {"email": "anna@desk.example", "name": "Anna", "role": AGENTS})

    user = User.objects.get(email="anna@desk.example")
    assert user.is_staff
    assert [group.name for group in user.groups.all()] == [AGENTS]


def test_an_account_is_disabled_and_given_back(desk: Client, agent: User) -> None:
    typed = {"name": "Agnes", "email": agent.email, "time_zone": "UTC", "roles": [agent.groups.get().pk]}

    change(desk, "user", agent.pk, typed)
    agent.refresh_from_db()
    assert not agent.is_active

    change(desk, "user", agent.pk, {**typed, "is_active": "on"})
    agent.refresh_from_db()
    assert agent.is_active


def test_a_refusal_undoes_all_of_the_change(desk: Client, manager: User) -> None:
    typed = {
        "name": "Renamed",
        "email": manager.email,
        "time_zone": "UTC",
        "roles": [manager.groups.get().pk],
    }

    answer = change(desk, "user", manager.pk, typed)

    assert "cannot end your own access" in str(errors(answer))
    manager.refresh_from_db()
    assert manager.name == "Max Lead"


def test_a_product_and_a_deployment_are_entered(desk: Client, customer: Customer) -> None:
    add(desk, "product", {"name": "Atlas", "slug": "atlas"})
    product = Product.objects.get()
    add(
        desk,
        "deployment",
        {"customer": customer.pk, "product": product.pk, "name": "Production", "kind": "hosted"},
    )

    assert str(Deployment.objects.get()) == "Atlas · Production"


def test_an_agent_keeps_a_deployments_version(client: Client, agent: User, deployment: Deployment) -> None:
    client.force_login(agent)

    change(client, "deployment", deployment.pk, {"name": "Production", "kind": "hosted", "version": "5.0"})

    deployment.refresh_from_db()
    assert deployment.version == "5.0"


def test_an_agent_cannot_sign_or_amend_a_contract(client: Client, agent: User, contract: Contract) -> None:
    client.force_login(agent)
    before = ContractFactory._meta.model.objects.values().get()

    assert add(client, "contract", {**SIGNED, "customer": contract.customer_id}).status_code == 403
    assert change(client, "contract", contract.pk, {"ends_on": "2026-12-31"}).status_code == 403
    assert Contract.objects.values().get() == before
