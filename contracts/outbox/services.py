"""What staff may do to a message."""

from datetime import datetime

from django.db import transaction

from contracts.models.bounces import BouncedAddress
from contracts.models.people import User
from contracts.outbox.kinds import can_be_done_without
from contracts.outbox.models import DeliveryStatus, OutboxMessage
from contracts.refusals import Refused


def send_again(*, message: OutboxMessage, actor: User, at: datetime) -> OutboxMessage:
    """Queues a message anew that was given up or not tried; it keeps its Message-ID. Returns the row as it is then.

    Refused while its address is marked and the message could be done without: it would be set aside again.
    """
    if not actor.is_active or not actor.is_staff:
        raise Refused("Only staff may send a message again.")
    with transaction.atomic():
        row = OutboxMessage.objects.select_for_update(of=("self",)).select_related("user").get(pk=message.pk)
        if row.status not in (DeliveryStatus.GIVEN_UP, DeliveryStatus.BOUNCED):
            raise Refused(
                f"This message is {row.get_status_display()}; only one that was given up can be sent again, "
                "or whose address bounced."
            )
        is_staff = row.user is not None and row.user.is_staff
        bounces = BouncedAddress.objects.standing().among([row.to])
        if can_be_done_without(row.kind, is_staff=is_staff) and any(bounce.stops for bounce in bounces):
            raise Refused(
                f"Mail to {row.to} bounced; say first, among bounced addresses, that it works again."
            )
        row.status, row.attempts, row.not_before, row.claimed_until = DeliveryStatus.QUEUED, 0, at, None
        row.save(update_fields=["status", "attempts", "not_before", "claimed_until"])
    return row
