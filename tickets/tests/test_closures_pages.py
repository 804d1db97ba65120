"""Closing the desk in the admin: typed, looked at, done; and taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Closure, Contact, User
from contracts.services.closures import enter_closure
from contracts.tests.factories import published
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

NEW = "/admin/closures/new/"
# Tuesday, the whole of the desk's day in Los Angeles.
TYPED = {
    "policy_slug": "atheer",
    "starts_at": "2026-11-24T09:00",
    "ends_at": "2026-11-24T17:00",
    "reason": "Snow",
}


@pytest.fixture(autouse=True)
def _now(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def desk(agent: User) -> Client:
    published()
    return desk_of(agent)


@pytest.fixture
def closure(desk: Client, agent: User, monday: datetime) -> Closure:
    return enter_closure(
        policy_slug="atheer",
        starts_at=monday,
        ends_at=monday + timedelta(hours=3),
        reason="Snow",
        actor=agent,
        at=monday,
    )


def send(desk: Client, **changed: Any) -> Any:
    return desk.post(NEW, {**TYPED, **changed})


def test_before_it_is_done_it_says_which_clocks_move_and_to_when(file: File, desk: Client) -> None:
    ticket = file(severity="P2")
    page = send(desk)
    assert page.context["count"] == 1
    assert "1 open clock of 1 ticket will move" in words(page)
    assert f"{ticket.number} Response Wed 25 Nov, 18:00 UTC Fri 27 Nov, 18:00 UTC" in words(page)
    assert not Closure.objects.exists()


def test_where_no_clock_moves_it_says_so(desk: Client) -> None:
    assert "No open clock moves" in words(send(desk))


def test_then_the_desk_is_closed_in_the_zone_of_its_policy(desk: Client, agent: User) -> None:
    answer = send(desk, close="1")
    assert answer.status_code == 302
    closure = Closure.objects.get()
    assert closure.starts_at == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert closure.ends_at == datetime(2026, 11, 25, 1, tzinfo=UTC)
    assert (closure.reason, closure.entered_by) == ("Snow", agent)


def test_the_dates_can_be_changed_once_more(desk: Client) -> None:
    page = send(desk, again="1")
    assert b'value="2026-11-24T09:00"' in page.content
    assert not Closure.objects.exists()


@pytest.mark.parametrize("step", [{}, {"close": "1"}])
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ends_at": "2026-11-24T08:00"}, "choose a later end"),
        ({"starts_at": "2026-11-20T08:00"}, "at most 24 hours after its start"),
        ({"reason": " "}, "required"),
        ({"starts_at": "soon"}, "valid date"),
        ({"policy_slug": "other"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_refused_at_either_step_and_kept(
    desk: Client, step: dict[str, str], changed: dict[str, str], why: str
) -> None:
    page = send(desk, **step, **changed)
    assert page.status_code == 422
    assert why in words(page)
    assert b'value="2026-11-24T17:00"' in page.content or "ends_at" in changed
    assert not Closure.objects.exists()


def test_the_list_tells_what_stands_what_is_over_and_what_was_taken_back(
    desk: Client, closure: Closure, monday: datetime
) -> None:
    page = desk.get("/admin/closures/")
    assert [row.closure for row in page.context["to_come"]] == [closure]
    desk.post(f"/admin/closures/{closure.pk}/withdrawal/")
    page = desk.get("/admin/closures/")
    assert [row.closure for row in page.context["withdrawn"]] == [closure]
    assert not page.context["to_come"]


def test_a_closure_is_taken_back_only_once_it_is_confirmed(desk: Client, closure: Closure) -> None:
    assert "Snow" in words(desk.get(f"/admin/closures/{closure.pk}/withdrawal/"))
    assert Closure.objects.standing().exists()
    desk.post(f"/admin/closures/{closure.pk}/withdrawal/")
    assert not Closure.objects.standing().exists()


def test_a_closure_is_taken_back_once(desk: Client, closure: Closure) -> None:
    desk.post(f"/admin/closures/{closure.pk}/withdrawal/")
    again = desk.post(f"/admin/closures/{closure.pk}/withdrawal/")
    assert again.status_code == 422
    assert "withdrawn already" in words(again)


def test_nobody_but_staff_closes_the_desk(
    client: Client, contact: Contact, stranger: Contact, closure: Closure
) -> None:
    for visitor in (client, client_of(contact.user), client_of(stranger.user)):
        for address in (NEW, f"/admin/closures/{closure.pk}/withdrawal/"):
            assert visitor.post(address, {**TYPED, "close": "1"}).status_code == 302
    assert Closure.objects.standing().count() == 1


def test_the_pages_carry_nothing_inline(desk: Client, closure: Closure) -> None:
    for answer in (
        desk.get("/admin/closures/"),
        desk.get(NEW),
        send(desk),
        desk.get(f"/admin/closures/{closure.pk}/withdrawal/"),
    ):
        assert_nothing_inline(answer)
