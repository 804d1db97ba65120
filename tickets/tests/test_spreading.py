"""One update of an outage reaches the tickets that are linked to it: each once, whatever is killed or fails."""

import itertools
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection, transaction

from contracts.models import Component, Contact, Outage, OutboxMessage, User
from contracts.refusals import Refused
from contracts.services.outages import report_outage, withdraw_outage
from contracts.tests.factories import ComponentFactory
from contracts.tests.faults import Fault
from portal.tests.servers import PATIENCE
from tickets import notifications
from tickets.models import Spread, SpreadReply, Ticket
from tickets.models.event import Kind
from tickets.services import spreading, walking
from tickets.services.conversation import ask_customer
from tickets.services.lifecycle import resolve_ticket
from tickets.services.outages import end_outage, link_outage, unlink_outage, update_outage
from tickets.services.spreading import post_replies, spread
from tickets.services.walking import BACK_OFF
from tickets.tests.conftest import Clocks, File
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
UPDATE = "The cause is found."


class KilledError(BaseException):
    """Ends a worker wherever it stands."""


@pytest.fixture
def component(file: File, deployment: object) -> Component:
    return ComponentFactory.create(product=file().product, audience="customers")


@pytest.fixture
def outage(component: Component, monday: datetime) -> Outage:
    """Of a component that the contact's contract reaches."""
    return reported(component, monday)


def reported(component: Component, at: datetime) -> Outage:
    return report_outage(
        title="Sign-in fails",
        components=[component],
        started_at=at - HOUR,
        what_happened="Nobody can sign in.",
        actor=None,
        at=at,
    )


def linked(file: File, outage: Outage, agent: User, at: datetime, count: int = 1) -> list[Ticket]:
    return [link_outage(ticket=file(at), outage=outage, actor=agent, at=at) for _ in range(count)]


def replies(ticket: Ticket) -> list[str]:
    """What staff replied, the earliest first."""
    events = ticket.events.filter(kind=Kind.PUBLIC_REPLY).select_related("message").order_by("seq")
    return [event.message.text for event in events if event.message]


def each_told_once(tickets: list[Ticket]) -> bool:
    mails = OutboxMessage.objects.filter(kind="reply").values_list("ticket_number", flat=True)
    told = [replies(ticket) for ticket in tickets] == [[UPDATE]] * len(tickets)
    return told and sorted(mails) == sorted(ticket.number for ticket in tickets) and not faults_of_all()


def test_an_update_is_a_public_reply_on_each_linked_ticket_and_stops_the_response(
    file: File, outage: Outage, agent: User, clocks: Clocks, monday: datetime
) -> None:
    first, second = linked(file, outage, agent, monday, 2)
    other = file(monday)
    event = update_outage(outage=outage, text=UPDATE, actor=agent, at=monday + HOUR)
    assert post_replies(at=monday + HOUR) == 2
    assert post_replies(at=monday + HOUR) == 0
    assert each_told_once([first, second])
    assert replies(other) == []
    assert clocks(first, monday + HOUR)["response"].stopped_at == monday + HOUR
    assert Spread.objects.get().key == f"outage-event-{event.pk}"
    said = first.events.get(kind=Kind.PUBLIC_REPLY)
    assert (said.actor, said.data["cause"]) == (agent, {"kind": "outage", "id": outage.pk})


def test_the_end_is_told_with_what_was_done(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    [ticket] = linked(file, outage, agent, monday)
    end_outage(outage=outage, what_was_done="A certificate was renewed.", actor=agent, at=monday)
    post_replies(at=monday)
    assert replies(ticket) == ["“Sign-in fails” is over.\n\nA certificate was renewed."]


def test_resolved_unlinked_and_later_linked_tickets_are_not_written_to(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    resolved, unlinked, waiting = linked(file, outage, agent, monday, 3)
    resolve_ticket(ticket=resolved, actor=agent, text="Done.", at=monday)
    unlink_outage(ticket=unlinked, outage=outage, actor=agent, at=monday)
    ask_customer(ticket=waiting, actor=agent, text="Which?", at=monday)
    update_outage(outage=outage, text=UPDATE, actor=agent, at=monday)
    [late] = linked(file, outage, agent, monday + HOUR)
    assert post_replies(at=monday + 2 * HOUR) == 1
    assert replies(waiting) == ["Which?", UPDATE]
    assert replies(resolved) == replies(unlinked) == replies(late) == []
    waiting.refresh_from_db()
    assert waiting.status == "waiting"


def test_an_outage_corrected_to_what_the_customer_has_not_is_not_told_on_their_ticket(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    [ticket] = linked(file, outage, agent, monday)
    outage.components.set([ComponentFactory.create(audience="customers")])
    update_outage(outage=outage, text=UPDATE, actor=agent, at=monday)
    assert post_replies(at=monday) == 0
    assert replies(ticket) == []
    assert Spread.objects.get().done_at == monday


def test_links_are_refused_where_they_would_say_too_much_or_nothing(
    file: File, outage: Outage, contact: Contact, agent: User, monday: datetime
) -> None:
    [ticket] = linked(file, outage, agent, monday)
    with pytest.raises(Refused, match="already"):
        link_outage(ticket=ticket, outage=outage, actor=agent, at=monday)
    hidden = reported(ComponentFactory.create(audience="customers"), monday)
    withdrawn = reported(ComponentFactory.create(), monday)
    withdraw_outage(outage=withdrawn, reason="Entered twice.", actor=None, at=monday)
    for wrong in (hidden, withdrawn):
        with pytest.raises(Refused, match="Choose another"):
            link_outage(ticket=ticket, outage=wrong, actor=agent, at=monday)
    with pytest.raises(Refused, match="not linked"):
        unlink_outage(ticket=ticket, outage=hidden, actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        link_outage(ticket=ticket, outage=hidden, actor=contact.user, at=monday)
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday)
    with pytest.raises(Refused, match="Reopen it first"):
        link_outage(ticket=ticket, outage=outage, actor=agent, at=monday)


def test_the_same_key_twice_is_one_spread_and_an_unknown_cause_none(agent: User, monday: datetime) -> None:
    given: dict[str, Any] = {"cause_id": 1, "text": UPDATE, "key": "k", "actor": agent, "at": monday}
    assert spread(cause_kind="outage", **given) == spread(cause_kind="outage", **given)
    with pytest.raises(LookupError, match="known are: outage, problem"):
        spread(cause_kind="weather", **given)


def test_one_ticket_that_fails_waits_longer_each_time_and_the_others_are_told(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    tickets = linked(file, outage, agent, monday, 3)
    update_outage(outage=outage, text=UPDATE, actor=agent, at=monday)
    head = Ticket.objects.get(pk=tickets[0].pk).policy_version_id
    reply = spreading._reply

    def broken(row: Spread, ticket: int, at: datetime) -> bool:
        if ticket == tickets[0].pk:
            raise ValueError(head)
        return reply(row, ticket, at)

    with mock.patch.object(walking, "BATCH", 1), mock.patch.object(spreading, "_reply", broken):
        assert post_replies(at=monday) == 2
        assert post_replies(at=monday) == 0
        assert post_replies(at=monday + BACK_OFF[0]) == 0
    assert Spread.objects.get().failures == 2
    assert post_replies(at=monday + BACK_OFF[0]) == 0
    assert post_replies(at=monday + BACK_OFF[0] + BACK_OFF[1]) == 1
    assert each_told_once(tickets)
    assert Spread.objects.get().done_at == monday + BACK_OFF[0] + BACK_OFF[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed", ["in a reply", "after a reply", "after a batch"])
def test_killed_anywhere_no_ticket_is_told_twice_and_none_left_out(
    killed: str, file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    tickets = linked(file, outage, agent, monday, 5)
    update_outage(outage=outage, text=UPDATE, actor=agent, at=monday)
    tell, move, calls = notifications.tell_contact, walking._move, itertools.count(1)

    def die() -> None:
        raise KilledError

    def told(*given: Any) -> None:
        tell(*given)
        if next(calls) == 3:
            die() if killed == "in a reply" else transaction.on_commit(die)

    def moved(*given: Any, **more: Any) -> None:
        move(*given, **more)
        die()

    patch = (
        mock.patch.object(walking, "_move", moved)
        if killed == "after a batch"
        else mock.patch.object(notifications, "tell_contact", told)
    )
    with mock.patch.object(walking, "BATCH", 2):
        with patch, pytest.raises(KilledError):
            post_replies(at=monday)
        assert SpreadReply.objects.count() == (3 if killed == "after a reply" else 2)
        post_replies(at=monday)
    assert each_told_once(tickets)


@pytest.mark.django_db(transaction=True)
def test_every_call_of_the_database_may_fail_and_the_next_run_makes_it_good(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    [ticket] = linked(file, outage, agent, monday)
    for nth in itertools.count(1):
        spread(cause_kind="outage", cause_id=outage.pk, text=UPDATE, key=f"k{nth}", actor=agent, at=monday)
        fault = Fault(nth)
        with suppress(OperationalError), fault.ordered():
            post_replies(at=monday)
        post_replies(at=monday)
        assert len(replies(ticket)) == nth, fault.sql
        if not fault.happened:
            break
    assert nth > 15
    assert faults_of_all() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_ticket_once(
    file: File, outage: Outage, agent: User, monday: datetime
) -> None:
    tickets = linked(file, outage, agent, monday, 6)
    update_outage(outage=outage, text=UPDATE, actor=agent, at=monday)
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait(PATIENCE)
            post_replies(at=monday)
        finally:
            connection.close()

    with mock.patch.object(walking, "BATCH", 2):
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        post_replies(at=monday)
    assert each_told_once(tickets)
    assert Spread.objects.get().done_at == monday
