"""The verbs of staff and contacts, and what each does to the clocks."""

from datetime import datetime, timedelta

import pytest

from contracts.models import Contact, OutboxMessage, User
from contracts.refusals import Refused
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services import assignment, conversation, lifecycle, severity
from tickets.tests.conftest import Clocks, File

HOUR = timedelta(hours=1)


def status(ticket: Ticket) -> str:
    """The status as stored."""
    return Ticket.objects.get(pk=ticket.pk).status


def test_an_acknowledgement_stops_the_response(
    file: File, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file()
    lifecycle.acknowledge_ticket(ticket=ticket, actor=agent, at=monday + HOUR)
    assert clocks(ticket, monday + 2 * HOUR)["response"].stopped_at == monday + HOUR
    assert ticket.clocks.get().state == "stopped"
    assert status(ticket) == Status.OPEN


def test_a_second_acknowledgement_is_refused(file: File, agent: User, monday: datetime) -> None:
    ticket = file()
    lifecycle.acknowledge_ticket(ticket=ticket, actor=agent, at=monday)
    with pytest.raises(Refused, match="acknowledged before"):
        lifecycle.acknowledge_ticket(ticket=ticket, actor=agent, at=monday)


def test_who_starts_work_on_an_unassigned_ticket_takes_it(file: File, agent: User, monday: datetime) -> None:
    ticket = lifecycle.start_work(ticket=file(), actor=agent, at=monday)
    assert ticket.assignee_id == agent.pk


def test_a_first_public_reply_stops_the_response(
    file: File, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file()
    conversation.reply_as_staff(ticket=ticket, actor=agent, text="Hello", at=monday + HOUR)
    assert clocks(ticket, monday + HOUR)["response"].kept


def test_a_note_stops_nothing_and_tells_no_customer(
    file: File, agent: User, clocks: Clocks, contact: Contact, monday: datetime
) -> None:
    ticket = file()
    told = OutboxMessage.objects.filter(to=contact.user.email).count()
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday + HOUR)
    assert clocks(ticket, monday + HOUR)["response"].stopped_at is None
    assert OutboxMessage.objects.filter(to=contact.user.email).count() == told


def test_vk18_a_question_makes_the_ticket_wait_until_the_contact_answers(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket = file()
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + HOUR)
    assert status(ticket) == Status.WAITING
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="4.7", at=monday + 2 * HOUR)
    assert status(ticket) == Status.OPEN
    assert ticket.events.filter(kind=Kind.CUSTOMER_REPLIED).count() == 1


def test_a_contact_who_was_not_awaited_just_writes(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="More.", at=monday + HOUR)
    assert ticket.events.last() is not None
    assert OutboxMessage.objects.filter(kind="customer_reply", to=agent.email).count() == 1


def test_at3_web_a_colleague_who_is_not_named_cannot_reply(
    file: File, colleague: Contact, monday: datetime
) -> None:
    with pytest.raises(Refused, match="only named contacts"):
        conversation.reply_as_contact(ticket=file(), actor=colleague.user, text="Me too", at=monday)


def test_a_stranger_cannot_reply(file: File, stranger: Contact, monday: datetime) -> None:
    with pytest.raises(Refused, match="no such ticket"):
        conversation.reply_as_contact(ticket=file(), actor=stranger.user, text="Hi", at=monday)


def test_a_stranger_cannot_reopen(file: File, agent: User, stranger: Contact, monday: datetime) -> None:
    ticket = lifecycle.resolve_ticket(ticket=file(), actor=agent, text="Done.", at=monday)
    with pytest.raises(Refused, match="no such ticket"):
        lifecycle.reopen_ticket(ticket=ticket, actor=stranger.user, reason="No", at=monday)


@pytest.mark.parametrize("verb", [lifecycle.acknowledge_ticket, lifecycle.start_work])
def test_a_contact_cannot_do_what_staff_do(
    verb: object, file: File, contact: Contact, monday: datetime
) -> None:
    with pytest.raises(Refused, match="Only staff"):
        verb(ticket=file(), actor=contact.user, at=monday)  # type: ignore[operator] # one of the verbs


def test_a_resolution_stops_what_still_runs(
    file: File, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = lifecycle.resolve_ticket(ticket=file(), actor=agent, text="Fixed.", at=monday + HOUR)
    assert status(ticket) == Status.RESOLVED
    assert clocks(ticket, monday + 2 * HOUR)["response"].stopped_at == monday + HOUR
    assert Ticket.objects.get(pk=ticket.pk).next_due_at is None


def test_the_contact_reopens_with_a_reason(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket = lifecycle.resolve_ticket(ticket=file(), actor=agent, text="Fixed.", at=monday)
    lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="It is not.", at=monday + HOUR)
    assert status(ticket) == Status.OPEN
    with pytest.raises(Refused, match="Only a resolved"):
        lifecycle.reopen_ticket(ticket=ticket, actor=contact.user, reason="Again", at=monday + HOUR)


def test_at9_a_change_of_severity_keeps_its_reason_and_tells_the_contact(
    file: File, agent: User, contact: Contact, monday: datetime
) -> None:
    ticket = severity.change_severity(
        ticket=file(), actor=agent, severity="P1", reason="Everybody is out.", at=monday + HOUR
    )
    event = ticket.events.get(kind=Kind.SEVERITY_CHANGED)
    assert (event.data["severity"], event.data["before"], event.text) == ("P1", "P2", "Everybody is out.")
    assert (ticket.severity, ticket.severity_confirmed) == ("P1", True)
    assert OutboxMessage.objects.filter(kind="severity_changed", to=contact.user.email).exists()


def test_at9_what_the_contact_chose_is_a_proposal_until_staff_confirm_it(
    file: File, agent: User, monday: datetime
) -> None:
    ticket = file()
    assert not ticket.severity_confirmed
    assert severity.confirm_severity(ticket=ticket, actor=agent, at=monday).severity_confirmed


def test_raising_counts_the_stricter_promise_from_the_raise(
    file: File, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file(severity="P4")
    raised = monday + HOUR
    severity.change_severity(ticket=ticket, actor=agent, severity="P1", reason="Worse", at=raised)
    assert clocks(ticket, raised)["response"].due_at == raised + 4 * HOUR


def test_an_assignment_tells_the_assignee(file: File, agent: User, manager: User, monday: datetime) -> None:
    ticket = assignment.assign_ticket(ticket=file(), actor=manager, assignee=agent, at=monday)
    assert ticket.assignee_id == agent.pk
    assert OutboxMessage.objects.get(kind="assignment").to == agent.email


def test_a_customer_cannot_be_assigned(file: File, manager: User, contact: Contact, monday: datetime) -> None:
    with pytest.raises(Refused, match="not staff"):
        assignment.assign_ticket(ticket=file(), actor=manager, assignee=contact.user, at=monday)


@pytest.mark.parametrize("text", ["", "   \n"])
def test_nothing_is_said_with_nothing(file: File, agent: User, monday: datetime, text: str) -> None:
    with pytest.raises(Refused, match="Write"):
        conversation.reply_as_staff(ticket=file(), actor=agent, text=text, at=monday)
