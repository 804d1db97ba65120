"""Staff's overview: what one wants to know when the day begins, and the way to every page."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, Contract, Deployment, User
from contracts.tests.factories import UserFactory
from tickets.models import Ticket
from tickets.services.assignment import assign_ticket
from tickets.services.exclusion import dispute_exclusion, exclude_ticket
from tickets.services.filing import Request, file_ticket
from tickets.tests.desk import assert_nothing_inline, desk_of, more_of
from tickets.tests.pages import client_of, words

HOUR = timedelta(hours=1)
OVERVIEW = "/admin/"
MOST_QUERIES = 31


@pytest.fixture
def ticket(contact: Contact, deployment: Deployment, contract: Contract, monday: datetime) -> Ticket:
    """A P1 of Nora's, filed on Monday at 10:00 in Los Angeles: due at 14:00."""
    request = Request(subject="Nothing moves", text="All stand.", severity="P1", steps="Wait.", effect="All")
    return file_ticket(
        contact=contact, deployment=deployment, request=request, submission_key="one", at=monday
    )


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def shown(desk: Client, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return words(desk.get(OVERVIEW))


def test_the_day_begins_with_what_is_overdue_due_next_and_nobodys(
    ticket: Ticket, desk: Client, agent: User, monday: datetime
) -> None:
    early = shown(desk, monday + HOUR)
    assert "0 Overdue 1 Due in 24 hours 1 Nobody’s 0 Yours" in early
    assert "Nothing moves" in early
    assert "nobody’s On time Response due Mon 23 Nov, 22:00 UTC" in early
    assert "No open ticket is yours." in early
    assign_ticket(ticket=ticket, assignee=agent, actor=agent, at=monday + HOUR)
    late = shown(desk, monday + 5 * HOUR)
    assert "1 Overdue 0 Due in 24 hours 0 Nobody’s 1 Yours" in late
    assert late.count("Overdue Response since Mon 23 Nov, 22:00 UTC") == 2


def test_what_waits_for_a_decision_is_named_with_the_way_to_it(
    ticket: Ticket, desk: Client, agent: User, contact: Contact, monday: datetime
) -> None:
    assert "Waits for a decision Nothing." in shown(desk, monday + HOUR)
    exclude_ticket(ticket=ticket, clause="a", reason="Not ours.", actor=agent, at=monday + HOUR)
    dispute_exclusion(ticket=ticket, actor=contact.user, reason="It is yours.", at=monday + HOUR)
    with time_machine.travel(monday + 2 * HOUR, tick=False):
        answer = desk.get(OVERVIEW)
    assert "Disputed exclusions 1" in words(answer)
    assert 'href="/admin/queue/?show=disputed">Disputed exclusions' in answer.content.decode()
    assert_nothing_inline(answer)


def test_the_overview_costs_the_same_however_much_there_is(
    ticket: Ticket, desk: Client, monday: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(monday + HOUR, tick=False):
        desk.get(OVERVIEW)
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            desk.get(OVERVIEW)
        more_of(ticket, 60)
        with django_assert_max_num_queries(len(few)):
            assert "61 Due in 24 hours" in words(desk.get(OVERVIEW))


@pytest.mark.django_db
def test_every_page_stands_in_one_group_and_who_may_nothing_is_told_so(manager: User) -> None:
    groups = desk_of(manager).get(OVERVIEW).context["app_list"]
    addresses = [place["admin_url"] for group in groups for place in group["models"]]
    assert len(addresses) == len(set(addresses))
    assert [group["name"] for group in groups][:2] == ["Tickets", "Knowledge"]
    nobody = UserFactory.create(is_staff=True)
    assert not Group.objects.filter(user=nobody).exists()
    page = words(client_of(nobody).get(OVERVIEW))
    assert "a manager gives you a role" in page
    assert "Most urgent" not in page
