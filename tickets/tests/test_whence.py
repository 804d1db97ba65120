"""From where something was done: the record says it, and forgets the address in time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from contracts.models import Contact, User
from portal.tasks import run_job
from tickets import record
from tickets.models import Ticket, TicketEvent
from tickets.services.addresses import forget_addresses
from tickets.tests.conftest import File
from tickets.tests.desk import desk_of
from tickets.tests.pages import client_of, words
from tickets.whence import Via, coming, whence

pytestmark = pytest.mark.django_db
HOME = "192.0.2.7"


def breaks(ticket: Ticket) -> list[str]:
    fresh = Ticket.objects.get(pk=ticket.pk)
    return [found.problem for found in record.verify(fresh, fresh.events.select_related("message"))]


@pytest.fixture
def ticket(file: File, contact: Contact, agent: User, monday: datetime) -> Ticket:
    """Filed, then answered by the contact on the web and by staff in the admin."""
    ticket = file(monday)
    with time_machine.travel(monday, tick=False):
        reply = client_of(contact.user).post(
            f"/tickets/{ticket.number}/replies/", {"text": "More.", "seen": 2}, REMOTE_ADDR=HOME
        )
        assert reply.status_code == 302
        desk = desk_of(agent)
        assert desk.post(f"/admin/queue/{ticket.number}/notes/", {"text": "Odd."}).status_code == 302
    return ticket


def test_the_record_says_by_which_way_and_from_where(ticket: Ticket, agent: User) -> None:
    events = {event.kind: event for event in ticket.events.all()}
    assert events["filed"].data["via"] == "command", "the tests call the service themselves"
    assert (events["customer_message"].data["via"], events["customer_message"].address) == ("web", HOME)
    assert events["note_added"].data["via"] == "admin"
    assert HOME not in str(events["customer_message"].data), "sealed is its fingerprint alone"
    page = words(desk_of(agent).get(f"/admin/queue/{ticket.number}/record/"))
    assert f"web, {HOME}" in page
    assert breaks(ticket) == []


def test_an_address_is_forgotten_in_time_and_the_record_holds_but_another_address_is_found(
    ticket: Ticket, settings: Any
) -> None:
    TicketEvent.objects.filter(address=HOME).update(address="192.0.2.8")
    assert breaks(ticket) == ["its address was changed after it was recorded"]
    recorded = ticket.events.exclude(address=None).latest("recorded_at").recorded_at
    assert forget_addresses(at=recorded + timedelta(days=89)) == 0
    assert forget_addresses(at=recorded + timedelta(days=91)) == 2
    assert not TicketEvent.objects.exclude(address=None).exists()
    assert breaks(ticket) == []


def test_where_none_is_to_be_kept_none_is_written(file: File, agent: User, settings: Any) -> None:
    settings.RECORD_ADDRESS_DAYS = 0
    ticket = file()
    desk_of(agent).post(f"/admin/queue/{ticket.number}/notes/", {"text": "Odd."})
    last = ticket.events.latest("seq")
    assert (last.address, "address_fingerprint" in last.data, last.data["via"]) == (None, False, "admin")


def test_what_the_worker_does_came_by_the_worker_and_a_way_ends_with_what_went_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Via] = []
    monkeypatch.setattr("portal.recurring.run", lambda name, at: seen.append(whence().via))
    run_job("heartbeat")
    with coming(Via.EMAIL):
        seen.append(whence().via)
    assert [*seen, whence().via] == [Via.WORKER, Via.EMAIL, Via.COMMAND]
