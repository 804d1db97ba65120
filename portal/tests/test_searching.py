"""Searching over all: the knowledge base, and for who is signed in their tickets."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, Deployment, User
from knowledgebase.tests.factories import live_article
from knowledgebase.tests.reading import found_by_search
from tickets.models import Ticket
from tickets.services.filing import Request, file_ticket
from tickets.tests.desk import more_of
from tickets.tests.pages import client_of, words


@pytest.fixture
def ticket(contact: Contact, deployment: Deployment, contract: Contract, monday: datetime) -> Ticket:
    request = Request(
        subject="Headsets lose the session", text="Signed out.", severity="P2", steps="Wait.", effect="None"
    )
    return file_ticket(
        contact=contact, deployment=deployment, request=request, submission_key="one", at=monday
    )


def found(query: str, user: User | None = None) -> str:
    client: Any = client_of(user) if user else Client()
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    return words(answer)


@pytest.mark.parametrize("ways", [lambda n: n, lambda n: n.lower(), lambda n: n[:5], lambda n: n[3:]])
def test_a_ticket_is_found_by_its_number_or_how_it_begins(
    ways: Any, ticket: Ticket, contact: Contact
) -> None:
    assert f"Headsets lose the session {ticket.number}" in found(ways(ticket.number), contact.user)


@pytest.mark.parametrize("query", ["headsets", "session LOSE", "heads", "signed out"])
def test_a_ticket_is_found_by_what_is_said_on_it(query: str, ticket: Ticket, contact: Contact) -> None:
    assert ticket.number in found(query, contact.user)


@pytest.mark.parametrize("query", ["headsets gone", "______", "%", "VK-ZZZZZZZZ"])
def test_other_words_find_no_ticket(query: str, ticket: Ticket, contact: Contact) -> None:
    assert ticket.number not in found(query, contact.user)


def test_nobody_finds_a_ticket_that_they_may_not_see(ticket: Ticket, stranger: Contact) -> None:
    for query in (ticket.number, "headsets"):
        assert "Headsets lose" not in found(query, stranger.user)
        assert "Headsets lose" not in found(query)


def test_staff_find_it_on_the_desk(ticket: Ticket, agent: User) -> None:
    page = client_of(agent).get("/search/", {"q": ticket.number}).content.decode()
    assert f'href="/admin/queue/{ticket.number}/"' in page


def test_the_queries_do_not_grow_with_the_tickets(ticket: Ticket, contact: Contact) -> None:
    client = client_of(contact.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/", {"q": "headsets"})
        return len(asked)

    more_of(ticket, 2)
    queries()
    few = queries()
    Ticket.objects.exclude(pk=ticket.pk).delete()
    more_of(ticket, 40)
    assert queries() == few


def test_the_knowledge_base_is_searched_too(contact: Contact) -> None:
    found_by_search(live_article("Headsets and sessions", "Restart the headset."))
    assert "Headsets and sessions" in found("headset")
    assert "Headsets and sessions" in found("headset", contact.user)


def test_nothing_typed_is_the_box_alone(contact: Contact) -> None:
    assert "Nothing was found" not in found("", contact.user)
