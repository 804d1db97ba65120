"""/tickets/<number>/replies/ and resolution/: a contact writes, and takes a resolution back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contracts.models import Contact, User
from tickets.models import Message, Ticket
from tickets.services import conversation, lifecycle
from tickets.tests.conftest import File
from tickets.tests.pages import client_of, words

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


# Replying


def test_a_reply_stands_in_the_conversation(nora: Client, file: File) -> None:
    ticket = file()
    response = nora.post(f"/tickets/{ticket.number}/replies/", {"text": "Still so"})
    assert (response.status_code, response.headers["Location"]) == (302, f"/tickets/{ticket.number}/")
    assert "Nora Quay wrote" in page(nora, ticket)
    assert "Still so" in page(nora, ticket)


def test_the_same_reply_sent_twice_is_one(nora: Client, file: File) -> None:
    ticket = file()
    typed = {"text": "Still so", "seen": ticket.seq}
    answers = [nora.post(f"/tickets/{ticket.number}/replies/", typed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert Message.objects.filter(text="Still so").count() == 1
    ticket.refresh_from_db()
    nora.post(f"/tickets/{ticket.number}/replies/", {**typed, "seen": ticket.seq})
    assert Message.objects.filter(text="Still so").count() == 2


def test_a_reply_is_taken_and_its_writer_told_who_wrote_meanwhile(
    nora: Client, file: File, agent: User, monday: datetime
) -> None:
    ticket = file()
    typed = {"text": "Still so", "seen": ticket.seq}
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday)
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="Restart it.", at=monday)
    nora.post(f"/tickets/{ticket.number}/replies/", typed)
    shown = page(nora, ticket)
    assert "Your reply is sent." in shown
    assert "Agnes Desk wrote while you did." in shown
    ticket.refresh_from_db()
    nora.post(f"/tickets/{ticket.number}/replies/", {"text": "I see.", "seen": ticket.seq})
    assert "wrote while you did" not in page(nora, ticket)


def test_an_empty_reply_says_what_to_do(nora: Client, file: File) -> None:
    response = nora.post(f"/tickets/{file().number}/replies/", {"text": " "})
    assert response.status_code == 422
    assert "Write your reply." in words(response)


def test_the_forms_have_pages_of_their_own(nora: Client, file: File, agent: User) -> None:
    ticket = file()
    assert "Send the reply" in words(nora.get(f"/tickets/{ticket.number}/replies/"))
    assert "nothing to reopen" in words(nora.get(f"/tickets/{ticket.number}/resolution/"))
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Fixed", at=ticket.filed_at)
    assert "Refuse it and reopen the ticket" in words(nora.get(f"/tickets/{ticket.number}/resolution/"))


def test_at3_web_a_colleague_who_is_not_named_reads_why_there_is_no_form(
    colleague: Contact, file: File, clock: time_machine.Traveller
) -> None:
    ticket, client = file(), client_of(colleague.user)
    for address in ("", "replies/", "resolution/"):
        text = words(client.get(f"/tickets/{ticket.number}/{address}"))
        assert "only named contacts may write to support" in text
        assert "Send the reply" not in text


def test_at3_web_who_is_not_named_can_neither_reply_nor_reopen(
    colleague: Contact, file: File, agent: User, clock: time_machine.Traveller
) -> None:
    ticket, client = file(), client_of(colleague.user)
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Fixed", at=ticket.filed_at)
    before = Message.objects.count()
    reply = client.post(f"/tickets/{ticket.number}/replies/", {"text": "Hello"})
    reopening = client.post(f"/tickets/{ticket.number}/resolution/", {"reason": "No"})
    assert (reply.status_code, reopening.status_code) == (422, 422)
    assert "only named contacts may write to support" in words(reopening)
    assert Message.objects.count() == before


def test_a_resolved_ticket_is_reopened_with_a_reason(
    nora: Client, file: File, agent: User, clock: time_machine.Traveller
) -> None:
    ticket = file()
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Fixed", at=ticket.filed_at)
    assert "This ticket is resolved." in page(nora, ticket)
    clock.shift(HOUR)
    address = f"/tickets/{ticket.number}/resolution/"
    assert "Write why the ticket is reopened." in words(nora.post(address, {"reason": ""}))
    assert nora.post(address, {"reason": "It came back"}).status_code == 302
    assert "Nora Quay reopened the ticket" in page(nora, ticket)


def test_the_same_reopening_sent_twice_is_one(nora: Client, file: File, agent: User) -> None:
    ticket = lifecycle.resolve_ticket(ticket=(filed := file()), actor=agent, text="Fixed", at=filed.filed_at)
    typed = {"reason": "It came back", "seen": ticket.seq}
    answers = [nora.post(f"/tickets/{ticket.number}/resolution/", typed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert Message.objects.filter(text="It came back").count() == 1


def test_reopening_what_is_open_is_refused_and_keeps_the_reason(nora: Client, file: File) -> None:
    response = nora.post(f"/tickets/{file().number}/resolution/", {"reason": "It came back"})
    assert response.status_code == 422
    assert "Only a resolved or closed ticket can be reopened." in words(response)
