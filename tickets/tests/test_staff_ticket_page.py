"""A ticket's page for staff: what it shows, each verb through it, and who may not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, User
from tickets.models import Attachment, Clock, Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services import conversation, lifecycle
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of, more_said
from tickets.tests.pages import client_of, text_file, words

HOUR = timedelta(hours=1)
MOST_QUERIES = 14

# the noun, what is sent, the event that it records
VERBS: list[tuple[str, dict[str, str], Kind]] = [
    ("acknowledgement", {}, Kind.ACKNOWLEDGED),
    ("work", {}, Kind.WORK_STARTED),
    ("replies", {"text": "Try it now."}, Kind.PUBLIC_REPLY),
    ("notes", {"text": "Odd."}, Kind.NOTE_ADDED),
    ("questions", {"text": "Which version?"}, Kind.WAITING_ON_CUSTOMER),
    ("workaround", {"text": "Use the other door."}, Kind.WORKAROUND_PROVIDED),
    ("severity", {"severity": "P1", "reason": "Nobody can work."}, Kind.SEVERITY_CHANGED),
    ("severity/confirmation", {}, Kind.SEVERITY_CONFIRMED),
    ("resolution", {"text": "Restarted."}, Kind.RESOLVED),
    ("assignee", {"assignee": "me"}, Kind.ASSIGNED),
]


@pytest.fixture
def ticket(file: File) -> Ticket:
    return file()


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def address(ticket: Ticket, noun: str = "") -> str:
    return f"/admin/queue/{ticket.number}/" + (f"{noun}/" if noun else "")


def send(desk: Client, ticket: Ticket, noun: str, **typed: Any) -> Any:
    return desk.post(address(ticket, noun), typed)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


@pytest.mark.parametrize(("noun", "typed", "kind"), VERBS, ids=[noun for noun, *_ in VERBS])
def test_an_agent_does_it_on_the_page(
    ticket: Ticket, desk: Client, agent: User, noun: str, typed: dict[str, str], kind: Kind
) -> None:
    typed = {name: str(agent.pk) if value == "me" else value for name, value in typed.items()}
    answer = send(desk, ticket, noun, **typed)
    assert answer.status_code == 302
    assert answer.headers["Location"] == address(ticket) + "#container"
    event = ticket.events.get(kind=kind)
    assert event.actor == agent


def test_an_agent_reopens_on_the_page(ticket: Ticket, desk: Client, agent: User, monday: datetime) -> None:
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Restarted.", at=monday)
    send(desk, ticket, "reopening", text="It came back.")
    assert Kind.REOPENED in kinds(ticket)


@pytest.mark.parametrize(("noun", "typed", "_kind"), VERBS, ids=[noun for noun, *_ in VERBS])
def test_nobody_else_does_it(
    ticket: Ticket,
    client: Client,
    contact: Contact,
    stranger: Contact,
    noun: str,
    typed: dict[str, str],
    _kind: Kind,
) -> None:
    before = kinds(ticket)
    for visitor in (client, client_of(contact.user), client_of(stranger.user)):
        assert visitor.post(address(ticket, noun), typed).status_code == 302
        assert visitor.get(address(ticket)).status_code == 302
        assert visitor.get(address(ticket, "record")).status_code == 302
    assert kinds(ticket) == before


@pytest.mark.parametrize(("noun", "typed", "_kind"), VERBS, ids=[noun for noun, *_ in VERBS])
def test_without_its_token_nothing_is_done(
    ticket: Ticket, agent: User, noun: str, typed: dict[str, str], _kind: Kind
) -> None:
    desk_of(agent)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post(address(ticket, noun), typed).status_code == 403


def test_after_it_is_done_the_page_says_so(ticket: Ticket, desk: Client) -> None:
    answer = desk.post(address(ticket, "acknowledgement"), follow=True)
    assert "Acknowledged. The customer is told" in words(answer)


def test_a_verb_sent_twice_is_refused_with_its_reason(ticket: Ticket, desk: Client) -> None:
    send(desk, ticket, "acknowledgement")
    answer = send(desk, ticket, "acknowledgement")
    assert answer.status_code == 422
    assert "It was acknowledged before." in words(answer)


def test_what_is_refused_keeps_what_was_typed(
    ticket: Ticket, desk: Client, agent: User, monday: datetime
) -> None:
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Restarted.", at=monday)
    answer = send(desk, ticket, "questions", text="Which version, and since when?")
    assert "Reopen it first." in words(answer)
    assert "Which version, and since when?" in words(answer)


def test_a_text_that_is_missing_is_asked_for(ticket: Ticket, desk: Client) -> None:
    answer = send(desk, ticket, "replies", text=" ")
    assert answer.status_code == 422
    assert "Write something first." in words(answer)


def test_a_severity_needs_a_reason_and_keeps_what_was_chosen(ticket: Ticket, desk: Client) -> None:
    answer = send(desk, ticket, "severity", severity="P1", reason="")
    assert answer.status_code == 422
    assert b'value="P1" selected' in answer.content


def test_only_what_can_be_done_is_offered(ticket: Ticket, desk: Client) -> None:
    send(desk, ticket, "acknowledgement")
    page = desk.get(address(ticket))
    assert [offer.verb.name for offer in page.context["buttons"]] == ["start_work", "confirm_severity"]
    assert "reopen" not in [offer.verb.name for offer in page.context["composers"]]
    assert "It was acknowledged before." in words(page)


def test_a_kept_ticket_without_a_contract_offers_no_severity(ticket: Ticket, desk: Client) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(policy_version=None, contract=None, tier="", runs_clocks=False)
    page = desk.get(address(ticket))
    assert [offer.verb.name for offer in page.context["asides"]] == ["assign"]
    assert "The ticket has no contract yet" in words(page)


def test_what_was_said_meanwhile_is_shown_before_a_reply_goes_out(
    ticket: Ticket, desk: Client, contact: Contact, monday: datetime
) -> None:
    seen = desk.get(address(ticket)).context["ticket"].seq
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="It is over now.", at=monday)
    answer = send(desk, ticket, "replies", text="Please restart it.", seen=seen)
    assert answer.status_code == 409
    assert "Not sent yet" in words(answer)
    assert "It is over now." in words(answer)
    assert "Please restart it." in words(answer)
    assert Kind.PUBLIC_REPLY not in kinds(ticket)


def test_a_reply_can_be_sent_all_the_same(
    ticket: Ticket, desk: Client, contact: Contact, monday: datetime
) -> None:
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="It is over now.", at=monday)
    shown = send(desk, ticket, "replies", text="Please restart it.", seen=1)
    offer = next(offer for offer in shown.context["composers"] if offer.is_open)
    assert offer.button == "Send anyway"
    send(desk, ticket, "replies", text="Please restart it.", seen=offer.form["seen"].value())
    assert Kind.PUBLIC_REPLY in kinds(ticket)


def test_a_double_click_sends_one_reply(ticket: Ticket, desk: Client) -> None:
    seen = desk.get(address(ticket)).context["ticket"].seq
    for _ in range(2):
        send(desk, ticket, "replies", text="Please restart it.", seen=seen)
    assert kinds(ticket).count(Kind.PUBLIC_REPLY) == 1


def test_a_note_meanwhile_holds_nothing_up(
    ticket: Ticket, desk: Client, agent: User, monday: datetime
) -> None:
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday)
    assert send(desk, ticket, "replies", text="Please restart it.", seen=2).status_code == 302


def test_a_file_comes_with_a_note(ticket: Ticket, desk: Client) -> None:
    send(desk, ticket, "notes", text="The log.", files=[text_file("a.txt"), text_file("b.txt")])
    assert list(Attachment.objects.values_list("name", flat=True)) == ["a.txt", "b.txt"]
    assert "b.txt" in words(desk.get(address(ticket)))


def test_a_file_of_a_wrong_kind_is_refused_and_the_text_kept(ticket: Ticket, desk: Client) -> None:
    answer = send(desk, ticket, "replies", text="See the file.", files=[text_file("a.exe")])
    assert answer.status_code == 422
    assert "See the file." in words(answer)
    assert "a.exe is of a kind that is not taken." in words(answer)


@pytest.mark.parametrize("who", ["me", "other", "nobody"])
def test_it_is_assigned_to_me_to_another_or_to_nobody(
    ticket: Ticket, desk: Client, agent: User, manager: User, who: str
) -> None:
    wanted = {"me": agent, "other": manager, "nobody": None}[who]
    if wanted is None:
        send(desk, ticket, "assignee", assignee=str(agent.pk))
    send(desk, ticket, "assignee", assignee=str(wanted.pk) if wanted else "nobody")
    assert Ticket.objects.get(pk=ticket.pk).assignee == wanted


def test_it_cannot_be_assigned_to_a_customer(ticket: Ticket, desk: Client, contact: Contact) -> None:
    assert send(desk, ticket, "assignee", assignee=str(contact.user.pk)).status_code == 422
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_a_note_looks_unlike_what_is_said_to_the_customer(
    ticket: Ticket, desk: Client, agent: User, monday: datetime
) -> None:
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday)
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="We look into it.", at=monday)
    content = desk.get(address(ticket)).content
    assert content.count(b'class="entry note"') == 1
    assert content.count(b'class="entry staff"') == 1


def test_every_clock_says_why_then(ticket: Ticket, desk: Client, monday: datetime) -> None:
    with time_machine.travel(monday + HOUR, tick=False):
        page = desk.get(address(ticket))
    assert [card.name for card in page.context["clocks"]] == ["Response"]
    assert "Why then?" in words(page)
    assert "14 h 59 min" not in words(page)
    assert "15 h of support time left" in words(page)


def test_the_page_tells_a_miss_although_no_worker_recorded_it(
    ticket: Ticket, desk: Client, monday: datetime
) -> None:
    with time_machine.travel(monday + timedelta(days=9), tick=False):
        assert "Overdue since" in words(desk.get(address(ticket)))


def test_why_a_request_was_kept_stands_on_its_page(file: File, desk: Client, colleague: Contact) -> None:
    page = words(desk.get(address(file(contact=colleague))))
    assert "no clock runs, for the contact is not entitled yet" in page
    assert "only a named contact" in page


@pytest.mark.parametrize("events", [3, 300])
def test_the_page_costs_the_same_however_much_was_said(
    ticket: Ticket,
    desk: Client,
    agent: User,
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    events: int,
) -> None:
    more_said(ticket, agent, events, monday)
    desk.get(address(ticket))
    with django_assert_num_queries(13) as queries:
        assert len(desk.get(address(ticket)).context["entries"]) > events
    assert len(queries) <= MOST_QUERIES


def test_the_conversation_can_be_turned_round_and_stays_so(
    ticket: Ticket, desk: Client, agent: User, monday: datetime
) -> None:
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="We look into it.", at=monday + HOUR)
    newest = [entry.seq for entry in desk.get(address(ticket)).context["entries"]]
    oldest = [entry.seq for entry in desk.get(address(ticket), {"order": "oldest"}).context["entries"]]
    assert newest == oldest[::-1]
    assert [entry.seq for entry in desk.get(address(ticket)).context["entries"]] == oldest
    for order in ("upwards", "newest", ""):
        seen = [entry.seq for entry in desk.get(address(ticket), {"order": order}).context["entries"]]
        assert seen == (oldest if order == "upwards" else newest)


def test_the_record_says_that_its_seal_holds(ticket: Ticket, desk: Client) -> None:
    assert "The seal holds." in words(desk.get(address(ticket, "record")))


def test_the_record_says_where_its_seal_is_broken(ticket: Ticket, desk: Client) -> None:
    TicketEvent.objects.filter(ticket=ticket, seq=1).update(happened_at=ticket.filed_at - HOUR)
    page = words(desk.get(address(ticket, "record")))
    assert "The seal is broken." in page
    assert "Event 1: was changed after it was recorded." in page


def test_an_unknown_number_is_not_found(ticket: Ticket, desk: Client) -> None:
    for noun in ("", "record/", "replies/"):
        assert desk.get(f"/admin/queue/VK-000000/{noun}").status_code == 404


def test_the_address_of_a_verb_leads_back_to_the_ticket(ticket: Ticket, desk: Client) -> None:
    assert desk.get(address(ticket, "replies")).headers["Location"] == address(ticket)


def test_the_pages_carry_nothing_inline(ticket: Ticket, desk: Client) -> None:
    for answer in (
        desk.get(address(ticket)),
        desk.get(address(ticket, "record")),
        send(desk, ticket, "replies", text=""),
    ):
        assert_nothing_inline(answer)


def test_what_was_written_is_text_and_not_markup(ticket: Ticket, desk: Client) -> None:
    send(desk, ticket, "notes", text="<b onclick='x()'>Odd</b>")
    assert b"&lt;b onclick" in desk.get(address(ticket)).content


@pytest.mark.parametrize("model", [Ticket, Message, TicketEvent, Clock, Attachment])
def test_no_plain_form_changes_a_ticket(model: Any) -> None:
    assert not admin.site.is_registered(model)
