"""One verb on many tickets: what was done, what was refused and why, and nothing twice."""

from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from contracts.models import Contact, User
from tickets import notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services import conversation, lifecycle
from tickets.services.bulk import MOST
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import words

BULK = "/admin/queue/bulk/"


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def ticked(*tickets: Ticket) -> list[str]:
    return [f"{ticket.number}.{ticket.seq}" for ticket in tickets]


def send(desk: Client, verb: str, tickets: list[str], **typed: Any) -> Any:
    return desk.post(
        BULK, {"verb": verb, "ticket": tickets, "back": "?show=mine&severity=P1", **typed}, follow=True
    )


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


def test_what_can_be_done_is_done_and_the_rest_is_told_with_its_reason(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    new, done, seen = file(), file(), file()
    lifecycle.resolve_ticket(ticket=done, actor=agent, text="So.", at=monday)
    lifecycle.acknowledge_ticket(ticket=seen, actor=agent, at=monday)
    page = send(desk, "acknowledge", [*ticked(new, done, seen), "VK-222222.1", "\0.x"])
    assert kinds(new).count(Kind.ACKNOWLEDGED) == kinds(seen).count(Kind.ACKNOWLEDGED) == 1
    text = words(page)
    for said in (
        f"{done.number} {done.subject} The ticket is resolved. Reopen it first.",
        "It was acknowledged before.",
    ):
        assert said in text
    assert "VK-222222 There is no such ticket." in text
    assert text.index("Not done") < text.index(f"Acknowledged {new.number}")
    assert "?show=mine&amp;severity=P1" in page.content.decode()
    assert_nothing_inline(page)


def test_all_done_says_so_above_the_queue(file: File, desk: Client, agent: User) -> None:
    one, two = file(severity="P1"), file(severity="P1")
    page = send(desk, "assign_to_me", ticked(one, two))
    assert page.redirect_chain == [("/admin/queue/?show=mine&severity=P1", 302)]
    assert f"Assigned to you: {one.number}, {two.number}." in words(page)
    assert Ticket.objects.filter(assignee=agent).count() == 2


def test_a_text_is_asked_for_on_a_step_of_its_own_and_each_customer_reads_it(
    file: File, desk: Client
) -> None:
    one, two = file(), file()
    step = send(desk, "reply", ticked(one, two))
    assert Kind.PUBLIC_REPLY not in kinds(one)
    assert f'value="{one.number}.{one.seq}" checked' in step.content.decode()
    assert send(desk, "reply", ticked(one, two), send="1", text=" ").status_code == 422
    send(desk, "reply", ticked(one, two), send="1", text="We are on it.")
    for ticket in (one, two):
        assert ticket.messages.filter(text="We are on it.").count() == 1


def test_the_same_form_twice_says_nothing_twice(file: File, desk: Client) -> None:
    one, two = file(), file()
    for verb, text in (("reply", "We are on it."), ("note", "Same cause.")):
        for _ in range(2):
            assert send(desk, verb, ticked(one, two), send="1", text=text).status_code == 200
        assert one.messages.filter(text=text).count() == two.messages.filter(text=text).count() == 1


def test_nobody_is_answered_unread(file: File, desk: Client, contact: Contact, monday: datetime) -> None:
    calm, busy = file(), file()
    boxes = ticked(calm, busy)
    conversation.reply_as_contact(ticket=busy, actor=contact.user, text="It burns.", at=monday)
    page = send(desk, "reply", [*boxes, f"{file().number}."], send="1", text="All is well.")
    assert calm.messages.filter(text="All is well.").exists()
    assert not busy.messages.filter(text="All is well.").exists()
    assert "Read it before you write." in words(page)
    assert "All is well." in words(page)  # kept, to be sent to those once they were read
    busy.refresh_from_db()
    send(desk, "reply", ticked(busy), send="1", text="All is well.")
    assert busy.messages.filter(text="All is well.").exists()


def test_to_another_or_to_nobody(file: File, desk: Client, manager: User) -> None:
    ticket = file()
    send(desk, "assign", ticked(ticket), send="1", assignee=str(manager.pk))
    assert Ticket.objects.get().assignee == manager
    assert send(desk, "assign", ticked(ticket), send="1", assignee="999").status_code == 422
    send(desk, "assign", ticked(ticket), send="1", assignee="nobody")
    assert Ticket.objects.get().assignee is None


def test_none_and_too_many_change_nothing(file: File, desk: Client) -> None:
    assert "Tick the tickets first." in words(send(desk, "acknowledge", []))
    assert "Tick the tickets first." in words(send(desk, "note", []))
    ticket = file()
    many = [*ticked(ticket), *(f"VK-{number:06}.1" for number in range(MOST))]
    assert f"Tick {MOST} tickets at most" in words(send(desk, "acknowledge", many))
    assert Kind.ACKNOWLEDGED not in kinds(ticket)
    assert desk.post(BULK, {"verb": "delete", "ticket": ticked(ticket)}).status_code == 302


def test_a_database_that_fails_on_one_leaves_the_others_done(file: File, desk: Client) -> None:
    one, two = file(), file()
    real = notifications.tell_contact

    def fails_on_one(ticket: Ticket, *args: Any) -> Any:
        if ticket.pk == one.pk:
            raise OperationalError("busy")
        return real(ticket, *args)

    with patch.object(notifications, "tell_contact", fails_on_one):
        page = send(desk, "acknowledge", ticked(one, two))
    assert Kind.ACKNOWLEDGED not in kinds(one)
    assert Kind.ACKNOWLEDGED in kinds(two)
    assert "The database did not answer" in words(page)
