"""The frame of every page: what is there for whom, and that it obeys the content security policy."""

import re

import pytest
from django.contrib.messages import constants
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import page_not_found, permission_denied, server_error
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, User
from contracts.tests.factories import published
from portal.templatetags.portal import lies_below


@pytest.fixture
def visitors(client: Client, db: None) -> str:
    published()
    return client.get("/").content.decode()


def test_a_page_has_its_landmarks_and_a_way_past_the_header(visitors: str) -> None:
    assert re.search(r'<body>\s*<a class="skip" href="#content">', visitors)
    for landmark in (
        '<header class="top">',
        "<main ",
        "<footer ",
        '<nav class="places" aria-label="Main">',
        'lang="en"',
    ):
        assert visitors.count(landmark) == 1


def test_nothing_stands_inline(visitors: str) -> None:
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", visitors)


def test_a_visitor_is_offered_to_sign_in_and_no_tickets(visitors: str) -> None:
    assert 'href="/account/login/"' in visitors
    assert 'href="/tickets/"' not in visitors


def test_whether_all_works_is_one_tap_away_on_the_narrowest_page_too(visitors: str) -> None:
    places = re.findall(r"<li(.*?)>\s*<a href=\"([^\"]+)\"", visitors.split("</nav>", maxsplit=1)[0])
    assert [path for hidden, path in places if not hidden] == ["/kb/", "/status/", "/forum/", "/policies/"]


def test_the_place_where_one_is_is_marked(visitors: str) -> None:
    assert re.findall(r'<a href="([^"]*)"\s+aria-current="page"', visitors) == ["/"]


def test_a_contact_finds_tickets_and_the_way_out_without_script(client: Client, contact: Contact) -> None:
    client.force_login(contact.user)
    page = client.get("/").content.decode()
    assert 'href="/tickets/"' in page
    assert re.search(r"<details class=\"menu\">.*Nora Quay.*Sign out.*</details>", page, re.DOTALL)
    assert "Desk" not in re.findall(r"<details.*</details>", page, re.DOTALL)[0]


def test_staff_find_the_desk(client: Client, agent: User) -> None:
    client.force_login(agent)
    page = client.get("/").content.decode()
    assert re.search(r'href="/admin/">\s*Desk\s*</a>', page)


@pytest.mark.parametrize(
    ("path", "place", "below"),
    [
        ("/", "/", True),
        ("/policies/", "/", False),
        ("/policies/a/", "/policies/", True),
        ("/kb/", "/policies/", False),
    ],
)
def test_a_place_is_marked_on_what_lies_below_it(path: str, place: str, below: bool) -> None:
    assert lies_below(path, place) is below


@pytest.mark.parametrize("level", constants.DEFAULT_TAGS.values())
def test_a_message_has_a_sign_beside_its_colour(level: str) -> None:
    page = render_to_string("includes/messages.html", {"messages": [{"level_tag": level}]})
    assert "<svg" in page


def test_error_pages_ask_no_database_and_say_what_to_do(
    rf: RequestFactory, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = rf.get("/nowhere/")
    with django_assert_num_queries(0):
        answers = [
            page_not_found(request, Exception()),
            permission_denied(request, Exception()),
            csrf_failure(request),
            server_error(request),
        ]
    assert [answer.status_code for answer in answers] == [404, 403, 403, 500]
    for answer in answers:
        assert b"Go home" in answer.content
        assert b"portal/portal.css" in answer.content


def test_a_request_that_cannot_be_read_gets_a_page_of_ours(client: Client) -> None:
    answer = client.get("/", headers={"host": "another.example"})
    assert answer.status_code == 400
    assert "We could not read that request" in answer.content.decode()
