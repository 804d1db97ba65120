"""/tickets/new/: which installation, the form with its promises, and one ticket."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, Contract, Deployment, OutboxMessage, Product, User
from contracts.models.contracts import Standing
from contracts.services.contracts import set_standing
from contracts.tests.factories import DeploymentFactory
from tickets.models import Ticket
from tickets.tests.pages import client_of, filled_in, form_address, key_on, put_under, send, words

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


def form(client: Client, deployment: Deployment) -> Any:
    return client.get(form_address(deployment))


# Which installation


def test_the_only_installation_need_not_be_chosen(nora: Client, deployment: Deployment) -> None:
    page = nora.get("/tickets/new/")
    assert f'action="{form_address(deployment)}"' in page.content.decode()


def test_of_several_installations_one_is_chosen_by_a_link(
    nora: Client, deployment: Deployment, product: Product
) -> None:
    other = DeploymentFactory.create(customer=deployment.customer, product=product, name="Test site")
    page = nora.get("/tickets/new/").content.decode()
    assert f'href="?deployment={deployment.pk}"' in page
    assert f'href="?deployment={other.pk}"' in page
    assert "data-filing" not in page


def test_another_customers_installation_is_not_found(
    nora: Client, stranger: Contact, product: Product
) -> None:
    theirs = DeploymentFactory.create(customer=stranger.customer, product=product)
    assert form(nora, theirs).status_code == 404


@pytest.mark.parametrize("key", ["", "0", "abc", "9" * 30, "-1", "²"])
def test_what_is_no_installation_is_not_found(nora: Client, key: str) -> None:
    assert nora.get("/tickets/new/", {"deployment": key}).status_code == 404


def test_without_an_installation_the_page_says_how_to_get_one(stranger: Contact) -> None:
    assert "There is no installation yet" in words(client_of(stranger.user).get("/tickets/new/"))


# Who is not entitled


def test_at3_web_who_is_not_named_reads_why_before_anything_is_sent(
    colleague: Contact, contact: Contact, contract: Contract, deployment: Deployment
) -> None:
    text = words(form(client_of(colleague.user), deployment))
    assert "No clock runs for this request as things stand." in text
    assert "only a named contact may submit" in text
    assert "Answer due by" not in text


def test_at3_web_the_request_of_who_is_not_named_is_kept_and_says_what_to_do(
    colleague: Contact, contact: Contact, contract: Contract, deployment: Deployment
) -> None:
    client = client_of(colleague.user)
    page = client.get(send(client, deployment).headers["Location"])
    text = words(page)
    assert "but no clock runs for it" in text
    assert "Ask your named contact (Nora Quay) to submit it" in text
    assert "tracking number" not in text


def test_at2_in_bad_standing_the_form_says_so_beforehand(
    nora: Client, contract: Contract, deployment: Deployment, manager: User, monday: datetime
) -> None:
    standing = Standing.PAYMENT_DUE
    set_standing(contract=contract, standing=standing, reason="Invoice 7", actor=manager, at=monday)
    assert "Invoice 7. Settle it, and we will take up your request." in words(form(nora, deployment))


def test_without_a_contract_the_request_can_be_sent_and_is_kept(
    contact: Contact, deployment: Deployment
) -> None:
    client = client_of(contact.user)
    assert "has no support contract for this" in words(form(client, deployment))
    send(client, deployment)
    assert [reason["code"] for reason in Ticket.objects.get().kept_because] == ["no_contract"]


# Sending


def test_a_request_that_is_sent_leads_to_its_ticket(nora: Client, deployment: Deployment) -> None:
    response = send(nora, deployment, percent="")
    ticket = Ticket.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/tickets/{ticket.number}/")
    assert (ticket.affected_percent, ticket.has_workaround, ticket.severity) == (100, False, "P2")
    assert (ticket.steps, ticket.effect) == ("Sign in and wait.", "Nobody can work.")


def test_vk11_the_number_stands_on_the_page_and_goes_by_email(nora: Client, deployment: Deployment) -> None:
    page = nora.get(send(nora, deployment).headers["Location"])
    number = Ticket.objects.get().number
    assert f"Its tracking number is {number}." in words(page)
    assert number in OutboxMessage.objects.get(kind="receipt").subject


def test_at4_at10_the_receipt_says_when_the_answer_is_due(nora: Client, deployment: Deployment) -> None:
    page = nora.get(send(nora, deployment).headers["Location"])
    assert "Response due by Wed 25 Nov, 18:00 · 10:00 PST, within 2 business days" in words(page)


def test_the_same_form_sent_twice_makes_one_ticket(nora: Client, deployment: Deployment) -> None:
    data = filled_in(nora, deployment)
    first, second = (nora.post(form_address(deployment), data) for _ in range(2))
    assert Ticket.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]
    assert "it makes one ticket" in words(nora.get(second.headers["Location"]))


def test_a_form_without_our_key_is_not_taken_and_keeps_what_was_typed(
    nora: Client, deployment: Deployment
) -> None:
    page = send(nora, deployment, submission_key="made-up")
    assert page.status_code == 422
    assert "could not be recognised" in words(page)
    assert "After ten minutes everybody is signed out." in page.content.decode()
    again = nora.post(form_address(deployment), filled_in(nora, deployment, submission_key=key_on(page)))
    assert again.status_code == 302


def test_the_key_of_another_persons_form_is_not_taken(
    nora: Client, colleague: Contact, deployment: Deployment
) -> None:
    theirs = key_on(form(client_of(colleague.user), deployment))
    assert send(nora, deployment, submission_key=theirs).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject": ""}, "Write a subject."),
        ({"text": "  "}, "Write what happens."),
        ({"severity": ""}, "Choose a severity."),
        ({"severity": "P9"}, "P9 is not one of the available choices."),
        ({"request_type": ""}, "Choose what it is about."),
        ({"affected": "some"}, "Write about how many of you, in per cent."),
        ({"affected": "some", "percent": "0"}, "or choose nobody"),
        ({"affected": "some", "percent": "100"}, "or choose everyone"),
        ({"affected": "some", "percent": "many"}, "Write a whole number from 1 to 99."),
        ({"subject": "x" * 201}, "at most 200 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    nora: Client, deployment: Deployment, changed: dict[str, str], said: str
) -> None:
    page = send(nora, deployment, **changed)
    body = page.content.decode()
    assert page.status_code == 422
    assert said in words(page)
    assert "Nobody can work." in body
    assert not Ticket.objects.exists()


def test_at5_web_the_form_asks_for_the_steps_and_the_effect(nora: Client, deployment: Deployment) -> None:
    page = send(nora, deployment, steps="", effect="")
    text = words(page)
    assert "Write the steps that lead to it; your support policy asks for them." in text
    assert "Write what its effect is; your support policy asks for it." in text


def test_a_policy_that_does_not_ask_for_the_effect_has_no_field_for_it(
    nora: Client, contract: Contract, deployment: Deployment
) -> None:
    put_under(contract, "viakoo")
    assert 'name="effect"' not in form(nora, deployment).content.decode()
    response = send(nora, deployment, request_type="error", severity="minor", steps="")
    assert response.status_code == 302
