"""One thing told to many: each once, nobody left out, whatever ends the worker."""

import itertools
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection, transaction

from contracts.models import Announcement, Contact, Customer, OutboxMessage, User
from contracts.outbox import announcements, writing
from contracts.outbox.announcements import BACK_OFF, BATCH, announce, draw, draw_batch
from contracts.outbox.audiences import audience_named
from contracts.outbox.delivery import deliver
from contracts.tests.audiences import ContactsOfOne, announced, contacts_of
from contracts.tests.faults import Fault
from contracts.tests.mail_servers import PaperServer
from contracts.tests.test_outbox_faults import KilledError
from portal.tests.servers import PATIENCE


def told() -> Counter[str]:
    return Counter(OutboxMessage.objects.values_list("to", flat=True))


def all_told_once(count: int) -> bool:
    return len(told()) == count and set(told().values()) == {1}


def test_announcing_writes_one_row_and_drawing_tells_each_once(customer: Customer, monday: datetime) -> None:
    contacts_of(customer, 2 * BATCH + 3)
    made = announced(customer, monday)
    assert not OutboxMessage.objects.exists()
    done = draw(monday)
    assert (done.batches, done.messages, done.finished) == (3, 2 * BATCH + 3, 1)
    assert all_told_once(2 * BATCH + 3)
    made.refresh_from_db()
    assert (made.done_at, draw(monday).batches) == (monday, 0)


def test_a_batch_that_is_full_to_the_last_is_followed_by_an_empty_one(
    customer: Customer, monday: datetime
) -> None:
    contacts_of(customer, BATCH)
    announced(customer, monday)
    assert (draw(monday).batches, all_told_once(BATCH)) == (2, True)


def test_the_same_key_again_tells_nobody_anew(contact: Contact, monday: datetime) -> None:
    first = announced(contact.customer, monday)
    draw(monday)
    assert announced(contact.customer, monday + timedelta(days=1)) == first
    assert (draw(monday + timedelta(days=1)).messages, all_told_once(1)) == (0, True)


def test_an_audience_that_nobody_registered_is_a_fault_of_the_caller(db: None, monday: datetime) -> None:
    with pytest.raises(LookupError, match="No audience is called 'nobody'"):
        announce(kind="password_changed", audience="nobody", key="1", at=monday)


def test_who_reads_alike_shares_one_text(customer: Customer, monday: datetime) -> None:
    contacts_of(customer, 5)
    User.objects.filter(contacts__customer=customer, name="Person 3").update(time_zone="Europe/Berlin")
    announced(customer, monday)
    draw(monday)
    audience = audience_named(ContactsOfOne.name)
    assert isinstance(audience, ContactsOfOne)
    assert audience.rendered == 2


def test_who_lost_the_right_between_announcement_and_drawing_is_not_told(
    contact: Contact, colleague: Contact, monday: datetime
) -> None:
    announced(contact.customer, monday)
    User.objects.filter(pk=colleague.user_id).update(is_active=False)
    draw(monday)
    assert list(told()) == [contact.user.email]


def test_a_person_with_two_memberships_is_told_once(contact: Contact, monday: datetime) -> None:
    Contact.objects.create(user=contact.user, customer=Customer.objects.create(name="Second"))
    announced(contact.customer, monday)
    everybody = Contact.objects.select_related("user")
    with mock.patch.object(ContactsOfOne, "candidates", return_value=everybody):
        draw(monday)
    assert all_told_once(1)


def test_a_long_announcement_holds_up_no_other(
    customer: Customer, contact: Contact, monday: datetime
) -> None:
    contacts_of(customer, 3 * BATCH)
    announced(customer, monday, "long")
    small = announced(Customer.objects.create(name="Small"), monday, "short")
    with mock.patch.object(announcements, "RUN_SECONDS", -1):
        assert draw(monday).batches == 0
    clock = mock.Mock(monotonic=mock.Mock(side_effect=[0, 0, 0, 9]))
    with mock.patch.object(announcements, "time", clock), mock.patch.object(announcements, "RUN_SECONDS", 4):
        assert draw(monday).batches == 2
    small.refresh_from_db()
    assert small.done_at
    assert draw(monday).finished == 1
    assert all_told_once(3 * BATCH + 1)


def test_one_that_fails_waits_longer_each_time_and_the_others_go_on(
    contact: Contact, monday: datetime
) -> None:
    poison = announced(contact.customer, monday, "poison")
    Announcement.objects.filter(pk=poison.pk).update(data={})
    announced(contact.customer, monday, "fine")
    done = draw(monday)
    assert (done.failed, done.finished, all_told_once(1)) == (1, 1, True)
    assert (draw(monday).failed, draw(monday + BACK_OFF[0]).failed) == (0, 1)
    assert (draw(monday + 2 * BACK_OFF[0]).failed, draw(monday + BACK_OFF[0] + BACK_OFF[1]).failed) == (0, 1)
    poison.refresh_from_db()
    assert (poison.failures, poison.last_error) == (3, "KeyError: 'customer'")
    Announcement.objects.filter(pk=poison.pk).update(data=announced(contact.customer, monday, "fine").data)
    assert draw(monday + timedelta(hours=2)).finished == 1
    poison.refresh_from_db()
    assert (poison.failures, poison.last_error) == (0, "")


def test_of_two_workers_with_the_same_batch_one_writes_it(contact: Contact, monday: datetime) -> None:
    announced(contact.customer, monday)
    mine, other = Announcement.objects.get(), Announcement.objects.get()
    assert (draw_batch(mine, monday), draw_batch(other, monday)) == (1, None)
    assert all_told_once(1)


@pytest.mark.django_db(transaction=True)
def test_every_call_of_the_database_may_fail_and_the_next_run_makes_it_good(
    customer: Customer, monday: datetime
) -> None:
    count = BATCH + 1
    contacts_of(customer, count)
    for nth in itertools.count(1):
        OutboxMessage.objects.all().delete()
        announced(customer, monday, f"test/{nth}")
        fault = Fault(nth)
        with suppress(OperationalError), fault.ordered():
            draw(monday)
        draw(monday)
        assert all_told_once(count), fault.sql
        if not fault.happened:
            break
    assert nth > 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed_after", [0, 1])
def test_killed_in_the_middle_of_2000_nobody_is_told_twice_and_nobody_left_out(
    killed_after: int, customer: Customer, monday: datetime
) -> None:
    contacts_of(customer, 2000)
    announced(customer, monday)
    post = writing.post
    left = iter([False, False, True, False])

    def killed(drafts: list[OutboxMessage]) -> None:
        dies = next(left, False)
        post(drafts[: len(drafts) // 2] if dies and not killed_after else drafts)
        if dies and killed_after:
            transaction.on_commit(die)
        elif dies:
            die()

    def die() -> None:
        raise KilledError

    with mock.patch.object(writing, "post", killed), pytest.raises(KilledError):
        draw(monday)
    assert OutboxMessage.objects.count() == (2 + killed_after) * BATCH
    draw(monday)
    assert all_told_once(2000)


@pytest.mark.django_db(transaction=True)
def test_three_workers_at_once_tell_each_once(customer: Customer, monday: datetime) -> None:
    contacts_of(customer, 3 * BATCH)
    announced(customer, monday)
    start = threading.Barrier(3)

    def work() -> None:
        try:
            start.wait(PATIENCE)
            draw(monday)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    draw(monday)
    assert all_told_once(3 * BATCH)


def test_what_is_told_to_many_lets_every_other_message_pass(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    announced(contact.customer, monday)
    draw(monday)
    later = writing.write(
        kind="password_changed", to=contact.user, at=monday + timedelta(seconds=9), context={}, key="one"
    )
    deliver(monday + timedelta(minutes=1))
    assert mail_server.ids()[0] == later.message_id
    assert len(mail_server.ids()) == 2
