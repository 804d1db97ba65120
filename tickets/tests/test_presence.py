"""Who else is at a ticket, on its page and in the queue; and the rows of the queue by themselves."""

from datetime import datetime, timedelta

import time_machine

from contracts.models import User
from tickets.models import Presence
from tickets.services import lifecycle
from tickets.services.presence import come, forget_gone, others_at
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import words

ROWS = "/admin/queue/rows/"


def test_who_opens_a_ticket_is_there_for_two_minutes(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    page, mine, theirs = f"/admin/queue/{ticket.number}/", desk_of(agent), desk_of(manager)
    with time_machine.travel(monday, tick=False):
        theirs.get(page)
        assert "Max Lead is looking" in words(mine.get(page))
        assert "Max Lead is looking" in words(mine.get("/admin/queue/"))
        assert "Agnes Desk is looking" not in words(mine.get(page))
    with time_machine.travel(monday + timedelta(minutes=2), tick=False):
        assert "is looking" not in words(mine.get(page))
    forget_gone(at=monday + timedelta(minutes=3))
    assert list(Presence.objects.values_list("user", flat=True)) == [agent.pk]


def test_the_script_says_who_writes_and_who_goes(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket = file()
    address = f"/admin/queue/{ticket.number}/presence/"
    with time_machine.travel(monday, tick=False):
        desk_of(manager).post(address, {"doing": "writing"})
        assert "Max Lead is writing" in words(desk_of(agent).post(address, {"doing": "looking"}))
        assert desk_of(manager).post(address, {"doing": "gone"}).status_code == 204
        assert words(desk_of(agent).post(address, {"doing": "nonsense"})) == ""
    assert others_at(ticket, manager, monday + timedelta(seconds=74))
    assert not others_at(ticket, manager, monday + timedelta(seconds=75))
    for _ in range(2):
        come(user=manager, ticket=ticket, is_writing=True, at=monday)
    assert Presence.objects.count() == 2


def test_the_rows_are_sent_again_only_when_they_say_something_else(
    file: File, agent: User, manager: User, monday: datetime
) -> None:
    ticket, desk = file(), desk_of(agent)
    file(severity="P4", subject="Not of this list")
    with time_machine.travel(monday, tick=False):
        address = f"{ROWS}?show=unassigned&severity=P2"
        first = desk.get(address)
        assert "Not of this list" not in words(first)
        again = desk.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        lifecycle.acknowledge_ticket(ticket=ticket, actor=manager, at=monday)
        changed = desk.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert "csrfmiddlewaretoken" not in changed.content.decode()
        come(user=manager, ticket=ticket, is_writing=True, at=monday)
        assert "Max Lead is writing" in words(desk.get(address))
