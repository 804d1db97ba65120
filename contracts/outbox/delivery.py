"""
Delivery: what is ready goes to the mail server, at least once, under the same Message-ID.

1. Look for rows that are ready, oldest first, those told to many after all others, and set aside what its reader does
   without or gets in a digest, and what goes to an address that bounced. None left: done, and the mail server is not
   bothered.
2. Open one connection for the batch. When that fails no row is to blame: they all wait SERVER_PATIENCE, uncounted.
3. Claim a row by compare-and-set: of two deliverers one gets it. The claim counts the attempt and sets the time of the
   next before anything is sent, so that a row that kills its process is counted, too, and waits its turn.
4. Send it, outside every transaction.
5. Write what came of it, if the claim is still ours: sent; given up, when the server refuses for good or the last
   attempt has failed; else queued for the next attempt. After a failure the connection is opened anew.

Killed between 4 and 5: the claim ends after LEASE and the row is sent again. Killed anywhere else: nothing is lost and
nothing sent twice. Asking for ready rows again and again is the sweep; nothing else needs to find lost ones.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from contracts.outbox.mail import email
from contracts.outbox.models import DeliveryStatus, OutboxMessage
from contracts.outbox.refusing import is_for_good, status_of
from contracts.outbox.sealed import NotNeeded
from contracts.outbox.sorting import sort_out
from contracts.services.bounces import mark_bounced

logger = logging.getLogger(__name__)

BATCH = 100
# After this long a batch takes no further row; its rest is for the next run.
BATCH_SECONDS = 30
# Longer than a batch and the slowest conversation with a mail server that EMAIL_TIMEOUT allows.
LEASE = timedelta(minutes=3)
# How long after each attempt the next one comes: in all a little over two days.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 120, 240, 480, 960, 1440))
LIMIT = len(BACK_OFF)
# A mail server that cannot be reached is tried again after this.
SERVER_PATIENCE = timedelta(seconds=30)
# So many failures in a row mean that the server, not the messages, has a fault.
FAILURES_IN_A_ROW = 5
ERROR_LENGTH = 1000


@dataclass(slots=True)
class Delivered:
    """What a run did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    dropped: int = 0
    unreachable: str = ""


def deliver(at: datetime) -> Delivered:
    """Sends what is ready at ``at``, as far as a batch goes. A recurring job of portal/jobs.py."""
    done = Delivered()
    waiting = list(
        OutboxMessage.objects.ready(at)
        .order_by("is_bulk", "not_before", "pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    if waiting:
        waiting = sort_out(waiting, at)
    if not waiting:
        return done
    server = get_connection()
    try:
        _deliver_batch(waiting, server=server, done=done, at=at)
    finally:
        _close(server)
    return done


def _deliver_batch(waiting: list[int], *, server: BaseEmailBackend, done: Delivered, at: datetime) -> None:
    started, in_a_row = time.monotonic(), 0
    for pk in waiting:
        if time.monotonic() - started > BATCH_SECONDS or in_a_row == FAILURES_IN_A_ROW:
            return
        if not _open(server, done=done, at=at):
            return
        message = _claim(pk, at=at)
        if message is None:
            continue
        if _deliver_one(message, server=server, done=done, at=at):
            in_a_row = 0
        else:
            in_a_row += 1
            _close(server)


def _open(server: BaseEmailBackend, *, done: Delivered, at: datetime) -> bool:
    """Whether there is a connection; opens it if need be."""
    try:
        server.open()
    except Exception as fault:  # noqa: BLE001 -- whatever it is, the rows must wait and the worker live
        done.unreachable = _said(fault)
        logger.warning("The mail server cannot be reached: %s", done.unreachable)
        OutboxMessage.objects.ready(at).update(
            not_before=at + SERVER_PATIENCE,
            last_error=f"The mail server cannot be reached: {done.unreachable}",
        )
        return False
    return True


def _close(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except Exception as fault:  # noqa: BLE001 -- it is gone either way
        logger.info("The connection to the mail server ended badly: %s", _said(fault))


def _claim(pk: int, *, at: datetime) -> OutboxMessage | None:
    """The row, if it is ours now. ``durable`` refuses to send from inside a transaction."""
    with transaction.atomic(durable=True):
        row = OutboxMessage.objects.ready(at).select_related("user").filter(pk=pk).first()
        if row is None or not _take(row, at=at):
            return None
        row.attempts += 1
        return row


def _take(row: OutboxMessage, *, at: datetime) -> bool:
    mine = OutboxMessage.objects.ready(at).filter(pk=row.pk, attempts=row.attempts)
    wait = BACK_OFF[min(row.attempts, LIMIT - 1)]
    return bool(
        mine.update(
            attempts=F("attempts") + 1,
            claimed_until=at + LEASE,
            not_before=at + wait,
            last_error="The attempt was not finished.",
        )
    )


def _deliver_one(message: OutboxMessage, *, server: BaseEmailBackend, done: Delivered, at: datetime) -> bool:
    """Sends the claimed row and writes what came of it; whether the mail server took it or was not needed."""
    if message.attempts > LIMIT:
        # Every attempt ended without a word: it kills what sends it.
        return _give_up(message, error="No attempt could be finished.", done=done, at=at)
    try:
        if not server.send_messages([email(message, at=at)]):
            return _failed(message, error="The mail server took nothing.", done=done, at=at)
    except NotNeeded as reason:
        return _drop(message, reason=str(reason), done=done)
    except Exception as fault:  # noqa: BLE001 -- a row of any kind must not stop the others
        if is_for_good(fault):
            return _give_up(message, error=_said(fault), status=status_of(fault), done=done, at=at)
        return _failed(message, error=_said(fault), done=done, at=at)
    done.sent += 1
    _finish(message, status=DeliveryStatus.SENT, sent_at=at, last_error="", data={})
    return True


def _failed(message: OutboxMessage, *, error: str, done: Delivered, at: datetime) -> bool:
    if message.attempts >= LIMIT:
        return _give_up(message, error=error, done=done, at=at)
    done.failed += 1
    _finish(message, last_error=error)
    return False


def _give_up(message: OutboxMessage, *, error: str, done: Delivered, at: datetime, status: str = "") -> bool:
    """Whatever the reason, the address is marked, so that people see it and not a log alone."""
    done.given_up += 1
    logger.error("Message %s (%s) is given up: %s", message.pk, message.kind, error)
    with transaction.atomic():
        if _finish(message, status=DeliveryStatus.GIVEN_UP, last_error=error):
            mark_bounced(address=message.to, status=status, diagnostic=error, at=at)
    return False


def _drop(message: OutboxMessage, *, reason: str, done: Delivered) -> bool:
    done.dropped += 1
    _finish(message, status=DeliveryStatus.DROPPED, last_error=reason)
    if message.user is None:
        # An address that somebody typed in and nobody has; strangers cannot fill the table with them.
        OutboxMessage.objects.filter(pk=message.pk, status=DeliveryStatus.DROPPED).delete()
    return True


def _finish(message: OutboxMessage, **changes: object) -> bool:
    """Writes the outcome, unless the claim has passed to somebody else: the number of the attempt tells."""
    mine = OutboxMessage.objects.filter(
        pk=message.pk, status=DeliveryStatus.QUEUED, attempts=message.attempts, claimed_until__isnull=False
    )
    return bool(mine.update(claimed_until=None, **changes))


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:ERROR_LENGTH]
