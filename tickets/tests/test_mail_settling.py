"""What staff do with messages that were held."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from contracts.models import Contact, Contract, Deployment, OutboxMessage, User
from contracts.refusals import Refused
from portal.tests.servers import PATIENCE
from tickets.models import IncomingMail, Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services.conversation import ask_customer
from tickets.services.endings import accept_resolution
from tickets.services.lifecycle import resolve_ticket
from tickets.services.mail_settling import confirm_own_answer, discard_held, file_held, put_on_ticket
from tickets.tests.conftest import Clocks, File
from tickets.tests.letters import letter, send_in
from tickets.tests.soundness import faults_of_all

HOUR = timedelta(hours=1)
EVE = "eve@harbour.example"


@pytest.fixture
def nora(contact: Contact, deployment: Deployment, contract: Contract) -> Contact:
    """Nora, with Production under contract."""
    return contact


def test_a_held_message_becomes_a_contacts_request_from_when_it_came(
    nora: Contact, agent: User, manager: User, monday: datetime, clocks: Clocks
) -> None:
    mail = send_in(letter("Down.", sender=EVE, files=[("a.log", b"x")]), monday)
    ticket = file_held(mail=mail, contact=nora, actor=agent, at=monday + HOUR)
    mail.refresh_from_db()
    assert (mail.ticket, mail.settled_by, mail.settled_at) == (ticket, agent, monday + HOUR)
    assert (mail.message, mail.names) == (ticket.messages.get(), ["a.log"])
    assert (ticket.contact, ticket.channel, ticket.filed_at) == (nora, "email", monday)
    assert clocks(ticket, monday + HOUR)["response"].started_at == monday
    assert ticket.events.get(kind=Kind.FILED).data["released_by"] == agent.pk
    assert OutboxMessage.objects.get(kind="receipt").to == nora.user.email
    assert not IncomingMail.objects.held().exists()
    with pytest.raises(Refused, match="Agnes Desk settled this message before"):
        discard_held(mail=mail, reason="Spam", actor=manager, at=monday + HOUR)
    assert faults_of_all() == []


def test_a_held_message_is_put_on_a_ticket_as_a_reply_of_its_contact_who_must_be_allowed_to_write(
    nora: Contact, colleague: Contact, file: File, agent: User, monday: datetime
) -> None:
    ticket = file()
    ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + HOUR)
    mail = send_in(letter("4.7", sender=EVE), monday + 2 * HOUR)
    with pytest.raises(Refused, match=r"no such ticket|only named contacts"):
        put_on_ticket(mail=mail, ticket=ticket, contact=colleague, actor=agent, at=monday + 3 * HOUR)
    message = put_on_ticket(mail=mail, ticket=ticket, contact=nora, actor=agent, at=monday + 3 * HOUR)
    event = ticket.events.get(message=message)
    assert (event.kind, event.actor, event.happened_at) == (
        Kind.CUSTOMER_REPLIED,
        nora.user,
        monday + 2 * HOUR,
    )
    assert event.data["released_by"] == agent.pk
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday + 4 * HOUR)
    accept_resolution(ticket=ticket, actor=nora.user, at=monday + 5 * HOUR)
    mail = send_in(letter("Again.", sender=EVE), monday + 6 * HOUR)
    put_on_ticket(mail=mail, ticket=ticket, contact=nora, actor=agent, at=monday + 7 * HOUR)
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.events.get(kind=Kind.REOPENED).data["released_by"] == agent.pk
    assert faults_of_all() == []


def test_staffs_answer_by_mail_is_held_for_them_alone_to_confirm(
    nora: Contact, file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    raw = letter("We look at it.", sender="agnes@desk.example", subject=f"Re: [{ticket.number}]")
    mail = send_in(raw, monday + HOUR)
    assert ticket.number in mail.said
    assert (mail.ticket, ticket.messages.count()) == (None, 1)
    with pytest.raises(Refused, match=r"agnes@desk\.example"):
        confirm_own_answer(mail=mail, ticket=ticket, actor=manager, at=monday + 2 * HOUR)
    message = confirm_own_answer(mail=mail, ticket=ticket, actor=agent, at=monday + 2 * HOUR)
    event = ticket.events.get(message=message)
    assert (event.kind, event.happened_at) == (Kind.PUBLIC_REPLY, monday + 2 * HOUR)
    assert OutboxMessage.objects.get(kind="reply").to == nora.user.email


def test_a_held_message_is_discarded_with_a_reason_and_kept(
    nora: Contact, agent: User, monday: datetime
) -> None:
    mail = send_in(letter("Buy!", sender=EVE), monday)
    with pytest.raises(Refused, match="Write why"):
        discard_held(mail=mail, reason=" ", actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        discard_held(mail=mail, reason="Mine", actor=nora.user, at=monday)
    discard_held(mail=mail, reason="An advertisement", actor=agent, at=monday)
    mail.refresh_from_db()
    assert (mail.settled_because, mail.ticket, mail.raw.size) == ("An advertisement", None, mail.size)
    with pytest.raises(Refused, match="settled this message before"):
        file_held(mail=mail, contact=nora, actor=agent, at=monday)


def test_what_is_not_held_cannot_be_settled(nora: Contact, agent: User, monday: datetime) -> None:
    mail = send_in(letter("Down."), monday)
    with pytest.raises(Refused, match="not held"):
        file_held(mail=mail, contact=nora, actor=agent, at=monday)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_one_message_at_once_one_is_refused(
    nora: Contact, agent: User, manager: User, monday: datetime
) -> None:
    mail, meet = send_in(letter("Down.", sender=EVE), monday), threading.Barrier(2)

    def settle(actor: User) -> str:
        try:
            meet.wait(PATIENCE)
            file_held(mail=mail, contact=nora, actor=actor, at=monday + HOUR)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(settle, (agent, manager)))
    assert said[1] == "done"
    assert "settled this message before" in said[0]
    assert Ticket.objects.count() == 1
