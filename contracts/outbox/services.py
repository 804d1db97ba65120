"""What staff may do to a message."""

from datetime import datetime

from django.db import transaction

from contracts.models.people import User
from contracts.outbox.models import DeliveryStatus, OutboxMessage
from contracts.refusals import Refused


def send_again(*, message: OutboxMessage, actor: User, at: datetime) -> OutboxMessage:
    """Queues a message anew that was given up; it keeps its Message-ID. Returns the row as it is then."""
    if not actor.is_active or not actor.is_staff:
        raise Refused("Only staff may send a message again.")
    with transaction.atomic():
        row = OutboxMessage.objects.select_for_update().get(pk=message.pk)
        if row.status != DeliveryStatus.GIVEN_UP:
            raise Refused(
                f"This message is {row.get_status_display()}; only one that was given up can be sent again."
            )
        row.status, row.attempts, row.not_before, row.claimed_until = DeliveryStatus.QUEUED, 0, at, None
        row.save(update_fields=["status", "attempts", "not_before", "claimed_until"])
    return row
