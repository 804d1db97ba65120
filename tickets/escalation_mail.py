"""The message of an escalation: made when it is sent, for its link opens a door."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import OutboxMessage
from contracts.outbox.sealed import NotNeeded
from tickets.escalation_links import escalation_link, has_left
from tickets.escalation_story import has_ended, story_of
from tickets.models import Escalation


def escalation(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """The story so far and the link to acknowledge it; not needed once the ticket has ended or they know already."""
    row = (
        Escalation.objects.select_related(
            "ticket__customer", "ticket__policy_version", "ticket__product", "user"
        )
        .filter(pk=message.data.get("escalation"))
        .first()
    )
    if row is None or has_ended(row.ticket):
        raise NotNeeded("The ticket has ended.")
    if has_left(row):
        raise NotNeeded("Who was to be told has left.")
    if row.acknowledged_at is not None:
        raise NotNeeded("It was acknowledged already.")
    return {
        "ticket": row.ticket,
        "name": row.name,
        "story": story_of(row, at),
        "url": escalation_link(row),
    }
