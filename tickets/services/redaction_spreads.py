"""What was said of one cause on many tickets, removed from each of them (``redaction_reach.send_to_all``)."""

from datetime import datetime
from functools import partial

from tickets.models import SpreadRedaction, SpreadReply, Ticket
from tickets.services.changing import changing
from tickets.services.redaction import take_out
from tickets.services.walking import Way, walk_all, walk_on


def remove_from_all(*, at: datetime) -> int:
    """The recurring job: a batch of each unfinished removal in turn; from how many tickets it was removed."""
    waiting = SpreadRedaction.objects.unfinished(at).select_related("actor").order_by("pk")
    return walk_all(waiting, remove_batch, at)


def remove_batch(row: SpreadRedaction, at: datetime) -> int:
    """Remove it from the next tickets, after the last of them from those left; from how many it was removed."""
    replies = SpreadReply.objects.filter(spread=row.spread_id)
    return walk_on(row, Way(replies, "ticket", partial(_remove, row, at=at)), at)


def _remove(row: SpreadRedaction, ticket: int, at: datetime) -> bool:
    with changing(Ticket(pk=ticket), at) as change:
        reply = SpreadReply.objects.select_related("event__message").get(spread=row.spread_id, ticket=ticket)
        text = reply.event.message.text if reply.event.message else ""
        if text in {"", row.instead}:
            return False
        return take_out(change, row.actor, row.reason, text, row.instead)
