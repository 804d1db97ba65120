"""The outbox under faults: killed, two at once, a database that goes away. CI takes a fiftieth of the numbers."""

import itertools
import os
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from contracts.models import Contact, OutboxMessage
from contracts.outbox import writing
from contracts.outbox.delivery import BACK_OFF, LEASE, deliver
from contracts.outbox.digests import gather
from contracts.outbox.sorting import sort_out
from contracts.services.mail_wishes import choose_mails
from contracts.tests.faults import Fault, fail_each_query, rows
from contracts.tests.mail_servers import PaperServer
from contracts.tests.test_outbox_delivery import TRANSIENT, write
from contracts.tests.test_outbox_writing import TICKET
from portal.tests.servers import PATIENCE

pytestmark = pytest.mark.endurance

# `make endure` sets it to 50.
TIMES = int(os.environ.get("ENDURE", "1"))


class KilledError(BaseException):
    """The process is gone: nothing of ours runs after this."""


def kill() -> None:
    raise KilledError


@pytest.mark.parametrize("attempt", range(4 * TIMES))
def test_killed_between_the_servers_yes_and_our_commit_nothing_is_lost_and_nothing_comes_thrice(
    attempt: int, contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    written = [write(contact.user, monday, number) for number in range(3)]
    mail_server.faults.extend([*[None] * (attempt % 3), kill])
    with pytest.raises(KilledError):
        deliver(monday)
    deliver(monday)
    deliver(monday + LEASE)
    copies = Counter(mail_server.ids())
    assert set(copies) == {message.message_id for message in written}
    assert sorted(copies.values()) == [1, 1, 2]
    assert deliver(monday + 100 * LEASE).sent == 0


@pytest.mark.parametrize("fault", TRANSIENT, ids=repr)
def test_each_fault_of_the_mail_server_leaves_every_mail_delivered_in_the_end(
    fault: Exception, contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    count = 12 * TIMES
    for number in range(count):
        write(contact.user, monday, number)
    mail_server.faults.extend([fault, None] * 6)
    at = monday
    for _ in BACK_OFF:
        deliver(at)
        at += BACK_OFF[0]
    assert Counter(mail_server.ids()).most_common(1)[0][1] == 1
    assert len(mail_server.taken) == count
    assert not OutboxMessage.objects.exclude(status="sent").exists()


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_message_once(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    count = 40 * TIMES
    for number in range(count):
        write(contact.user, monday, number)
    start = threading.Barrier(3)

    def work() -> None:
        try:
            start.wait(PATIENCE)
            while deliver(monday).sent:
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail_server.ids()) == len(set(mail_server.ids())) == count


@pytest.mark.django_db(transaction=True)
def test_every_query_of_a_delivery_may_fail_and_the_next_run_makes_it_good(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    for nth in itertools.count(1):
        message = write(contact.user, monday, nth)
        fault = Fault(nth)
        with suppress(OperationalError), fault.ordered():
            deliver(monday)
        deliver(monday + LEASE)
        message.refresh_from_db()
        assert message.status == "sent", fault.sql
        assert 1 <= mail_server.ids().count(message.message_id) <= 2
        if not fault.happened:
            break
    assert nth > 4


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_leaves_no_message(contact: Contact, monday: datetime) -> None:
    assert fail_each_query(lambda: write(contact.user, monday), whole=rows(OutboxMessage)) >= 3
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_every_query_of_sorting_and_of_a_digest_may_fail_and_each_mail_comes_once(
    contact: Contact, mail_server: type[PaperServer], monday: datetime
) -> None:
    hours = {"answers": "hourly", "progress": "off"}
    choose_mails(user=contact.user, wishes=hours, actor=contact.user, at=monday)
    keys = [
        writing.write(kind=kind, to=contact.user, at=monday, context={"ticket": TICKET}, key=kind).pk
        for kind in ("reply", "question", "work_started")
    ]
    later = monday + timedelta(hours=1)
    # Sorting may stop between two messages: what is done stays done, and the rest is done the next time.
    assert fail_each_query(lambda: sort_out(keys, monday), whole=lambda: None) >= 3
    assert fail_each_query(lambda: gather(later), whole=rows(OutboxMessage)) >= 4
    deliver(later)
    (mail,) = mail_server.taken
    assert mail["Subject"].startswith("2 messages")
    assert sorted(OutboxMessage.objects.values_list("status", flat=True)) == [
        "digested",
        "digested",
        "sent",
        "unwanted",
    ]
