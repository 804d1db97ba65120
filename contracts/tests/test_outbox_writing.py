"""Writing messages: with their cause, once, and as clean headers."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from contracts.models import Contact, OutboxMessage
from contracts.outbox import writing
from contracts.tests.faults import fail_each_query, rows

TICKET = SimpleNamespace(number="VK-7F3K9Q", subject="Login <b>fails</b> & burns")


def write_receipt(contact: Contact, at: datetime, **more: str) -> OutboxMessage:
    context = {"ticket": TICKET, "url": "http://desk.example/tickets/VK-7F3K9Q/", "text": "It <burns>."}
    given = {"key": "filed/1", "ticket_number": TICKET.number, **more}
    return writing.write(kind="receipt", to=contact.user, at=at, context=context, **given)


def test_a_message_is_rendered_when_it_is_written(contact: Contact, monday: datetime) -> None:
    message = write_receipt(contact, monday)
    assert message.subject == "[VK-7F3K9Q] Login <b>fails</b> & burns"
    assert "It <burns>." in message.text
    assert "It &lt;burns&gt;." in message.html
    assert "Login &lt;b&gt;fails" in message.html
    assert (message.to, message.not_before, message.status) == ("nora@harbour.example", monday, "queued")


def test_the_same_key_says_the_same_thing_once(contact: Contact, monday: datetime) -> None:
    first = write_receipt(contact, monday)
    assert write_receipt(contact, monday + timedelta(hours=1)) == first
    assert OutboxMessage.objects.count() == 1


def test_the_message_id_follows_from_the_key_and_does_not_tell_it(contact: Contact, monday: datetime) -> None:
    message = write_receipt(contact, monday)
    assert message.message_id == writing.message_id("filed/1") != writing.message_id("filed/2")
    assert "filed" not in message.message_id


def test_a_cause_that_is_rolled_back_tells_nobody(contact: Contact, monday: datetime) -> None:
    def fail_after_writing() -> None:
        with transaction.atomic():
            write_receipt(contact, monday)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert not OutboxMessage.objects.exists()


def test_messages_about_one_ticket_share_a_thread(contact: Contact, monday: datetime) -> None:
    one, other = (write_receipt(contact, monday, key=key) for key in ("filed/1", "reply/2"))
    assert (
        one.reference == other.reference == writing.thread_id("VK-7F3K9Q") != writing.thread_id("VK-OTHER2")
    )


@pytest.mark.parametrize(
    "id_", ["<a@b>\nBcc: x@example.com", "no brackets", "<two words@b>", f"<{'a' * 300}@b>"]
)
def test_an_id_that_came_by_mail_and_is_none_is_left_out(
    contact: Contact, monday: datetime, id_: str
) -> None:
    assert write_receipt(contact, monday, in_reply_to=id_).in_reply_to == ""


def test_many_messages_are_posted_in_one_query(
    contact: Contact, monday: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafts = [
        writing.compose(
            kind="miss", to=contact.user, at=monday, context={"ticket": TICKET}, key=f"missed/{n}"
        )
        for n in range(30)
    ]
    with django_assert_num_queries(1):
        writing.post(drafts)
    writing.post(drafts)
    assert OutboxMessage.objects.count() == 30


def test_every_query_of_writing_may_fail_and_nothing_is_half_done(contact: Contact, monday: datetime) -> None:
    def write_both() -> None:
        with transaction.atomic():
            write_receipt(contact, monday)
            write_receipt(contact, monday, key="filed/2")

    assert fail_each_query(write_both, whole=rows(OutboxMessage)) >= 5
    assert OutboxMessage.objects.count() == 2


def test_of_a_message_with_a_link_nothing_of_the_link_is_stored(contact: Contact, monday: datetime) -> None:
    message = writing.write_secret(kind="invitation", to=contact.user, at=monday, key="invitation/1")
    assert (message.subject, message.text, message.html, message.data) == ("", "", "", {})
