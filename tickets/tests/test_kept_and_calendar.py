"""Requests put right, closures, releases: what moves clocks from outside a ticket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.models import Contact, Contract, Product, User
from contracts.models.contracts import Standing
from contracts.models.products import ReleaseKind
from contracts.services.contacts import name_contact, unname_contact
from contracts.tests.factories import published
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services import desk, releases
from tickets.services.errands import run_errands
from tickets.services.kept import change_standing, start_clocks_put_right
from tickets.services.lifecycle import acknowledge_ticket
from tickets.services.noticing import record_misses
from tickets.tests.conftest import Clocks, File

HOUR = timedelta(hours=1)


@pytest.fixture
def kept(file: File, contract: Contract, manager: User, monday: datetime) -> Ticket:
    """A P1 of a customer whose payment is overdue."""
    change_standing(
        contract=contract, standing=Standing.PAYMENT_DUE, reason="Invoice 7", actor=manager, at=monday
    )
    return file(severity="P1")


def test_at2_putting_the_standing_right_starts_the_clocks_at_that_instant(
    kept: Ticket, contract: Contract, manager: User, clocks: Clocks, monday: datetime
) -> None:
    paid = monday + 2 * HOUR
    started = change_standing(
        contract=contract, standing=Standing.CURRENT, reason="Paid", actor=manager, at=paid
    )
    assert started == [kept]
    response = clocks(kept, paid)["response"]
    assert (response.started_at, response.due_at) == (paid, paid + 4 * HOUR)


def test_what_staff_did_before_the_clocks_started_is_not_counted(
    kept: Ticket, contract: Contract, manager: User, clocks: Clocks, monday: datetime
) -> None:
    acknowledge_ticket(ticket=kept, actor=manager, at=monday + HOUR)
    change_standing(
        contract=contract, standing=Standing.CURRENT, reason="Paid", actor=manager, at=monday + 2 * HOUR
    )
    assert clocks(kept, monday + 2 * HOUR)["response"].stopped_at is None


def test_a_contact_who_is_named_later_gets_clocks_from_the_next_look_on(
    file: File,
    contact: Contact,
    colleague: Contact,
    administrator: Contact,
    manager: User,
    clocks: Clocks,
    monday: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tickets.services.kept.AT_ONCE", 1)
    ticket = file(contact=colleague)
    file(contact=administrator)  # newer, and never put right: it is in nobody's way
    unname_contact(contact=contact, actor=manager, at=monday)
    name_contact(contact=colleague, trained_on=monday.date(), actor=manager, at=monday)
    start_clocks_put_right(at=monday + HOUR)
    assert clocks(ticket, monday + HOUR)["response"].started_at == monday + HOUR


def test_a_kept_request_that_is_not_put_right_stays_without_clocks(kept: Ticket, monday: datetime) -> None:
    start_clocks_put_right(at=monday + HOUR)
    assert not kept.clocks.exists()


def test_requests_that_nobody_puts_right_hide_none_that_is(
    file: File, contract: Contract, manager: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.kept.AT_ONCE", 1)
    change_standing(
        contract=contract, standing=Standing.PAYMENT_DUE, reason="Invoice 7", actor=manager, at=monday
    )
    put_right, *others = (file(severity="P1") for _ in range(2))
    Ticket.objects.filter(pk__in=[each.pk for each in others]).update(channel="pigeon")
    Contract.objects.update(standing=Standing.CURRENT)
    for minute in range(2):
        start_clocks_put_right(at=monday + timedelta(minutes=minute))
    assert put_right.clocks.exists()
    assert not any(each.clocks.exists() for each in others)


def test_a_ticket_that_cannot_be_judged_keeps_no_other_from_a_change_of_the_calendar(
    file: File, agent: User, monday: datetime
) -> None:
    broken, sound = file(severity="P1"), file(severity="P1")
    broken.events.filter(kind=Kind.SUBMITTED).update(data={"severity": "gone"})
    desk.close_desk(
        policy_slug="atheer",
        starts_at=monday + HOUR,
        ends_at=monday + 3 * HOUR,
        reason="Snow",
        actor=agent,
        at=monday,
    )
    assert desk.project_again(at=monday) == 1
    assert sound.clocks.get().due_at == monday + 6 * HOUR


def test_vv5_a_closure_moves_the_open_clocks_and_says_so_beforehand(
    file: File, agent: User, monday: datetime
) -> None:
    ticket = file(severity="P1")
    storm: dict[str, Any] = {
        "policy_slug": "atheer",
        "starts_at": monday + HOUR,
        "ends_at": monday + 3 * HOUR,
        "reason": "Snow",
        "at": monday,
    }
    moves = desk.moves_of_closure(**storm)
    assert [(move.ticket, move.before, move.after) for move in moves] == [
        (ticket, monday + 4 * HOUR, monday + 6 * HOUR)
    ]
    desk.close_desk(**storm, actor=agent)
    assert desk.project_again(at=monday) == 1
    assert ticket.clocks.get().due_at == monday + 6 * HOUR
    assert desk.project_again(at=monday) == 0


def test_looking_at_what_a_closure_would_move_writes_nothing(
    file: File, monday: datetime, django_assert_num_queries: object
) -> None:
    before = file(severity="P1").clocks.get()
    desk.moves_of_closure(
        policy_slug="atheer", starts_at=monday, ends_at=monday + HOUR, reason="Snow", at=monday
    )
    assert before.ticket.clocks.get().due_at == before.due_at


def test_a_closure_entered_late_judges_again_and_both_judgements_stay(
    file: File, agent: User, monday: datetime
) -> None:
    ticket = file(severity="P1")
    record_misses(at=monday + 5 * HOUR)
    desk.close_desk(
        policy_slug="atheer",
        starts_at=monday + HOUR,
        ends_at=monday + 3 * HOUR,
        reason="Power cut",
        actor=agent,
        at=monday + 5 * HOUR,
    )
    desk.project_again(at=monday + 5 * HOUR)
    kinds = list(ticket.events.values_list("kind", flat=True))
    assert kinds[-2:] == [Kind.MISSED, Kind.JUDGED_AGAIN]
    assert ticket.clocks.get().missed_at is None


def test_a_withdrawn_closure_moves_the_clocks_back(file: File, agent: User, monday: datetime) -> None:
    ticket = file(severity="P1")
    closure = desk.close_desk(
        policy_slug="atheer",
        starts_at=monday + HOUR,
        ends_at=monday + 3 * HOUR,
        reason="Snow",
        actor=agent,
        at=monday,
    )
    desk.withdraw_closure(closure=closure, actor=agent, at=monday)
    desk.project_again(at=monday)
    assert ticket.clocks.get().due_at == monday + 4 * HOUR


def test_vk15_the_next_maintenance_release_gives_the_due_date(
    file: File, contract: Contract, product: Product, manager: User, clocks: Clocks, monday: datetime
) -> None:
    contract.policy_version = published("viakoo")
    contract.save()
    ticket = file(severity="major")
    assert clocks(ticket, monday)["resolution"].state == "unscheduled"
    planned = datetime(2026, 12, 15, 17, tzinfo=UTC)
    releases.plan_release(
        product=product,
        version="6.3",
        kind=ReleaseKind.MAINTENANCE,
        planned_at=planned,
        actor=manager,
        at=monday,
    )
    assert run_errands(at=monday) == 1
    assert clocks(ticket, monday)["resolution"].due_at == planned
    assert clocks(file(severity="major"), monday)["resolution"].due_at == planned
