"""What has happened to a ticket since somebody looked at it. Pure, where it does not say otherwise."""

from collections.abc import Collection, Iterable

from contracts.models import User
from tickets.models import Message, TicketEvent
from tickets.models.event import Kind
from tickets.models.message import MessageKind

# What somebody who writes to the customer should have read before it is sent.
HEARD = {
    Kind.PUBLIC_REPLY,
    Kind.CUSTOMER_REPLIED,
    Kind.CUSTOMER_MESSAGE,
    Kind.WORKAROUND_PROVIDED,
    Kind.RESOLVED,
    Kind.REOPENED,
    Kind.ACCEPTED,
    Kind.RATED,
    Kind.CLOSED,
    Kind.DECLINED,
    Kind.MERGED_INTO,
    Kind.DATE_PROPOSED,
    Kind.AGREED,
    Kind.DISPUTED,
    Kind.CALL_LOGGED,
    Kind.REDACTED,
}
# What concerns the desk alone: news where a colleague did it, and none where one did it oneself.
OF_COLLEAGUES = {Kind.NOTE_ADDED, Kind.ASSIGNED, Kind.TEAM_ASSIGNED, Kind.SEVERITY_CHANGED}


def news_since(events: Iterable[TicketEvent], seen: int | None, *, actor: User) -> list[TicketEvent]:
    """What ``actor`` should read of what came after the event ``seen``, before they write to the customer.

    Nothing where it is not known what was seen.
    """
    return [
        event
        for event in _after(events, seen)
        if event.kind in HEARD or (event.kind in OF_COLLEAGUES and event.actor_id != actor.pk)
    ]


def decided_since(
    events: Iterable[TicketEvent], seen: int | None, *, actor: User, kinds: Collection[Kind]
) -> list[TicketEvent]:
    """What colleagues of ``actor`` decided after the event ``seen`` that is of one of the ``kinds``."""
    return [event for event in _after(events, seen) if event.kind in kinds and event.actor_id != actor.pk]


def said_before(message: Message, seen: int | None) -> list[str]:
    """Who else wrote between the event ``seen`` and ``message``, in what its customer reads; their names, each once.

    One query; for somebody whose own words are taken in any case, and who should know.
    """
    if seen is None:
        return []
    between = TicketEvent.objects.filter(
        ticket=message.ticket_id, seq__gt=seen, message__kind=MessageKind.REPLY
    ).exclude(actor=message.author_id)
    before = between.filter(seq__lt=message.event.seq).select_related("actor").order_by("seq")
    return list(dict.fromkeys(str(event.actor) for event in before))


def _after(events: Iterable[TicketEvent], seen: int | None) -> list[TicketEvent]:
    return [] if seen is None else [event for event in events if event.seq > seen]
