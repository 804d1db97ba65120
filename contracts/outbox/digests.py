"""
Digests: messages that wait, put into one mail a reader.

A message waits with the status ``digest`` until its ``not_before``, an instant that follows from its own and the
reader's wish alone. ``gather`` then writes one mail of the kind ``digest`` and hangs the messages on it, in one
transaction: killed before its commit they still wait, after it they are on their way, and of two that gather one wins.
The text of a digest is made when it is sent, of the messages as they are then, so what was taken out of a ticket
meanwhile is not in it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from contracts.models.mail_wishes import How
from contracts.models.people import User
from contracts.outbox import writing
from contracts.outbox.models import DeliveryStatus, OutboxMessage
from contracts.phrasing import moment, short_date

MORNING = time(7)
HOUR = timedelta(hours=1)
# Readers a run, and messages a digest; the rest is for the next run.
READERS, MESSAGES = 50, 100
# What a digest says of one message; the rest is on the ticket.
TEXT_LENGTH = 1500
# What stands below the text of every mail.
FOOT = "\n-- \n"


def digest_instant(how: How, zone: ZoneInfo, at: datetime) -> datetime:
    """When a message of ``at`` stands in a digest: the next full hour, or seven in the morning in ``zone``."""
    if how is How.HOURLY:
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    local = at.astimezone(zone)
    today = datetime.combine(local.date(), MORNING, zone)
    morning = today if today > local else datetime.combine(local.date() + timedelta(days=1), MORNING, zone)
    return morning.astimezone(UTC)


def gather(at: datetime) -> int:
    """Writes the digests that are due at ``at``; how many. A recurring job of portal/jobs.py."""
    due = OutboxMessage.objects.filter(status=DeliveryStatus.IN_DIGEST, not_before__lte=at)
    readers = due.order_by("user_id").values_list("user_id", flat=True).distinct()[:READERS]
    return sum(_gather_for(reader, at) for reader in list(readers))


def context_of(digest: OutboxMessage) -> Mapping[str, Any] | None:
    """What the templates of a digest are given: its messages, a ticket's together; ``None`` where there are none."""
    rows = list(digest.digested.order_by("ticket_number", "pk"))
    if not rows or digest.user is None:
        return None
    zone, at = ZoneInfo(digest.user.time_zone), digest.created_at
    parts = [
        {"ticket_number": number, "entries": [_entry(row, zone, at) for row in group]}
        for number, group in groupby(rows, key=lambda row: row.ticket_number)
    ]
    return {
        "person": digest.user,
        "parts": parts,
        "count": len(rows),
        "day": short_date(at.astimezone(zone).date(), at.year),
        "url": settings.SITE_URL,
    }


def _gather_for(reader: int | None, at: datetime) -> bool:
    waiting = OutboxMessage.objects.filter(status=DeliveryStatus.IN_DIGEST, user=reader)
    keys = list(waiting.filter(not_before__lte=at).order_by("pk").values_list("pk", flat=True)[:MESSAGES])
    user = User.objects.filter(pk=reader).first() if reader else None
    if user is None:
        # Whoever was deleted reads nothing.
        waiting.filter(pk__in=keys).update(status=DeliveryStatus.DROPPED, last_error="The person is gone.")
        return False
    with transaction.atomic():
        digest = writing.write_secret(kind="digest", to=user, at=at, key=f"digest/{user.pk}/{keys[0]}")
        hung = waiting.filter(pk__in=keys).update(status=DeliveryStatus.DIGESTED, digest=digest)
        if hung != len(keys):
            # Another worker took some of them, or their reader wants them at once now: as they are next time.
            transaction.set_rollback(True)
            return False
    return True


def _entry(row: OutboxMessage, zone: ZoneInfo, at: datetime) -> dict[str, str]:
    text = row.text.rpartition(FOOT)[0].strip() or row.text.strip()
    if len(text) > TEXT_LENGTH:
        text = f"{text[:TEXT_LENGTH].rstrip()} …"
    return {"when": moment(row.created_at, zone, now=at), "subject": row.subject, "text": text}
