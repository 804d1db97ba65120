"""Filing a ticket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.models import Contact, Contract, Deployment, OutboxMessage, Product, User
from contracts.models.contracts import Standing
from contracts.refusals import Refused
from contracts.services.contracts import set_standing
from contracts.services.products import add_deployment, save_deployment
from tickets.models import Clock, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.numbers import ALPHABET
from tickets.tests.conftest import Clocks, File
from tickets.tests.pages import client_of, words


def test_a_ticket_has_a_number_that_cannot_be_misread(file: File) -> None:
    prefix, _, characters = file().number.partition("-")
    assert (prefix, len(characters)) == ("VK", 6)
    assert set(characters) <= set(ALPHABET)


def test_the_clock_of_the_response_runs_from_the_filing(file: File, monday: datetime) -> None:
    clock = file().clocks.get()
    # Monday 10:00 in Los Angeles and 16 business hours: seven today, eight on Tuesday, one on Wednesday.
    assert (clock.name, clock.state, clock.started_at) == ("response", "running", monday)
    assert clock.due_at == datetime(2026, 11, 25, 18, tzinfo=UTC)


def test_the_nearest_due_date_stands_on_the_ticket_for_lists(file: File) -> None:
    ticket = file()
    assert ticket.next_due_at == ticket.queue_at == ticket.clocks.get().due_at


def test_the_same_submission_makes_one_ticket(file: File) -> None:
    assert file(submission_key="once") == file(submission_key="once")
    assert Ticket.objects.count() == TicketEvent.objects.filter(kind=Kind.FILED).count() == 1
    assert OutboxMessage.objects.filter(kind="receipt").count() == 1


def test_another_person_cannot_learn_of_a_ticket_by_its_submission_key(
    file: File, stranger: Contact, deployment: Deployment
) -> None:
    file(submission_key="guessed")
    with pytest.raises(Refused):
        file(submission_key="guessed", contact=stranger)


def test_a_request_for_another_customers_installation_is_refused(file: File, stranger: Contact) -> None:
    with pytest.raises(Refused, match="your own installations"):
        file(contact=stranger)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ({"subject": "  "}, "subject"),
        ({"text": ""}, "what happens"),
        ({"steps": " "}, "steps that lead to it"),
        ({"effect": ""}, "what its effect is"),
        ({"severity": "P9"}, "unknown severity"),
        ({"request_type": "cake"}, "unknown request type"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stored(
    file: File, missing: dict[str, Any], message: str
) -> None:
    with pytest.raises(Refused, match=message):
        file(**missing)
    assert not Ticket.objects.exists()


def test_vk11_the_receipt_carries_the_number(file: File, contact: Contact) -> None:
    ticket = file()
    receipt = OutboxMessage.objects.get(kind="receipt")
    assert receipt.to == contact.user.email
    assert ticket.number in receipt.subject
    assert ticket.number in receipt.text


def test_the_receipt_is_written_with_the_ticket_or_not_at_all(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.notifications.tell_filed", _break)
    with pytest.raises(RuntimeError):
        file()
    assert not Ticket.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_the_staff_hear_of_a_new_ticket(file: File, agent: User, manager: User) -> None:
    file()
    told = OutboxMessage.objects.filter(kind="new_ticket").values_list("to", flat=True)
    assert set(told) == {agent.email, manager.email}


def test_at2_a_request_in_bad_standing_is_kept_and_has_no_clock(
    file: File, contract: Contract, manager: User, monday: datetime
) -> None:
    set_standing(
        contract=contract, standing=Standing.PAYMENT_DUE, reason="Invoice 7", actor=manager, at=monday
    )
    ticket = file()
    assert [reason["code"] for reason in ticket.kept_because] == ["standing"]
    assert not Clock.objects.exists()
    assert OutboxMessage.objects.get(kind="kept").to == ticket.contact.user.email


def test_at3_web_a_contact_who_is_not_named_is_answered_with_the_reason(
    file: File, colleague: Contact
) -> None:
    ticket = file(contact=colleague)
    assert [reason["code"] for reason in ticket.kept_because] == ["not_named"]
    assert not ticket.runs_clocks


def test_at4_the_response_runs_from_submission_to_the_first_acknowledgement(
    file: File, clocks: Clocks, monday: datetime
) -> None:
    found = clocks(file(), monday + timedelta(hours=1))
    assert (found["response"].started_at, found["response"].remaining) == (monday, timedelta(hours=15))


def test_a_request_type_without_clocks_has_none(
    file: File, contract: Contract, contact: Contact, deployment: Deployment
) -> None:
    from contracts.tests.factories import published

    contract.policy_version = published("vivvo")
    contract.save()
    ticket = file(severity="no-effect", request_type="presales")
    assert not ticket.runs_clocks
    assert not ticket.clocks.exists()


def _break(*_: object, **__: object) -> None:
    raise RuntimeError


def test_vk1_a_ticket_names_its_deployment_and_keeps_the_version_of_its_filing_through_an_upgrade(
    file: File,
    contract: Contract,
    deployment: Deployment,
    product: Product,
    contact: Contact,
    monday: datetime,
) -> None:
    on_premises, an_agent = (
        add_deployment(
            customer=contact.customer,
            product=product,
            name=name,
            kind=kind,
            version="4.2",
            actor=None,
            at=monday,
        )
        for name, kind in (("Quay", "on_premises"), ("Crane", "agent"))
    )
    contract.deployments.add(on_premises, an_agent)
    tickets = {each.kind: file(deployment=each) for each in (deployment, on_premises, an_agent)}
    for each in (deployment, on_premises, an_agent):
        save_deployment(deployment=each, name=each.name, kind=each.kind, version="5.0", actor=None, at=monday)
    for kind, ticket in tickets.items():
        ticket.refresh_from_db()
        assert ticket.deployment is not None
        assert (ticket.deployment.kind, ticket.deployment_version) == (kind, "4.2")
        assert (ticket.contract, ticket.runs_clocks) == (contract, True)
        assert ticket.deployment.version == "5.0"
    page = words(client_of(contact.user).get(f"/tickets/{tickets['agent'].number}/"))
    assert "Atlas · Crane" in page
    assert "Version when filed 4.2" in page
