"""The queue: what stands in it, in which order, and for whom."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, User
from contracts.tests.factories import UserFactory
from tickets.admin.queue_address import read
from tickets.admin.queue_parts import PARTS
from tickets.models import Ticket
from tickets.services import assignment, conversation, lifecycle
from tickets.services.exclusion import dispute_exclusion, exclude_ticket
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of, more_of
from tickets.tests.pages import client_of, words

QUEUE = "/admin/queue/"
HOUR = timedelta(hours=1)
MOST_QUERIES = 11


@pytest.fixture
def desk(agent: User) -> Client:
    return desk_of(agent)


def test_the_most_urgent_clock_comes_first(file: File, desk: Client) -> None:
    file(severity="P4", subject="Can wait")
    file(severity="P1", subject="Cannot wait")
    page = words(desk.get(QUEUE))
    assert page.index("Cannot wait") < page.index("Can wait")


def test_a_ticket_without_a_due_date_comes_last(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    first = file(severity="P1", subject="Acknowledged")
    file(severity="P4", subject="Not yet seen")
    lifecycle.acknowledge_ticket(ticket=first, actor=agent, at=monday + HOUR)
    page = words(desk.get(QUEUE))
    assert page.index("Not yet seen") < page.index("Acknowledged")


def test_a_row_says_what_it_is_about_and_when_it_is_due(file: File, desk: Client, monday: datetime) -> None:
    ticket = file(severity="P1")
    with time_machine.travel(monday + HOUR, tick=False):
        page = words(desk.get(QUEUE))
    for said in (ticket.number, "Harbour Freight Lines", "Atlas", "Severe Business Impact", "nobody"):
        assert said in page
    assert "On time Response due Mon 23 Nov, 22:00 UTC" in page


def test_whether_a_clock_is_overdue_is_judged_when_the_page_is_made(
    file: File, desk: Client, monday: datetime
) -> None:
    file(severity="P1")
    with time_machine.travel(monday + 5 * HOUR, tick=False):
        assert "Overdue Response since Mon 23 Nov, 22:00 UTC" in words(desk.get(QUEUE))


def test_what_is_resolved_is_not_in_the_queue(
    file: File, desk: Client, agent: User, monday: datetime
) -> None:
    lifecycle.resolve_ticket(ticket=file(), actor=agent, text="Done", at=monday)
    assert "No ticket is open." in words(desk.get(QUEUE))


def test_a_request_that_was_kept_says_so(file: File, desk: Client, colleague: Contact) -> None:
    file(contact=colleague)
    assert "Kept: not entitled yet" in words(desk.get(QUEUE))


@pytest.fixture
def one_of_each(file: File, agent: User, manager: User, monday: datetime) -> None:
    """A ticket of the agent's, one of the manager's that waits, one of nobody that is due first."""
    assignment.assign_ticket(ticket=file(subject="Of Agnes"), actor=agent, assignee=agent, at=monday)
    asked = file(subject="Of Max")
    assignment.assign_ticket(ticket=asked, actor=agent, assignee=manager, at=monday)
    conversation.ask_customer(ticket=asked, actor=manager, text="Which version?", at=monday)
    file(subject="Of nobody", severity="P1")


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", {"Of Agnes", "Of Max", "Of nobody"}),
        ("mine", {"Of Agnes"}),
        ("unassigned", {"Of nobody"}),
        ("waiting", {"Of Max"}),
        ("overdue", {"Of nobody"}),
        ("no such part", {"Of Agnes", "Of Max", "Of nobody"}),
    ],
)
@pytest.mark.usefixtures("one_of_each")
def test_a_part_of_the_queue(desk: Client, monday: datetime, show: str, expected: set[str]) -> None:
    with time_machine.travel(monday + 5 * HOUR, tick=False):
        page = words(desk.get(QUEUE, {"show": show}))
    assert {subject for subject in ("Of Agnes", "Of Max", "Of nobody") if subject in page} == expected


def test_what_may_be_closed_and_what_is_disputed_have_parts_of_their_own(
    file: File, desk: Client, agent: User, contact: Contact, monday: datetime
) -> None:
    silent, disputed = file(subject="Silent"), file(subject="Disputed")
    Ticket.objects.filter(pk=silent.pk).update(closing_offered_at=monday)
    exclude_ticket(ticket=disputed, actor=agent, clause="a", reason="Not ours.", at=monday)
    dispute_exclusion(ticket=disputed, actor=contact.user, reason="It is.", at=monday)
    shown = {show: desk.get(QUEUE, {"show": show}).context["rows"] for show in ("closable", "disputed")}
    assert [row.ticket.pk for row in shown["closable"]] == [silent.pk]
    assert [row.ticket.pk for row in shown["disputed"]] == [disputed.pk]


@pytest.mark.parametrize("show", ["all", "mine", "unassigned", "waiting", "overdue", "closable", "disputed"])
def test_an_empty_part_says_what_would_stand_there(desk: Client, show: str) -> None:
    answer = desk.get(QUEUE, {"show": show})
    assert answer.context["chosen"].empty in words(answer)


def test_the_next_page_begins_after_the_last_row(file: File, desk: Client) -> None:
    more_of(file(), 26)
    first = desk.get(QUEUE)
    second = desk.get(QUEUE + first.context["next"])
    numbers = [row.ticket.number for page in (first, second) for row in page.context["rows"]]
    assert len(first.context["rows"]) == 25
    assert numbers == list(Ticket.objects.most_urgent_first().values_list("number", flat=True))
    assert second.context["next"] == ""


def test_the_next_page_of_a_part_stays_in_it(file: File, desk: Client) -> None:
    more_of(file(), 26)
    assert desk.get(QUEUE, {"show": "unassigned"}).context["next"].startswith("?show=unassigned&after=")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "_",
        "2026-11-24_1",
        "2026-11-24T10:00:00Z_",
        "0001-01-01T00:00:00+14:00_1",
        "2026-13-01T00:00:00Z_1",
    ],
)
def test_a_key_that_was_not_made_here_begins_at_the_start(file: File, desk: Client, key: str) -> None:
    file()
    answer = desk.get(QUEUE, {"after": key})
    assert answer.context["is_first"]
    assert len(answer.context["rows"]) == 1


@pytest.mark.parametrize("rows", [3, 300])
def test_the_queue_costs_the_same_at_any_length(
    file: File, desk: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    more_of(file(), rows - 1)
    desk.get(QUEUE)
    with django_assert_num_queries(11) as queries:
        assert len(desk.get(QUEUE).context["rows"]) == min(rows, 25)
    assert len(queries) <= MOST_QUERIES


def test_the_queue_stands_in_the_overview_and_in_the_sidebar(desk: Client) -> None:
    for address in ("/admin/", QUEUE):
        places = desk.get(address).context["available_apps"]
        assert places[0]["models"][0]["admin_url"] == QUEUE


def test_the_pages_carry_nothing_inline(file: File, desk: Client) -> None:
    file()
    for address in ("/admin/", QUEUE, QUEUE + "?show=mine"):
        assert_nothing_inline(desk.get(address))


def test_a_subject_is_text_and_not_markup(file: File, desk: Client) -> None:
    file(subject="<script>alert(1)</script>")
    assert b"<script>alert" not in desk.get(QUEUE).content


def test_nobody_but_staff_sees_the_queue(client: Client, contact: Contact, stranger: Contact) -> None:
    assert client.get(QUEUE).status_code == 302
    for person in (contact, stranger):
        answer = client_of(person.user).get(QUEUE)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))


@pytest.mark.django_db
def test_staff_without_the_right_are_refused(agent: User) -> None:
    other = UserFactory.create(is_staff=True)
    assert client_of(other).get(QUEUE).status_code == 403
    assert "Queue" not in words(client_of(other).get("/admin/"))


@pytest.mark.parametrize("show", sorted(PARTS))
def test_an_index_finds_the_rows_of_each_part(file: File, agent: User, monday: datetime, show: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table this small without an index")
    file()
    plan = read(QueryDict(f"show={show}")).tickets(agent, monday).values("pk")[:25].explain()
    others = {
        "presales": "ticket_inquiries",
        "resolved": "ticket_resolved",
        "any": "ticket_newest",
        "closable": "ticket_to_close",
        "disputed": "ticket_disputed",
    }
    index = others.get(show, "ticket_queue")
    assert index in plan or "assignee" in plan
    assert "SCAN tickets_ticket\n" not in plan
