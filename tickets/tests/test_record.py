"""The sealed record."""

from datetime import datetime, timedelta

import pytest

from contracts.models import User
from tickets.models import Message, Ticket, TicketEvent
from tickets.record import Break, verify
from tickets.services.conversation import add_note, reply_as_staff
from tickets.services.lifecycle import acknowledge_ticket
from tickets.tests.conftest import File


@pytest.fixture
def ticket(file: File, agent: User, monday: datetime) -> Ticket:
    """A ticket that was acknowledged and answered."""
    ticket = file()
    acknowledge_ticket(ticket=ticket, actor=agent, at=monday + timedelta(hours=1))
    reply_as_staff(ticket=ticket, actor=agent, text="We look.", at=monday + timedelta(hours=2))
    return ticket


def breaks(ticket: Ticket) -> list[Break]:
    """What ``verify`` finds in the stored record."""
    fresh = Ticket.objects.get(pk=ticket.pk)
    return verify(fresh, fresh.events.select_related("message"))


def test_an_untouched_record_holds(ticket: Ticket) -> None:
    assert breaks(ticket) == []
    assert ticket.events.count() == 4


def test_events_are_numbered_without_a_gap(ticket: Ticket) -> None:
    assert list(ticket.events.values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_a_changed_instant_is_found(ticket: Ticket, monday: datetime) -> None:
    ticket.events.filter(seq=3).update(happened_at=monday)
    assert breaks(ticket) == [Break(ticket.number, 3, "was changed after it was recorded")]


def test_changed_data_are_found(ticket: Ticket) -> None:
    ticket.events.filter(seq=2).update(data={"severity": "P4"})
    assert [found.seq for found in breaks(ticket)] == [2]


def test_a_removed_event_is_found(ticket: Ticket) -> None:
    ticket.events.filter(seq=2).delete()
    assert "an event is missing" in [found.problem for found in breaks(ticket)]


def test_a_removed_last_event_is_found(ticket: Ticket) -> None:
    ticket.events.filter(seq=4).delete()
    assert [found.problem for found in breaks(ticket)] == ["the ticket names another end of its record"]


def test_a_changed_message_is_found(ticket: Ticket) -> None:
    Message.objects.filter(ticket=ticket, text="We look.").update(text="We never look.")
    assert [found.problem for found in breaks(ticket)] == ["its text was changed after it was recorded"]


def test_a_text_that_is_gone_without_a_redaction_is_found(ticket: Ticket) -> None:
    Message.objects.filter(ticket=ticket, text="We look.").update(text="")
    assert [found.problem for found in breaks(ticket)] == ["its text is gone, and no redaction tells of it"]


def test_a_changed_subject_is_found(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(subject="Nothing happened")
    assert breaks(ticket) == [Break(ticket.number, 1, "the subject was changed after it was recorded")]


def test_no_text_that_anybody_typed_stands_in_the_data_of_an_event(ticket: Ticket) -> None:
    written = " ".join(str(event.data) for event in TicketEvent.objects.all())
    assert "We look." not in written
    assert "Sign in and wait" not in written


def test_the_record_never_runs_backwards(ticket: Ticket, agent: User, monday: datetime) -> None:
    add_note(ticket=ticket, actor=agent, text="From a machine whose clock is late.", at=monday)
    last = ticket.events.last()
    assert last is not None
    assert last.happened_at == monday + timedelta(hours=2)
