"""/tickets/<number>/: clocks, conversation, facts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, User
from contracts.models.contracts import Standing
from contracts.services.contracts import set_standing
from tickets.models import Message, Ticket, TicketEvent
from tickets.services import assignment, conversation, lifecycle, noticing, severity
from tickets.services.kept import change_standing
from tickets.tests.conftest import File
from tickets.tests.pages import client_of, put_under, words

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monday: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(monday, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nora(contact: Contact, clock: time_machine.Traveller) -> Client:
    return client_of(contact.user)


def page(client: Client, ticket: Ticket, query: str = "") -> str:
    response = client.get(f"/tickets/{ticket.number}/{query}")
    assert response.status_code == 200
    return words(response)


def queries(client: Client, ticket: Ticket) -> int:
    with CaptureQueriesContext(connection) as caught:
        page(client, ticket)
    return len(caught)


# Clocks


def test_every_clock_stands_with_its_promise_and_why_then(
    nora: Client, file: File, contract: Contract
) -> None:
    put_under(contract, "viakoo")
    text = page(nora, file(severity="serious"))
    for said in (
        "Response",
        "target: within 4 business hours",
        "Workaround",
        "target: within 48 hours",
        "Resolution",
        "target: within 1 week",
        "Why then?",
    ):
        assert said in text


def test_vk12_vk14_vk15_the_due_dates_are_those_of_the_policy(
    nora: Client, file: File, contract: Contract
) -> None:
    put_under(contract, "viakoo")
    text = page(nora, file(severity="serious"))
    assert "due Mon 23 Nov, 22:00 · 14:00 PST" in text
    assert "due Wed 25 Nov, 18:00 · 10:00 PST" in text
    assert "due Mon 30 Nov, 18:00 · 10:00 PST" in text


def test_the_page_tells_the_truth_while_no_worker_runs(
    nora: Client, file: File, clock: time_machine.Traveller
) -> None:
    ticket = file(severity="P1")
    clock.shift(5 * HOUR)
    assert "Overdue since Mon 23 Nov, 22:00 · 14:00 PST" in page(nora, ticket)


def test_a_kept_request_says_why_and_what_to_do(
    nora: Client, file: File, contract: Contract, manager: User, monday: datetime
) -> None:
    standing, at = Standing.PAYMENT_DUE, file().filed_at
    set_standing(contract=contract, standing=standing, reason="Invoice 7", actor=manager, at=at)
    ticket = file()
    text = page(nora, ticket)
    assert f"We have kept your request under the number {ticket.number}, but no clock runs for it." in text
    assert "Invoice 7. Settle it" in text
    assert "What is promised" not in text
    change_standing(contract=contract, standing=Standing.CURRENT, reason="", actor=manager, at=at + HOUR)
    assert "The clocks started" in page(nora, ticket)


# The column of time


def test_what_happened_stands_in_the_order_of_time(
    nora: Client, file: File, agent: User, clock: time_machine.Traveller
) -> None:
    ticket = file(severity="P1")
    at = ticket.filed_at
    lifecycle.acknowledge_ticket(ticket=ticket, actor=agent, at=at + HOUR)
    lifecycle.start_work(ticket=ticket, actor=agent, at=at + 2 * HOUR)
    severity.change_severity(
        ticket=ticket, actor=agent, severity="P2", reason="Some can work", at=at + 3 * HOUR
    )
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="We look into it", at=at + 4 * HOUR)
    lifecycle.provide_workaround(ticket=ticket, actor=agent, text="Pin the session", at=at + 5 * HOUR)
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Fixed in 4.3", at=at + 6 * HOUR)
    clock.shift(7 * HOUR)
    text = page(nora, ticket)
    told = [
        "filed the request by web form",
        "acknowledged the request",
        "started work",
        "changed the severity from Severe Business Impact to Significant Loss of Functionality",
        "Some can work",
        "We look into it",
        "Pin the session",
        "Fixed in 4.3",
    ]
    places = [text.index(each) for each in told]
    assert places == sorted(places)
    newest = page(nora, ticket, "?order=newest")
    assert newest.index("Fixed in 4.3") < newest.index("We look into it") < newest.index("After ten minutes")


def test_a_miss_stands_where_it_happened(
    nora: Client, file: File, agent: User, clock: time_machine.Traveller
) -> None:
    ticket = file(severity="P1")
    clock.shift(6 * HOUR)
    noticing.record_misses(at=ticket.filed_at + 5 * HOUR)
    assert "Missed. The response was due and had not come · Mon 23 Nov, 22:00 UTC" in page(nora, ticket)


def test_what_staff_write_for_staff_is_not_on_the_page(
    nora: Client, file: File, agent: User, manager: User
) -> None:
    ticket = file()
    at = ticket.filed_at
    conversation.add_note(ticket=ticket, actor=agent, text="Between us", at=at)
    assignment.assign_ticket(ticket=ticket, actor=agent, assignee=manager, at=at)
    staff = client_of(agent)
    for client in (nora, staff):
        text = page(client, ticket)
        assert "Between us" not in text
        assert "assigned" not in text


def test_what_was_reported_stands_with_the_first_message(nora: Client, file: File) -> None:
    text = page(nora, file(affected_percent=30, has_workaround=False))
    assert (
        "Steps Sign in and wait. Effect Nobody can work. Affected about 30 % Workaround there is none" in text
    )


def test_vk18_the_page_says_what_is_awaited_since_when(
    nora: Client, file: File, agent: User, clock: time_machine.Traveller
) -> None:
    ticket = file()
    ask = {"ticket": ticket, "actor": agent, "text": "Send the log of 06:00 to 08:00"}
    conversation.ask_customer(**ask, at=ticket.filed_at + HOUR)  # type: ignore[arg-type]  # given by name, of the types that it takes
    clock.shift(2 * HOUR)
    text = page(nora, ticket)
    assert "Waiting for you" in text
    assert "We have been waiting for you since Mon 23 Nov, 19:00 · 11:00 PST. What we need:" in text
    assert "asked for something" in text
    assert nora.post(f"/tickets/{ticket.number}/replies/", {"text": "Here it is"}).status_code == 302
    assert "We have been waiting" not in page(nora, ticket)


def test_a_severity_is_proposed_until_staff_confirm_it(nora: Client, file: File, agent: User) -> None:
    ticket = file()
    assert "Significant Loss of Functionality, proposed by Nora Quay, to be confirmed by us" in page(
        nora, ticket
    )
    severity.confirm_severity(ticket=ticket, actor=agent, at=ticket.filed_at)
    assert "Significant Loss of Functionality, confirmed by us" in page(nora, ticket)


def test_the_facts_name_installation_contract_and_policy(nora: Client, file: File) -> None:
    text = page(nora, file())
    assert "Atlas · Production" in text
    assert "A-1, Support Services" in text
    assert "Atheer Technical Support" in text


# Who may see it


@pytest.mark.parametrize("below", ["", "replies/", "resolution/"])
def test_a_stranger_finds_no_ticket(
    stranger: Contact, file: File, clock: time_machine.Traveller, below: str
) -> None:
    client, ticket = client_of(stranger.user), file()
    there, nowhere = (
        client.get(f"/tickets/{ticket.number}/{below}"),
        client.get(f"/tickets/VK-222222/{below}"),
    )
    assert there.status_code == nowhere.status_code == 404
    assert words(there) == words(nowhere)


def test_a_number_may_be_typed_in_small_letters(nora: Client, file: File) -> None:
    assert nora.get(f"/tickets/{file().number.lower()}/").status_code == 200


def test_staff_read_it_as_the_customer_does_and_cannot_reply_here(
    file: File, agent: User, clock: time_machine.Traveller
) -> None:
    text = page(client_of(agent), file())
    assert "You read this as the customer does." in text
    assert "Only people of the customer can reply here." in text


def test_what_people_write_is_shown_as_text(nora: Client, file: File) -> None:
    ticket = file(subject="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    body = nora.get(f"/tickets/{ticket.number}/").content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body


# How much it asks of the database


def test_the_page_takes_at_most_twelve_queries_however_long_the_conversation_is(
    nora: Client, file: File, agent: User
) -> None:
    ticket = file()
    _talk(ticket, agent, 3)
    few = queries(nora, ticket)
    _talk(ticket, agent, 300)
    assert queries(nora, ticket) <= few <= 12


def _talk(ticket: Ticket, agent: User, times: int) -> None:
    """So many replies as rows alone: the verb reads the record each time, which takes long."""
    at, last = ticket.filed_at, ticket.events.count()
    said = Message.objects.bulk_create(
        Message(ticket=ticket, kind="reply", author=agent, by_staff=True, text="Hello", written_at=at)
        for _ in range(times)
    )
    TicketEvent.objects.bulk_create(
        TicketEvent(
            ticket=ticket,
            seq=seq,
            happened_at=at,
            recorded_at=at,
            kind="public_reply",
            message=message,
            actor=agent,
        )
        for seq, message in enumerate(said, last + 1)
    )
