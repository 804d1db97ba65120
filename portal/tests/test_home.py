"""Home: for visitors, for contacts, for staff."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, Contract, Deployment, User
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import published
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from tickets import rights
from tickets.models import Ticket
from tickets.services.filing import Request, file_ticket
from tickets.services.lifecycle import acknowledge_ticket
from tickets.tests.desk import more_of


@pytest.fixture
def ticket(contact: Contact, deployment: Deployment, contract: Contract, monday: datetime) -> Ticket:
    """A P2 of Nora's, filed on Monday at 10:00 in Los Angeles: due on Wednesday at 10:00."""
    request = Request(
        subject="Headsets lose the session", text="Signed out.", severity="P2", steps="Wait.", effect="None"
    )
    return file_ticket(
        contact=contact, deployment=deployment, request=request, submission_key="one", at=monday
    )


def home(user: User, client: Client, at: datetime) -> str:
    client.force_login(user)
    with time_machine.travel(at, tick=False):
        return words(client.get("/").content)


def words(page: bytes) -> str:
    """The words of a page and its addresses, without the rest of its markup."""
    found = re.sub(r"<(?!a )[^>]+>", " ", page.decode())
    return " ".join(found.split())


def test_a_visitor_reads_what_the_desk_offers_and_when_it_is_open(
    client: Client, db: None, monday: datetime
) -> None:
    published("atheer")
    with time_machine.travel(monday, tick=False):
        page = words(client.get("/").content)
    assert "Open now until Mon 23 Nov, 17:00 PST · Tue 24 Nov, 01:00 UTC" in page
    assert "By web form and email" in page
    assert 'href="/account/login/?next=/tickets/new/"' in page


def test_a_contact_sees_their_tickets_with_what_is_due_in_their_own_zone(
    client: Client, ticket: Ticket, contact: Contact, monday: datetime
) -> None:
    contact.user.time_zone = "Europe/Berlin"
    contact.user.save()
    page = home(contact.user, client, monday + timedelta(hours=1))
    assert f'href="/tickets/{ticket.number}/"' in page
    assert "On time Response due Wed 25 Nov, 19:00 CET" in page
    assert 'href="/tickets/new/"' in page


def test_a_contact_reads_when_their_own_desk_is_open(
    client: Client, contract: Contract, contact: Contact, monday: datetime
) -> None:
    published("vivvo")
    page = home(contact.user, client, monday)
    assert "Atheer Technical Support" in page
    assert "Vivvo" not in page


def test_an_overdue_ticket_is_called_so_though_no_worker_has_run(
    client: Client, ticket: Ticket, contact: Contact, monday: datetime
) -> None:
    contact.user.time_zone = "America/Los_Angeles"
    contact.user.save()
    page = home(contact.user, client, monday + timedelta(days=3))
    assert "Overdue Response since Wed 25 Nov, 10:00 PST" in page


def test_a_stranger_sees_none_of_it(
    client: Client, ticket: Ticket, stranger: Contact, monday: datetime
) -> None:
    page = home(stranger.user, client, monday)
    assert ticket.subject not in page
    assert "Nothing is open." in page


def test_a_ticket_whose_promise_is_kept_shows_no_clock(
    client: Client, ticket: Ticket, contact: Contact, agent: User, monday: datetime
) -> None:
    acknowledge_ticket(ticket=ticket, actor=agent, at=monday + timedelta(minutes=5))
    page = home(contact.user, client, monday + timedelta(days=3))
    assert ticket.subject in page
    assert "Overdue" not in page


def test_staff_are_offered_the_queue(client: Client, ticket: Ticket, agent: User, monday: datetime) -> None:
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    page = home(agent, client, monday)
    assert 'href="/admin/queue/">Open the queue' in page
    assert "File a ticket" not in page


def test_staff_without_the_queue_are_shown_the_desk(client: Client, manager: User, monday: datetime) -> None:
    manager.groups.clear()
    assert 'href="/admin/">Open the desk' in home(manager, client, monday)


def test_no_more_than_ten_are_shown_and_the_queries_do_not_grow(
    client: Client,
    ticket: Ticket,
    contact: Contact,
    monday: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    home(contact.user, client, monday)
    more_of(ticket, 2)
    with time_machine.travel(monday, tick=False), django_assert_num_queries(7):
        client.get("/")
    Ticket.objects.filter(number__startswith="VK-0").delete()
    more_of(ticket, 40)
    with time_machine.travel(monday, tick=False), django_assert_num_queries(7):
        page = client.get("/").content.decode()
    assert page.count('class="row-title"') == 10
    assert "these are the most urgent" in page
