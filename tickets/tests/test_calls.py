"""Phone calls: as tickets that staff file for a customer, and on tickets that there are."""

from datetime import datetime, timedelta

import pytest

from contracts.models import Contact, Contract, Deployment, OutboxMessage, User
from contracts.refusals import Refused
from tickets import clocks as bridge
from tickets import facts, record
from tickets.models import Message, Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Channel, Status
from tickets.services import conversation
from tickets.services.calls import Direction, log_call
from tickets.services.filing import Request, file_ticket
from tickets.services.noticing import record_misses
from tickets.telling import Words
from tickets.tests.conftest import WHAT, Clocks, File
from tickets.tests.pages import put_under
from tickets.tests.soundness import faults_of_all
from tickets.timeline import timeline

HOUR = timedelta(hours=1)
WORDS = Words(moment=lambda at: f"{at:%d %b %H:%M}")


def told(ticket: Ticket) -> list[str]:
    """The entries of the ticket's page, who and what."""
    events = ticket.events.select_related("actor", "message").order_by("seq")
    return [f"{entry.who} {entry.did}".strip() for entry in timeline(events, WORDS)]


def file_by_phone(
    contact: Contact,
    deployment: Deployment,
    actor: User,
    at: datetime,
    called_at: datetime | None = None,
    severity: str = "P2",
) -> Ticket:
    return file_ticket(
        contact=contact,
        deployment=deployment,
        request=Request(**{**WHAT, "severity": severity}),  # type: ignore[arg-type] # all of them are texts
        submission_key=f"call-{at.isoformat()}",
        channel=Channel.PHONE,
        actor=actor,
        called_at=called_at,
        at=at,
    )


def test_vk19_staff_file_for_a_customer_what_came_to_their_own_attention(
    file: File, contact: Contact, deployment: Deployment, agent: User, monday: datetime
) -> None:
    ticket = file_ticket(
        contact=contact,
        deployment=deployment,
        request=Request(**WHAT),  # type: ignore[arg-type] # all of them are texts
        submission_key="by ourselves",
        actor=agent,
        at=monday,
    )
    assert (ticket.contact, ticket.channel, ticket.runs_clocks) == (contact, Channel.WEB, True)
    assert ticket.events.filter(actor=agent).count() == 2
    assert told(ticket) == ["Agnes Desk filed the request for Nora Quay by web form"]
    receipt = OutboxMessage.objects.get(kind="receipt", ticket_number=ticket.number)
    assert receipt.to == contact.user.email
    assert "Agnes Desk filed it for you" in receipt.text


def test_no_contact_files_for_another(
    contract: Contract, contact: Contact, colleague: Contact, deployment: Deployment, monday: datetime
) -> None:
    with pytest.raises(Refused, match="Only staff"):
        file_by_phone(contact, deployment, colleague.user, monday)


def test_vv3_a_call_is_logged_as_a_ticket_that_was_submitted_when_it_was_made(
    contract: Contract,
    contact: Contact,
    deployment: Deployment,
    agent: User,
    clocks: Clocks,
    monday: datetime,
) -> None:
    put_under(contract, "vivvo", "premium")
    called = monday - 2 * HOUR
    ticket = file_by_phone(contact, deployment, agent, monday, called, severity="non-critical")
    events = list(ticket.events.order_by("seq"))
    assert {event.happened_at for event in events if event.kind in (Kind.FILED, Kind.SUBMITTED)} == {called}
    assert (ticket.filed_at, ticket.channel) == (called, Channel.PHONE)
    assert clocks(ticket, monday)["response"].due_at == called + 12 * HOUR
    assert told(ticket)[0] == (
        "Agnes Desk filed the request for Nora Quay by phone, entered later, 23 Nov 18:00"
    )
    assert faults_of_all() == []


def test_vv7_a_call_without_phone_support_is_kept_with_the_reason(
    contract: Contract, contact: Contact, deployment: Deployment, agent: User, monday: datetime
) -> None:
    put_under(contract, "vivvo")
    ticket = file_by_phone(contact, deployment, agent, monday, severity="non-critical")
    assert [reason["code"] for reason in ticket.kept_because] == ["channel"]
    assert not ticket.runs_clocks
    put_under(contract, "vivvo", "premium")
    later = file_by_phone(contact, deployment, agent, monday + HOUR, severity="non-critical")
    assert later.runs_clocks


@pytest.mark.parametrize(
    ("back", "refusal"), [(timedelta(hours=24, seconds=1), "up to 24 hours"), (-HOUR, "later than now")]
)
def test_the_time_of_a_call_has_limits(
    contract: Contract,
    contact: Contact,
    deployment: Deployment,
    agent: User,
    monday: datetime,
    back: timedelta,
    refusal: str,
) -> None:
    with pytest.raises(Refused, match=refusal):
        file_by_phone(contact, deployment, agent, monday, monday - back)
    assert Ticket.objects.count() == 0
    assert (
        file_by_phone(contact, deployment, agent, monday, monday - 24 * HOUR).filed_at == monday - 24 * HOUR
    )


def test_a_miss_between_a_call_and_its_entry_is_recorded_at_once(
    contract: Contract, contact: Contact, deployment: Deployment, agent: User, monday: datetime
) -> None:
    put_under(contract, "vivvo", "premium")
    called = monday - 20 * HOUR
    ticket = file_by_phone(contact, deployment, agent, monday, called, severity="non-critical")
    missed = ticket.events.get(kind=Kind.MISSED)
    assert missed.happened_at == called + 12 * HOUR
    assert ticket.clocks.get(name="response").miss_recorded


def call(
    ticket: Ticket, actor: User, contact: Contact, called_at: datetime, at: datetime, **how: object
) -> Message:
    asked: dict[str, object] = {
        "direction": Direction.IN,
        "text": "It is version 4.7.",
        "public": True,
        **how,
    }
    return log_call(ticket=ticket, actor=actor, contact=contact, called_at=called_at, at=at, **asked)  # type: ignore[arg-type]  # given by name, of the types that it takes


def test_a_call_of_the_contact_while_awaited_is_the_answer_from_when_it_was_made(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + HOUR)
    conversation.add_note(ticket=ticket, actor=agent, text="Odd.", at=monday + 4 * HOUR)
    call(ticket, agent, contact, monday + 2 * HOUR, monday + 5 * HOUR)
    answer = ticket.events.get(kind=Kind.CUSTOMER_REPLIED)
    assert answer.happened_at == monday + 2 * HOUR
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.status, fresh.last_event_at) == (Status.OPEN, monday + 4 * HOUR)
    times = [event.at for event in bridge.core_events(fresh.events.order_by("seq"))]
    assert times == sorted(times)
    assert told(ticket)[-2:] == [
        "Agnes Desk logged a call from Nora Quay, entered later, 23 Nov 23:00",
        "Agnes Desk noted",
    ]
    assert OutboxMessage.objects.filter(kind="call", to=contact.user.email).count() == 1
    assert record.verify(fresh, fresh.events.select_related("message").order_by("seq")) == []
    assert faults_of_all() == []


def test_a_call_from_before_the_question_does_not_answer_it(
    file: File, contact: Contact, colleague: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    conversation.ask_customer(ticket=ticket, actor=agent, text="Which version?", at=monday + 2 * HOUR)
    call(ticket, agent, contact, monday + HOUR, monday + 3 * HOUR, text="A third one has it.")
    call(ticket, agent, colleague, monday + 3 * HOUR, monday + 3 * HOUR, text="I am not named.")
    assert Ticket.objects.get(pk=ticket.pk).status == Status.WAITING
    conversation.reply_as_contact(ticket=ticket, actor=contact.user, text="4.7", at=monday + 4 * HOUR)
    conversation.ask_customer(ticket=ticket, actor=agent, text="And the log?", at=monday + 5 * HOUR)
    call(ticket, agent, contact, monday + 2.5 * HOUR, monday + 6 * HOUR)
    assert facts.read(ticket.events.order_by("seq")).waiting_since == monday + 5 * HOUR
    assert Ticket.objects.get(pk=ticket.pk).status == Status.WAITING


def test_what_is_not_for_the_customer_is_a_note_and_reaches_nobody(
    file: File, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    call(ticket, agent, contact, monday, monday + HOUR, public=False)
    assert ticket.events.filter(kind=Kind.CALL_LOGGED).count() == 0
    assert not Message.objects.visible_to(contact.user).filter(text="It is version 4.7.").exists()
    assert OutboxMessage.objects.filter(kind="call").count() == 0
    assert "noted a call from Nora Quay" in told(ticket)[-1]
    with pytest.raises(Refused, match="counts as a reply"):
        call(ticket, agent, contact, monday, monday + HOUR, public=False, answers=True)


def test_a_call_of_ours_counts_as_a_reply_if_its_writer_says_so(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket, made = file(), monday + HOUR
    call(ticket, agent, contact, made, made, direction=Direction.OUT, text="We look into it.")
    assert clocks(ticket, made)["response"].stopped_at is None
    call(ticket, agent, contact, made, made + HOUR, direction=Direction.OUT, text="Found.", answers=True)
    assert clocks(ticket, made + HOUR)["response"].stopped_at == made
    assert told(ticket)[-1] == "Agnes Desk logged a call to Nora Quay, entered later, 23 Nov 20:00"


def test_what_was_missed_stays_missed_whatever_call_is_entered_later(
    file: File, contact: Contact, agent: User, clocks: Clocks, monday: datetime
) -> None:
    ticket = file(severity="P1")
    due = clocks(ticket, monday)["response"].due_at
    assert due is not None
    if_noticed = due + HOUR
    record_misses(at=if_noticed)
    call(ticket, agent, contact, due - HOUR, if_noticed, direction=Direction.OUT, text="Hello.", answers=True)
    response = clocks(ticket, if_noticed)["response"]
    assert (response.stopped_at, response.kept) == (if_noticed, False)
    assert not ticket.events.filter(kind=Kind.JUDGED_AGAIN).exists()


def test_a_call_that_was_sent_twice_is_entered_once_and_names_its_own_customer(
    file: File, contact: Contact, stranger: Contact, agent: User, monday: datetime
) -> None:
    ticket = file()
    seen = ticket.seq
    first = call(ticket, agent, contact, monday, monday + HOUR, seen=seen)
    assert call(ticket, agent, contact, monday, monday + HOUR, seen=seen) == first
    with pytest.raises(Refused, match="ticket's customer"):
        call(ticket, agent, stranger, monday, monday + HOUR)
    with pytest.raises(Refused, match="before the ticket was filed"):
        call(ticket, agent, contact, monday - HOUR, monday + HOUR, text="Earlier.")
