"""
One update of a cause as a reply to each ticket that hangs on it.

1. A verb calls ``spread`` in its own transaction: one row, however many tickets there are.
2. The recurring job takes the cause's next tickets after the cursor, one transaction each: the ticket is locked, and
   unless it has the reply already, the reply, its event and the row that says so are written together.
3. After each batch the cursor is moved by compare-and-set. A batch that is not full was the last.

Killed anywhere, the batch is gone through again, and whoever has the reply is passed over; so are two workers at the
same batch. A ticket that fails is logged and tried again, later each time, when the others have been told.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from contracts.models import Outage, User
from tickets import notifications
from tickets.models import Spread, SpreadReply, Ticket, TicketOutage
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import UNFINISHED
from tickets.services.changing import changing, require_staff, require_text

log = logging.getLogger(__name__)

OUTAGE = "outage"
BATCH = 50
# After this long a run begins no further batch; the rest is for the next run.
RUN_SECONDS = 4
# How long after each failure in a row the tickets that failed are tried again; the last one stays.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))

Links = Callable[[int, datetime], QuerySet[TicketOutage]]
Seen = Callable[[int, User], bool]


def _of_outage(outage: int, at: datetime) -> QuerySet[TicketOutage]:
    return TicketOutage.objects.filter(outage=outage, linked_at__lte=at)


def _is_outage_seen(outage: int, user: User) -> bool:
    return Outage.objects.visible_to(user).filter(pk=outage).exists()


# By the kind of a cause: the rows, each with a ``ticket``, that were linked to it by an instant.
CAUSES: dict[str, Links] = {OUTAGE: _of_outage}
# And whether somebody may know of it: since the link was made it may have come out as another's.
SEEN: dict[str, Seen] = {OUTAGE: _is_outage_seen}


@transaction.atomic
def spread(*, cause_kind: str, cause_id: int, text: str, key: str, actor: User, at: datetime) -> Spread:
    """Say ``text`` to every unfinished ticket that is linked to a cause at ``at``, once per ``key``.

    The worker writes the replies, in the name of ``actor``. The same key again changes nothing. Raises ``Refused``
    without words, and for who is not staff; ``LookupError`` for a kind of cause that is not known.
    """
    require_staff(actor)
    text = require_text(text, "the update")
    if cause_kind not in CAUSES:
        raise LookupError(f"No cause is called {cause_kind!r}; known are: {', '.join(sorted(CAUSES))}.")
    row = Spread(
        cause_kind=cause_kind,
        cause_id=cause_id,
        text=text,
        key=key,
        actor=actor,
        created_at=at,
        not_before=at,
    )
    Spread.objects.bulk_create([row], ignore_conflicts=True)
    return Spread.objects.get(key=key)


def post_replies(*, at: datetime) -> int:
    """The recurring job: reply on the tickets of every unfinished spread in turn; how many replies were written."""
    started, written = time.monotonic(), 0
    waiting = list(Spread.objects.unfinished(at).select_related("actor").order_by("pk"))
    while waiting:
        still = []
        for each in waiting:
            if time.monotonic() - started > RUN_SECONDS:
                return written
            written += post_batch(each, at)
            if each.done_at is None and not each.failures:
                still.append(each)
        waiting = still
    return written


def post_batch(row: Spread, at: datetime) -> int:
    """Reply on the next tickets of ``row``, after the last of them on those left; how many replies were written.

    Moves the cursor, unless another worker has done so meanwhile; ``row`` is then as that one has it.
    """
    links = CAUSES[row.cause_kind](row.cause_id, row.created_at).order_by("ticket")
    fresh = list(links.filter(ticket__gt=row.cursor).values_list("ticket", flat=True)[:BATCH])
    is_last = len(fresh) < BATCH
    again = list(links.filter(ticket__in=row.left).values_list("ticket", flat=True)) if is_last else []
    outcomes = {ticket: _reply_safely(row, ticket, at) for ticket in [*fresh, *again]}
    failed = [ticket for ticket, written in outcomes.items() if written is None]
    left = failed if is_last else [*row.left, *failed]
    _move(row, cursor=fresh[-1] if fresh else row.cursor, left=left, is_last=is_last, at=at)
    return sum(written is True for written in outcomes.values())


def _reply_safely(row: Spread, ticket: int, at: datetime) -> bool | None:
    """Whether the ticket got its reply now; ``None`` where it failed."""
    try:
        return _reply(row, ticket, at)
    except (OperationalError, InterfaceError):
        # The database has a fault, not the ticket.
        raise
    except Exception:  # one broken ticket must not keep the others from being told
        log.exception("spread %s could not be written on ticket %s", row, ticket)
        return None


def _reply(row: Spread, ticket: int, at: datetime) -> bool:
    """Whether the ticket gets its reply now; not where it has it, is finished, or its contact may not know of it."""
    with changing(Ticket(pk=ticket), at) as change:
        has_it = SpreadReply.objects.filter(spread=row, ticket=ticket).exists()
        if has_it or change.facts.status not in UNFINISHED:
            return False
        if not SEEN[row.cause_kind](row.cause_id, change.ticket.contact.user):
            return False
        message = change.say(MessageKind.REPLY, row.actor, row.text)
        cause = {"kind": row.cause_kind, "id": row.cause_id}
        event = change.record(Kind.PUBLIC_REPLY, row.actor, message=message, cause=cause)
        SpreadReply.objects.create(spread=row, ticket=change.ticket, event=event)
        notifications.tell_contact(change.ticket, "reply", event, change.clocks())
    return True


def _move(row: Spread, *, cursor: int, left: list[int], is_last: bool, at: datetime) -> None:
    """To ``cursor``; once all were gone through, it is done, or waits for those that are left."""
    waits = is_last and bool(left)
    wait = BACK_OFF[min(row.failures, len(BACK_OFF) - 1)] if waits else timedelta()
    changes = {
        "cursor": cursor,
        "left": left,
        "failures": row.failures + 1 if waits else 0,
        "done_at": at if is_last and not left else None,
    }
    same = Spread.objects.filter(pk=row.pk, cursor=row.cursor, done_at=None)
    same.update(**changes, not_before=at + wait)
    row.refresh_from_db(fields=list(changes))
