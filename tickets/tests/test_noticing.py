"""The worker notices what ran out; it is never needed for the truth."""

from datetime import datetime, timedelta

import pytest

from contracts.models import OutboxMessage, User
from tickets.models import Clock, Ticket
from tickets.models.event import Kind
from tickets.services.lifecycle import acknowledge_ticket
from tickets.services.noticing import give_warnings, record_misses
from tickets.tests.conftest import Clocks, File

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(file: File, agent: User) -> Ticket:
    """An Atheer P1: 4 business hours, due on Monday at 14:00 in Los Angeles."""
    return file(severity="P1")


def recorded(ticket: Ticket) -> list[str]:
    """The due instants of the recorded misses."""
    return [event.data["due_at"] for event in ticket.events.filter(kind=Kind.MISSED)]


def test_a_miss_is_recorded_with_its_due_instant_however_late(ticket: Ticket, monday: datetime) -> None:
    record_misses(at=monday + 50 * HOUR)
    event = ticket.events.get(kind=Kind.MISSED)
    assert event.happened_at == monday + 4 * HOUR
    assert recorded(ticket) == [(monday + 4 * HOUR).isoformat()]


def test_at_the_due_instant_nothing_is_missed_yet(ticket: Ticket, monday: datetime) -> None:
    record_misses(at=monday + 4 * HOUR)
    assert recorded(ticket) == []


def test_a_miss_is_recorded_and_told_once(ticket: Ticket, agent: User, monday: datetime) -> None:
    for seconds in (1, 2, 3):
        record_misses(at=monday + 4 * HOUR + timedelta(seconds=seconds))
    assert len(recorded(ticket)) == 1
    assert OutboxMessage.objects.filter(kind="miss", to=agent.email).count() == 1


def test_a_verb_after_the_due_instant_records_the_miss_without_the_worker(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    acknowledge_ticket(ticket=ticket, actor=agent, at=monday + 5 * HOUR)
    assert recorded(ticket) == [(monday + 4 * HOUR).isoformat()]


def test_with_the_worker_stopped_the_clocks_tell_the_truth(
    ticket: Ticket, clocks: Clocks, monday: datetime
) -> None:
    assert clocks(ticket, monday + 5 * HOUR)["response"].missed_at == monday + 4 * HOUR


def test_a_record_of_a_miss_does_not_move_the_end_of_the_story(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    record_misses(at=monday + 50 * HOUR)
    stopped = acknowledge_ticket(ticket=ticket, actor=agent, at=monday + 6 * HOUR).clocks.get()
    assert stopped.stopped_at == monday + 6 * HOUR


def test_a_warning_is_given_once_when_three_quarters_are_used(
    ticket: Ticket, agent: User, monday: datetime
) -> None:
    give_warnings(at=monday + 3 * HOUR - timedelta(seconds=1))
    assert not OutboxMessage.objects.filter(kind="warning").exists()
    give_warnings(at=monday + 3 * HOUR)
    give_warnings(at=monday + 3 * HOUR + timedelta(minutes=1))
    assert OutboxMessage.objects.filter(kind="warning", to=agent.email).count() == 1


def test_nobody_is_warned_of_what_was_missed(ticket: Ticket, monday: datetime) -> None:
    give_warnings(at=monday + 5 * HOUR)
    assert not OutboxMessage.objects.filter(kind="warning").exists()


def test_one_broken_ticket_does_not_keep_the_others_from_being_recorded(
    file: File, agent: User, monday: datetime
) -> None:
    broken, sound = file(severity="P1"), file(severity="P1")
    broken.events.filter(kind=Kind.SUBMITTED).update(data={"severity": "gone"})
    record_misses(at=monday + 5 * HOUR)
    assert recorded(sound)


def test_a_row_of_an_older_calendar_is_not_believed(ticket: Ticket, monday: datetime) -> None:
    Clock.objects.update(due_at=monday + HOUR)
    record_misses(at=monday + 2 * HOUR)
    assert recorded(ticket) == []
    assert ticket.clocks.get().due_at == monday + 4 * HOUR
