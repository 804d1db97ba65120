"""/tickets/: a customer's tickets with their nearest clock."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, User
from tickets.models import Ticket
from tickets.numbers import new_number
from tickets.services import conversation, lifecycle
from tickets.tests.conftest import File
from tickets.tests.pages import client_of, words

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(monday: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(monday, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nora(contact: Contact, contract: Contract) -> Client:
    return client_of(contact.user)


def subjects(client: Client, query: str = "") -> list[str]:
    """The subjects of the rows, in their order."""
    body = client.get(f"/tickets/{query}").content.decode()
    return re.findall(r'class="row-title"[^>]*>([^<]+)<', body)


def queries(client: Client, query: str = "") -> int:
    with CaptureQueriesContext(connection) as caught:
        client.get(f"/tickets/{query}")
    return len(caught)


def test_a_row_has_the_number_the_status_the_severity_and_the_nearest_clock(nora: Client, file: File) -> None:
    ticket = file()
    text = words(nora.get("/tickets/"))
    for said in (ticket.number, "New", "Significant Loss of Functionality", "Atlas · Production"):
        assert said in text
    assert "On time Response due Wed 25 Nov, 18:00 UTC" in text


def test_a_stored_clock_that_ran_out_is_shown_as_overdue(
    nora: Client, file: File, clock: time_machine.Traveller
) -> None:
    file(severity="P1")
    clock.shift(5 * HOUR)
    assert "Overdue Response since Mon 23 Nov, 22:00 UTC" in words(nora.get("/tickets/"))


def test_a_kept_request_says_that_no_clock_runs(colleague: Contact, file: File) -> None:
    file(contact=colleague)
    assert "Kept, no clock runs" in words(client_of(colleague.user).get("/tickets/"))


def test_the_newest_stands_first(nora: Client, file: File, monday: datetime) -> None:
    file(subject="First")
    file(subject="Second")
    assert subjects(nora) == ["Second", "First"]


def test_the_filters_part_the_list(nora: Client, file: File, agent: User) -> None:
    asked, resolved = file(subject="Asked"), file(subject="Resolved one")
    file(subject="Fresh")
    at = asked.filed_at
    conversation.ask_customer(ticket=asked, actor=agent, text="Send the log", at=at)
    lifecycle.resolve_ticket(ticket=resolved, actor=agent, text="Fixed", at=at)
    assert subjects(nora) == ["Fresh", "Asked"]
    assert subjects(nora, "?show=waiting") == ["Asked"]
    assert subjects(nora, "?show=resolved") == ["Resolved one"]
    assert subjects(nora, "?show=all") == ["Fresh", "Resolved one", "Asked"]
    assert subjects(nora, "?show=anything-else") == ["Fresh", "Asked"]


def test_colleagues_tickets_can_be_left_out(nora: Client, colleague: Contact, file: File) -> None:
    file(subject="Mine")
    file(subject="Theirs", contact=colleague)
    assert subjects(nora) == ["Theirs", "Mine"]
    assert subjects(nora, "?whose=mine") == ["Mine"]


def test_colleagues_tickets_that_are_confidential_or_not_shared_are_not_listed(
    nora: Client, colleague: Contact, contract: Contract, file: File
) -> None:
    file(subject="Secret", contact=colleague, is_confidential=True)
    file(subject="Open to all", contact=colleague)
    assert subjects(nora) == ["Open to all"]
    contract.colleagues_see_tickets = False
    contract.save()
    assert subjects(nora) == []


def test_another_customers_tickets_are_not_listed(stranger: Contact, file: File) -> None:
    file(subject="Ours")
    assert subjects(client_of(stranger.user), "?show=all") == []
    assert subjects(client_of(stranger.user), "?q=Ours") == []


@pytest.mark.parametrize("search", ["headsets", "HEADSETS", "session", "%number%", "%small%"])
def test_a_search_finds_by_number_or_words_of_the_subject(nora: Client, file: File, search: str) -> None:
    ticket = file()
    file(subject="Another thing")
    typed = search.replace("%number%", ticket.number).replace("%small%", ticket.number.lower())
    assert subjects(nora, f"?q={typed}") == ["Headsets lose the session"]


def test_a_search_looks_at_resolved_tickets_too(nora: Client, file: File, agent: User) -> None:
    ticket = file()
    lifecycle.resolve_ticket(ticket=ticket, actor=agent, text="Fixed", at=ticket.filed_at)
    assert subjects(nora, "?q=headsets") == ["Headsets lose the session"]


@pytest.mark.parametrize("search", ["%25", "_", "%00", "'", "<b>", "x" * 5000])
def test_a_search_for_anything_answers(nora: Client, file: File, search: str) -> None:
    file()
    assert nora.get(f"/tickets/?q={search}").status_code == 200


def test_an_empty_list_says_what_would_stand_there_and_how_to_get_it(nora: Client) -> None:
    text = words(nora.get("/tickets/"))
    assert "No ticket is here." in text
    assert "A request stands here from the moment it is filed" in text
    assert "File a ticket" in text


def test_who_is_no_contact_reads_where_tickets_are(agent: User) -> None:
    assert "Staff find tickets on the desk" in words(client_of(agent).get("/tickets/"))


def test_pages_go_by_key_and_lose_nothing(nora: Client, file: File) -> None:
    for number in range(60):
        file(subject=f"Ticket {number:02}")
    seen, query = [], "?show=open"
    while query:
        body = nora.get(f"/tickets/{query}").content.decode()
        seen += re.findall(r'class="row-title"[^>]*>([^<]+)<', body)
        found = re.search(r'href="(\?[^"]*)">Older', body)
        query = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Ticket {number:02}" for number in reversed(range(60))]


@pytest.mark.parametrize("key", ["x", "_", "2026-11-23_1", "2026-11-23T18:00:00+00:00_x", "9999-99-99_1"])
def test_a_key_that_was_not_made_by_us_shows_the_first_page(nora: Client, file: File, key: str) -> None:
    file()
    assert len(subjects(nora, f"?after={key}")) == 1


def test_the_list_asks_the_same_of_the_database_at_3_and_at_300_rows(nora: Client, file: File) -> None:
    first = file()
    copies(first, 2)
    few = queries(nora)
    copies(first, 297)
    assert queries(nora) == few <= 8
    assert queries(nora, "?q=headsets") <= few


def copies(ticket: Ticket, times: int) -> None:
    """So many tickets like ``ticket`` with its clock, as rows alone."""
    clock, made = ticket.clocks.get(), []
    for _ in range(times):
        copied = Ticket.objects.get(pk=ticket.pk)
        copied.pk, copied.number = None, new_number()
        copied.submission_key = copied.number
        made.append(copied)
    for copied in Ticket.objects.bulk_create(made):
        clock.pk, clock.ticket = None, copied
        clock.save(force_insert=True)
