"""What happened while somebody wrote: they see it before their words go out, and nothing that was typed is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from contracts.models import User
from tickets.models import Message, Ticket
from tickets.models.event import Kind
from tickets.services import assignment, conversation, lifecycle, severity
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import words

PUBLIC = ("replies", "questions", "workaround", "resolution")


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file()


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def send(desk: Client, ticket: Ticket, noun: str, **typed: Any) -> Any:
    return desk.post(f"/admin/queue/{ticket.number}/{noun}/", typed)


@pytest.mark.parametrize("noun", PUBLIC)
def test_what_a_colleague_did_is_seen_before_anything_is_said(
    ticket: Ticket, desk: Client, manager: User, monday: datetime, noun: str
) -> None:
    seen = ticket.seq
    conversation.add_note(ticket=ticket, actor=manager, text="He called: solved.", at=monday)
    assignment.assign_ticket(ticket=ticket, actor=manager, assignee=manager, at=monday)
    answer = send(desk, ticket, noun, text="Please restart it.", seen=seen)
    assert answer.status_code == 409
    said = words(answer)
    assert "He called: solved." in said
    assert "Please restart it." in said
    assert not Message.objects.filter(text="Please restart it.").exists()
    form = next(offer.form for offer in answer.context["composers"] if offer.is_open)
    assert send(desk, ticket, noun, text="Please restart it.", seen=form["seen"].value()).status_code == 302


def test_what_one_did_oneself_is_no_news(ticket: Ticket, desk: Client, agent: User, monday: datetime) -> None:
    seen = ticket.seq
    conversation.add_note(ticket=ticket, actor=agent, text="I look into it.", at=monday)
    assignment.assign_ticket(ticket=ticket, actor=agent, assignee=agent, at=monday)
    assert send(desk, ticket, "replies", text="Restart it.", seen=seen).status_code == 302


def test_a_reopening_waits_for_what_came_meanwhile(
    ticket: Ticket, desk: Client, manager: User, monday: datetime
) -> None:
    lifecycle.resolve_ticket(ticket=ticket, actor=manager, text="Done.", at=monday)
    seen = Ticket.objects.get().seq
    conversation.reply_as_staff(
        ticket=ticket, actor=manager, text="Really.", at=monday + timedelta(minutes=1)
    )
    assert send(desk, ticket, "reopening", text="It is not.", seen=seen).status_code == 409


def test_two_who_assign_or_change_the_severity_see_one_another(
    ticket: Ticket, desk: Client, agent: User, manager: User, monday: datetime
) -> None:
    seen = ticket.seq
    assignment.assign_ticket(ticket=ticket, actor=manager, assignee=manager, at=monday)
    severity.change_severity(ticket=ticket, actor=manager, severity="P3", reason="One of many", at=monday)
    mine = send(desk, ticket, "assignee", assignee=str(agent.pk), seen=seen)
    changed = send(desk, ticket, "severity", severity="P1", reason="Nobody can work", seen=seen)
    assert (mine.status_code, changed.status_code) == (409, 409)
    assert "Nobody can work" in words(changed)
    assert Ticket.objects.get().assignee == manager
    now = Ticket.objects.get().seq
    assert send(desk, ticket, "assignee", assignee=str(agent.pk), seen=now).status_code == 302
    assert Ticket.objects.get().assignee == agent


def test_a_note_sent_twice_is_one_note(ticket: Ticket, desk: Client) -> None:
    for _ in range(2):
        send(desk, ticket, "notes", text="Odd.", seen=ticket.seq)
    assert ticket.events.filter(kind=Kind.NOTE_ADDED).count() == 1
