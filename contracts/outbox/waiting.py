"""Whether mail leaves: how long the oldest message waits that nobody has tried to send."""

from datetime import datetime

from django.db.models import Q

from contracts.outbox.models import DeliveryStatus, OutboxMessage


def waiting_since(at: datetime) -> datetime | None:
    """Since when the oldest message is ready at ``at`` without an attempt; ``None`` when none is.

    A mail server that cannot be reached puts the next look off, not this instant. What is told to many waits
    for all others, and what was tried and refused for its next attempt: neither says that mail stands still.
    """
    untried = OutboxMessage.objects.filter(status=DeliveryStatus.QUEUED, is_bulk=False, attempts=0)
    put_off = ~Q(last_error="")
    unreachable = untried.filter(put_off).order_by("created_at").values_list("created_at", flat=True)
    ready = (
        untried.filter(~put_off, not_before__lte=at)
        .order_by("not_before")
        .values_list("not_before", flat=True)
    )
    return min((each for each in (unreachable.first(), ready.first()) if each is not None), default=None)
