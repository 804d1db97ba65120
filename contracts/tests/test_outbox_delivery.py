"""Delivering messages: in order, at least once, and what becomes of those that cannot be delivered."""

import smtplib
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist

from contracts.models import Contact, OutboxMessage, User
from contracts.outbox import delivery, writing
from contracts.outbox.delivery import BACK_OFF, LEASE, LIMIT, SERVER_PATIENCE, deliver
from contracts.outbox.services import send_again
from contracts.refusals import Refused
from contracts.tests.mail_servers import Fault, PaperServer

TRANSIENT: list[Fault] = [
    TimeoutError("timed out"),
    ConnectionResetError(104, "reset by peer"),
    smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    smtplib.SMTPRecipientsRefused({"nora@harbour.example": (450, b"greylisted, come back later")}),
    smtplib.SMTPRecipientsRefused({"nora@harbour.example": (421, b"too busy")}),
    smtplib.SMTPSenderRefused(451, b"local error", "support@localhost"),
    smtplib.SMTPSenderRefused(550, b"who are you", "support@localhost"),
    smtplib.SMTPDataError(452, b"disk full"),
    smtplib.SMTPHeloError(503, b"bad sequence"),
    smtplib.SMTPResponseException(454, b"TLS not available"),
    TemplateDoesNotExist("emails/none"),
    RuntimeError("anything else"),
]
FOR_GOOD: list[Fault] = [
    smtplib.SMTPRecipientsRefused({"nora@harbour.example": (550, b"no such user")}),
    smtplib.SMTPDataError(554, b"we do not take this"),
]


def write(user: User, at: datetime, number: int = 1) -> OutboxMessage:
    return writing.write(
        kind="password_changed", to=user, at=at, context={"url": "http://desk.example/"}, key=f"test/{number}"
    )


@pytest.fixture
def message(contact: Contact, monday: datetime) -> OutboxMessage:
    return write(contact.user, monday)


def test_what_is_ready_is_sent_once(
    message: OutboxMessage, mail_server: type[PaperServer], monday: datetime
) -> None:
    assert deliver(monday).sent == 1
    assert deliver(monday + timedelta(days=1)).sent == 0
    message.refresh_from_db()
    assert (message.status, message.sent_at, message.attempts, message.claimed_until) == (
        "sent",
        monday,
        1,
        None,
    )
    assert mail_server.ids() == [message.message_id]


def test_a_batch_takes_one_connection_and_keeps_the_order(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    written = [write(contact.user, monday + timedelta(seconds=number), number) for number in range(5)]
    assert deliver(monday + timedelta(minutes=1)).sent == 5
    assert mail_server.ids() == [message.message_id for message in written]
    assert mail_server.opened == 1


def test_nothing_to_send_does_not_bother_the_mail_server(
    db: None, mail_server: type[PaperServer], monday: datetime
) -> None:
    assert deliver(monday) == delivery.Delivered()
    assert mail_server.opened == 0


@pytest.mark.parametrize("fault", TRANSIENT, ids=repr)
def test_a_failure_that_may_pass_is_tried_again(
    fault: Fault, message: OutboxMessage, mail_server: type[PaperServer], monday: datetime
) -> None:
    mail_server.faults.append(fault)
    assert deliver(monday).failed == 1
    message.refresh_from_db()
    assert (message.status, message.attempts, message.not_before) == ("queued", 1, monday + BACK_OFF[0])
    assert type(fault).__name__ in message.last_error
    assert deliver(monday + BACK_OFF[0]).sent == 1
    assert mail_server.ids() == [message.message_id]


@pytest.mark.parametrize("fault", FOR_GOOD, ids=repr)
def test_a_refusal_for_good_is_given_up_at_once(
    fault: Fault, message: OutboxMessage, mail_server: type[PaperServer], monday: datetime
) -> None:
    mail_server.faults.append(fault)
    assert deliver(monday).given_up == 1
    message.refresh_from_db()
    assert message.status == "given_up"
    assert deliver(monday + timedelta(days=9)).sent == 0


def test_attempts_come_ever_more_seldom_and_end_after_two_days(
    message: OutboxMessage, mail_server: type[PaperServer], monday: datetime
) -> None:
    mail_server.faults.extend([TimeoutError("timed out")] * 99)
    at = monday
    for wait in BACK_OFF[:-1]:
        assert deliver(at).failed == 1
        assert deliver(at + wait - timedelta(seconds=1)) == delivery.Delivered()
        at += wait
    assert deliver(at).given_up == 1
    assert timedelta(days=1) < at - monday < timedelta(days=3)
    message.refresh_from_db()
    assert message.attempts == LIMIT


def test_a_poison_row_does_not_stop_the_others(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    for number in range(3):
        write(contact.user, monday, number)
    mail_server.faults.append(RuntimeError("poison"))
    done = deliver(monday)
    assert (done.failed, done.sent) == (1, 2)


def test_a_row_that_kills_every_process_is_given_up(
    message: OutboxMessage, mail_server: type[PaperServer], monday: datetime
) -> None:
    at = monday
    for _ in range(LIMIT):
        mail_server.faults.append(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            deliver(at)
        at += max(LEASE, BACK_OFF[-1])
    assert deliver(at).given_up == 1
    assert not mail_server.taken


def test_a_server_that_cannot_be_reached_is_no_fault_of_the_rows(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    for number in range(3):
        write(contact.user, monday, number)
    mail_server.unreachable = ConnectionRefusedError(111, "refused")
    for look in range(500):
        deliver(monday + look * SERVER_PATIENCE)
    assert set(OutboxMessage.objects.values_list("attempts", "status")) == {(0, "queued")}
    mail_server.unreachable = None
    assert deliver(monday + 500 * SERVER_PATIENCE).sent == 3


def test_a_server_that_fails_all_the_time_is_left_alone_for_this_run(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    for number in range(20):
        write(contact.user, monday, number)
    mail_server.faults.extend([TimeoutError("timed out")] * 99)
    assert deliver(monday).failed == delivery.FAILURES_IN_A_ROW


def test_a_clock_ahead_of_ours_does_not_delay_a_message(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    write(contact.user, monday + timedelta(hours=1))
    assert deliver(monday).sent == 1


def test_nobody_gets_mail_after_their_access_has_ended(
    message: OutboxMessage, contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    User.objects.filter(pk=contact.user.pk).update(is_active=False)
    assert deliver(monday).dropped == 1
    message.refresh_from_db()
    assert message.status == "dropped"
    assert not mail_server.taken


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_from_inside_a_transaction(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    write(contact.user, monday)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        deliver(monday)
    assert not mail_server.taken


def test_staff_send_a_message_again_under_the_same_id(
    message: OutboxMessage, agent: User, mail_server: type[PaperServer], monday: datetime
) -> None:
    mail_server.faults.append(FOR_GOOD[0])
    deliver(monday)
    send_again(message=message, actor=agent, at=monday + timedelta(hours=1))
    # The other one tells the staff that mail to this address does not arrive.
    assert deliver(monday + timedelta(hours=1)).sent == 2
    assert mail_server.ids()[1:] == [message.message_id]


def test_only_staff_send_again_and_only_what_was_given_up(
    message: OutboxMessage, contact: Contact, agent: User, monday: datetime
) -> None:
    with pytest.raises(Refused, match="queued"):
        send_again(message=message, actor=agent, at=monday)
    with pytest.raises(Refused, match="staff"):
        send_again(message=message, actor=contact.user, at=monday)
