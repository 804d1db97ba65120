"""The people of the desk: who gets a new ticket, who is told of what, and the pages on which that is kept."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from contracts.models import Contact, Knowledge, OutboxMessage, Product, Team, User
from contracts.refusals import Refused
from contracts.services.desk_people import (
    enter_absence,
    save_team,
    save_turn,
    set_knowledge,
    withdraw_absence,
)
from contracts.services.escalation_roles import read_people
from contracts.services.people import disable_user
from contracts.tests.factories import UserFactory, published
from tickets.choosing import Candidate, choose, load_of
from tickets.concerned import concerned, concerned_at_once
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.assignment import assign_ticket, give_to_team
from tickets.services.conversation import reply_as_contact
from tickets.services.lifecycle import start_work
from tickets.services.noticing import record_misses
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import words

HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def ben(db: None) -> User:
    """Another member of staff."""
    return UserFactory.create(email="ben@desk.example", name="Ben Desk", is_staff=True)


def knows(user: User, product: Product, at: datetime) -> None:
    set_knowledge(user=user, products=[product], actor=None, at=at)


def away(user: User, at: datetime, days: int = 1) -> None:
    last = MONDAY + timedelta(days=days - 1)
    enter_absence(user=user, first_day=MONDAY, last_day=last, actor=user, at=at)


def mailed(kind: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("to", flat=True))


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], None),
        ([Candidate(1, knows=False, is_absent=False, load=0)], None),
        ([Candidate(1, knows=True, is_absent=True, load=0)], None),
        ([Candidate(1, True, False, 4), Candidate(2, True, False, 3), Candidate(3, False, False, 0)], 2),  # noqa: FBT003 -- a row of a table
        ([Candidate(2, True, False, 3), Candidate(1, True, False, 3)], 1),  # noqa: FBT003 -- a row of a table
    ],
)
def test_who_knows_is_there_and_has_least_to_do_is_chosen(
    candidates: list[Candidate], chosen: int | None
) -> None:
    assert choose(candidates) == chosen


def test_what_waits_for_the_customer_weighs_half() -> None:
    assert load_of({"new": 1, "open": 2, "waiting": 3, "resolved": 9}) == 9


def test_vk20_a_new_ticket_goes_to_who_knows_the_product_and_has_least_to_do(
    file: File, product: Product, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    knows(agent, product, monday)
    knows(ben, product, monday)
    first, second, third = (file() for _ in range(3))
    assert [first.assignee, second.assignee, third.assignee] == [agent, ben, agent]
    event = first.events.get(kind=Kind.ASSIGNED)
    assert (
        event.data.items() >= {"assignee": agent.pk, "by_rule": True, "reason": "knows the product"}.items()
    )
    assert event.actor is None
    # Who gets it is told that it is theirs, and nobody else of it.
    assert (mailed("assignment").count(agent.email), mailed("new_ticket")) == (2, [])


def test_vk20_where_nobody_who_knows_is_there_it_goes_to_the_team_of_the_product(
    file: File, product: Product, agent: User, ben: User, manager: User, monday: datetime, settings: Any
) -> None:
    knows(agent, product, monday)
    away(agent, monday)
    team = save_team(name="Cloud", members=[ben], products=[product], actor=manager, at=monday)
    ticket = file()
    assert (ticket.assignee, ticket.team) == (None, team)
    assert mailed("new_ticket") == [ben.email]
    settings.ASSIGN_NEW_TICKETS = False
    by_hand = file()
    assert (by_hand.assignee, by_hand.team) == (None, None)
    give_to_team(ticket=by_hand, actor=manager, team=team, at=monday)
    assert Ticket.objects.get(pk=by_hand.pk).team == team
    with pytest.raises(Refused, match="already"):
        give_to_team(ticket=by_hand, actor=manager, team=team, at=monday)


def test_whom_a_ticket_concerns_narrows_and_widens_with_who_is_there(
    file: File, product: Product, contact: Contact, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    ticket = file(severity="P1")
    assert set(concerned(ticket, monday)) == {agent, ben, manager}
    knows(ben, product, monday)
    assert concerned(ticket, monday) == [ben]
    give_to_team(
        ticket=ticket,
        actor=manager,
        team=save_team(name="Cloud", members=[manager], actor=manager, at=monday),
        at=monday,
    )
    ticket.refresh_from_db()
    assert concerned(ticket, monday) == [manager]
    assign_ticket(ticket=ticket, actor=manager, assignee=agent, at=monday)
    ticket.refresh_from_db()
    assert concerned(ticket, monday) == [agent]
    away(agent, monday)
    assert concerned(ticket, monday) == [agent, manager]
    reply_as_contact(ticket=ticket, actor=contact.user, text="And now?", at=monday)
    assert mailed("customer_reply") == [agent.email, manager.email]


def test_who_is_on_call_is_told_of_misses(
    file: File, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    ticket = file(severity="P1")
    assign_ticket(ticket=ticket, actor=manager, assignee=agent, at=monday)
    turn = {"starts_at": monday, "ends_at": monday + 9 * HOUR, "actor": manager, "at": monday}
    save_turn(user=ben, policy_slug="atheer", **turn)  # type: ignore[arg-type]  # given by name, of the types that it takes
    published("vivvo")
    save_turn(user=manager, policy_slug="vivvo", **turn)  # type: ignore[arg-type]  # given by name, of the types that it takes
    ticket.refresh_from_db()
    assert concerned_at_once(ticket, monday + HOUR) == [agent, ben]
    record_misses(at=monday + 5 * HOUR)
    assert mailed("miss") == [agent.email, ben.email]


def test_an_absence_is_of_the_persons_own_days_and_can_be_taken_back(
    file: File, product: Product, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    User.objects.filter(pk=agent.pk).update(time_zone="Asia/Tokyo")  # where it is Tuesday already
    agent.refresh_from_db()
    knows(agent, product, monday)
    away(agent, monday)
    assert file().assignee == agent
    away(agent, monday, days=2)
    assert file().assignee is None
    absence = agent.absences.get(last_day=MONDAY + timedelta(days=1))
    with pytest.raises(Refused, match="Only Agnes Desk and managers"):
        withdraw_absence(absence=absence, actor=ben, at=monday)
    withdraw_absence(absence=absence, actor=manager, at=monday)
    assert file().assignee == agent


def test_people_are_read_one_a_line_and_a_line_without_an_address_is_refused() -> None:
    named = read_people("Ada Chief <Ada@Desk.example>\n\n  Cal Safe <cal@desk.example>\n")
    assert [(each.name, each.email) for each in named] == [
        ("Ada Chief", "ada@desk.example"),
        ("Cal Safe", "cal@desk.example"),
    ]
    with pytest.raises(Refused, match="names nobody"):
        read_people("Ada Chief")


def test_an_agent_keeps_their_own_absence_and_a_manager_what_they_know(
    product: Product, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    mine = reverse("admin:desk_person", args=[agent.pk])
    with time_machine.travel(monday, tick=False):
        browser = desk_of(agent)
        page = browser.get(mine)
        assert_nothing_inline(page)
        sent = browser.post(f"{mine}absences/", {"first_day": "2026-11-24", "last_day": "2026-11-23"})
        assert sent.status_code == 422
        assert "choose a later one" in words(sent)
        assert 'value="2026-11-24"' in sent.content.decode()
        browser.post(f"{mine}absences/", {"first_day": "2026-11-23", "last_day": "2026-11-24"})
        assert "23 November 2026 to 24 November 2026" in words(browser.get(mine))
        refused = browser.post(f"{mine}knowledge/", {"products": [product.pk]})
        assert (refused.status_code, Knowledge.objects.count()) == (422, 0)
        desk_of(manager).post(f"{mine}knowledge/", {"products": [product.pk]})
        assert Knowledge.objects.get().product == product
        listed = words(browser.get(reverse("admin:desk_people")))
        assert "away now" in listed
        assert product.name in listed


def test_managers_name_the_people_of_a_role_and_are_warned_where_nobody_is(
    agent: User, manager: User, monday: datetime
) -> None:
    published("viakoo")
    address = reverse("admin:escalation_roles")
    browser = desk_of(manager)
    assert "Nobody is named for: CTO (Viakoo Technical Support Policy) CISO" in words(browser.get(address))
    form = {"policy_slug": "viakoo", "role": "CTO", "people": "Ada Chief"}
    refused = browser.post(address, form)
    assert refused.status_code == 422
    assert "names nobody" in words(refused)
    assert "Ada Chief</textarea>" in refused.content.decode()
    browser.post(address, {**form, "people": f"Ada Chief <ada@vendor.example>\nWhoever <{agent.email}>"})
    shown = browser.get(address).content.decode()
    assert "Ada Chief &lt;ada@vendor.example&gt;\nAgnes Desk &lt;agnes@desk.example&gt;" in shown
    assert browser.post(address, {**form, "role": "Pope"}).status_code == 404
    assert desk_of(agent).post(address, form).status_code == 422


def test_a_ticket_is_given_to_a_team_on_a_page_of_its_own(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    team = Team.objects.create(name="Cloud")
    browser = desk_of(agent)
    address = reverse("admin:ticket_team", args=[ticket.number])
    assert_nothing_inline(browser.get(address))
    assert browser.post(address, {"team": "999"}).status_code == 422
    browser.post(address, {"team": team.pk})
    assert "gave it to the team Cloud" in words(browser.get(reverse("admin:ticket", args=[ticket.number])))


def test_the_tickets_of_an_agent_who_has_left_stand_among_the_unassigned_until_somebody_starts_work(
    file: File, agent: User, ben: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    assign_ticket(ticket=ticket, actor=agent, assignee=agent, at=monday)
    desk, unassigned = desk_of(manager), "/admin/queue/?show=unassigned"
    assert ticket.number not in words(desk.get(unassigned))
    disable_user(user=agent, actor=manager, at=monday)
    shown = words(desk.get(unassigned))
    assert ticket.number in shown
    assert "Agnes Desk (has left)" in shown
    start_work(ticket=ticket, actor=ben, at=monday)
    assert Ticket.objects.get(pk=ticket.pk).assignee == ben
    assert ticket.number not in words(desk.get(unassigned))
