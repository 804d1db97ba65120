"""From what providers say of our mails to addresses that are marked: only those that we wrote to, each event once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models.functions import Lower

from contracts.models import OutboxMessage
from contracts.services.bounces import mark_bounced, mark_complained
from tickets.mail.trackers import Undelivered

AT_ONCE = 500


def note_undelivered(*, found: Sequence[Undelivered], at: datetime) -> None:
    """Mark the addresses of ``found`` to which a mail of ours was handed over; of others we have nothing to say.

    An account may send other mail than ours. Each address is marked in a transaction of its own; again, it changes
    nothing.
    """
    ours = _written_to({one.address.lower() for one in found})
    for one in found:
        if one.address.lower() not in ours:
            continue
        if one.is_complaint:
            mark_complained(address=one.address, at=at, happened_at=one.happened_at)
        else:
            mark_bounced(
                address=one.address,
                status=one.status,
                diagnostic=one.diagnostic,
                at=at,
                happened_at=one.happened_at,
            )


def _written_to(addresses: Iterable[str]) -> set[str]:
    """Those of ``addresses`` to which the outbox has tried to send."""
    asked = sorted(addresses)
    # A provider may be quicker than the note that it took the mail.
    tried = OutboxMessage.objects.filter(attempts__gt=0).annotate(address=Lower("to"))
    return {
        address
        for start in range(0, len(asked), AT_ONCE)
        for address in tried.filter(address__in=asked[start : start + AT_ONCE])
        .order_by()
        .values_list("address", flat=True)
        .distinct()
    }
