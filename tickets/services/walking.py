"""
How something is done on many tickets: in batches, each ticket in a transaction of its own.

1. A verb writes one row (a ``Walk``) in its own transaction, however many tickets there are.
2. The recurring job takes the next tickets after the row's cursor and does it on each; what is done says itself whether
   a ticket has it already.
3. After each batch the cursor is moved by compare-and-set. A batch that is not full was the last.

Killed anywhere, the batch is gone through again, and what is done is passed over; so are two workers at the same batch.
A ticket that fails is logged and tried again, later each time, when the others have been seen to.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from tickets.models.walk import Walk

log = logging.getLogger(__name__)
W = TypeVar("W", bound=Walk)

BATCH = 50
# After this long a run begins no further batch; the rest is for the next run.
RUN_SECONDS = 4
# How long after each failure in a row the tickets that failed are tried again; the last one stays.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True, slots=True)
class Way:
    """The rows whose ``field`` holds the keys of a walk's tickets, and what is done on one: whether it was."""

    rows: QuerySet[Any]
    field: str
    do: Callable[[int], bool]


def walk_all(waiting: Iterable[W], batch: Callable[[W, datetime], int], at: datetime) -> int:
    """A batch of each walk in turn until all are done or the time is up; on how many tickets something was done."""
    started, count = time.monotonic(), 0
    rows = list(waiting)
    while rows:
        still = []
        for each in rows:
            if time.monotonic() - started > RUN_SECONDS:
                return count
            count += batch(each, at)
            if each.done_at is None and not each.failures:
                still.append(each)
        rows = still
    return count


def walk_on(row: Walk, way: Way, at: datetime) -> int:
    """The next batch of ``row``, after the last of them those that are left; on how many tickets something was done.

    Moves the cursor, unless another worker has done so meanwhile; ``row`` is then as that one has it.
    """
    found = way.rows.order_by(way.field)
    after = found.filter(**{f"{way.field}__gt": row.cursor})
    fresh = list(after.values_list(way.field, flat=True)[:BATCH])
    is_last = len(fresh) < BATCH
    left = found.filter(**{f"{way.field}__in": row.left})
    again = list(left.values_list(way.field, flat=True)) if is_last and row.left else []
    outcomes = {ticket: _safely(row, way, ticket) for ticket in [*fresh, *again]}
    failed = [ticket for ticket, done in outcomes.items() if done is None]
    still = failed if is_last else [*row.left, *failed]
    _move(row, cursor=fresh[-1] if fresh else row.cursor, left=still, is_last=is_last, at=at)
    return sum(done is True for done in outcomes.values())


def _safely(row: Walk, way: Way, ticket: int) -> bool | None:
    """Whether it was done on the ticket now; ``None`` where it failed."""
    try:
        return way.do(ticket)
    except (OperationalError, InterfaceError):
        # The database has a fault, not the ticket.
        raise
    except Exception:  # one broken ticket must not keep the others from it
        log.exception("%s %s failed on ticket %s", type(row).__name__, row.pk, ticket)
        return None


def _move(row: Walk, *, cursor: int, left: list[int], is_last: bool, at: datetime) -> None:
    """To ``cursor``; once all were gone through, it is done, or waits for those that are left."""
    waits = is_last and bool(left)
    wait = BACK_OFF[min(row.failures, len(BACK_OFF) - 1)] if waits else timedelta()
    changes = {
        "cursor": cursor,
        "left": left,
        "failures": row.failures + 1 if waits else 0,
        "done_at": at if is_last and not left else None,
    }
    same = type(row)._default_manager.filter(pk=row.pk, cursor=row.cursor, done_at=None)
    same.update(**changes, not_before=at + wait)
    row.refresh_from_db(fields=list(changes))
