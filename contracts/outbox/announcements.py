"""
Announcements: one row for one thing told to many, whose recipients the worker draws.

1. A verb calls ``announce`` in its own transaction: one row, however many will be told.
2. The worker asks for unfinished announcements and draws one batch of each in turn, so that a long one holds up no
   other: the audience's next rows after the cursor, who of them is told, each text made once for all who read alike.
3. In one transaction: the cursor is moved by compare-and-set, and the messages are written. Of two workers one moves
   it; the other writes nothing.
4. A batch that is not full was the last.

Killed before the commit of 3 nothing of the batch has happened, and it is drawn again; after it, it is done. An
announcement that fails by itself waits, longer each time, and says why; the others go on.
"""

import logging
import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from contracts.outbox import writing
from contracts.outbox.audiences import Audience, audience_named
from contracts.outbox.models import Announcement, OutboxMessage
from contracts.outbox.rendering import Text, render

logger = logging.getLogger(__name__)

BATCH = 200
# After this long a run begins no further batch; the rest is for the next run.
RUN_SECONDS = 4
# How long after each failure in a row the announcement is tried again; the last one stays.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
ERROR_LENGTH = 1000


@dataclass(slots=True)
class Drawn:
    """What a run did: batches, messages written, announcements finished and failed."""

    batches: int = 0
    messages: int = 0
    finished: int = 0
    failed: int = 0


@transaction.atomic
def announce(
    *, kind: str, audience: str, key: str, at: datetime, data: Mapping[str, Any] | None = None
) -> Announcement:
    """Tells everybody in ``audience`` something, once per ``key``: the row, whose readers are drawn after the commit.

    ``kind`` names the templates, ``data`` what it is about, as JSON can hold it. The key has at most 150 characters.
    The same key again changes nothing and gives the row there is.
    """
    audience_named(audience)
    row = Announcement(
        kind=kind, audience=audience, key=key, data=dict(data or {}), created_at=at, not_before=at
    )
    Announcement.objects.bulk_create([row], ignore_conflicts=True)
    return Announcement.objects.get(key=key)


def draw(at: datetime) -> Drawn:
    """Draws recipients of what is unfinished at ``at``, as far as a run goes. A recurring job of portal/jobs.py."""
    done, started = Drawn(), time.monotonic()
    waiting = list(Announcement.objects.unfinished(at).order_by("pk"))
    while waiting:
        still = []
        for announcement in waiting:
            if time.monotonic() - started > RUN_SECONDS:
                return done
            if _draw_safely(announcement, done, at):
                still.append(announcement)
        waiting = still
    return done


def draw_batch(announcement: Announcement, at: datetime) -> int | None:
    """Writes the messages to the next readers and moves the cursor, of the row and of ``announcement``.

    Returns how many messages were written; ``None`` where another worker has moved the cursor meanwhile.
    """
    audience = audience_named(announcement.audience)
    candidates = audience.candidates(announcement, at).filter(pk__gt=announcement.cursor)
    rows = list(candidates.order_by("pk")[:BATCH])
    drafts = list(_drafts(announcement, audience, rows, at))
    cursor = rows[-1].pk if rows else announcement.cursor
    done_at = at if len(rows) < BATCH else None
    with transaction.atomic():
        if not _move(announcement, cursor=cursor, done_at=done_at, not_before=at, failures=0, last_error=""):
            return None
        writing.post(drafts)
    announcement.cursor, announcement.done_at, announcement.failures = cursor, done_at, 0
    return len(drafts)


def _draw_safely(announcement: Announcement, done: Drawn, at: datetime) -> bool:
    """Draws a batch; whether there is more to draw in this run."""
    try:
        written = draw_batch(announcement, at)
    except (OperationalError, InterfaceError):
        # The database has a fault, not the announcement.
        raise
    except Exception as fault:
        logger.exception("Announcement %s cannot be drawn", announcement)
        done.failed += 1
        _postpone(announcement, fault, at)
        return False
    if written is None:
        return False
    done.batches += 1
    done.messages += written
    done.finished += announcement.done_at is not None
    return announcement.done_at is None


def _drafts(
    announcement: Announcement, audience: Audience, rows: Sequence[Any], at: datetime
) -> Iterator[OutboxMessage]:
    """One message a reader; those who read alike share one rendering."""
    texts: dict[Hashable, Text] = {}
    for reader in audience.readers(announcement, rows, at):
        if reader.alike not in texts:
            texts[reader.alike] = render(announcement.kind, audience.context(announcement, reader, at))
        yield writing.address(
            texts[reader.alike],
            kind=announcement.kind,
            to=reader.to,
            at=at,
            key=f"announcement/{announcement.key}/{reader.unique}",
            data=reader.data,
            is_bulk=True,
        )


def _postpone(announcement: Announcement, fault: Exception, at: datetime) -> None:
    wait = BACK_OFF[min(announcement.failures, len(BACK_OFF) - 1)]
    said = f"{type(fault).__name__}: {fault}"[:ERROR_LENGTH]
    _move(announcement, failures=announcement.failures + 1, not_before=at + wait, last_error=said)


def _move(announcement: Announcement, **changes: object) -> bool:
    """Whether the row was still as ``announcement`` has it; then, and only then, it is changed."""
    same = Announcement.objects.filter(pk=announcement.pk, cursor=announcement.cursor, done_at=None)
    return bool(same.update(**changes))
