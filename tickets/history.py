"""A ticket's record as its page needs it: few columns, and files fetched only where there are some."""

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects

from tickets.models import Ticket, TicketEvent
from tickets.timeline import INTERNAL

# What the seal needs and no page shows.
SEAL = ("recorded_at", "address", "previous", "hash")
# Of who did it, the name and how they stand; the rest of a user is nobody's business here.
READ = (
    *(field.name for field in TicketEvent._meta.concrete_fields if field.name not in SEAL),
    *("actor__name", "actor__email", "actor__is_staff"),
    *("message__text", "message__kind", "message__by_staff"),
    # Which mail it came by, if by one; joined, so that no page asks once more.
    "message__incoming_mail__message",
)


def history(ticket: Ticket, *, internal: bool) -> list[TicketEvent]:
    """The events of ``ticket`` in order, each with its actor, message and files.

    Without ``internal`` those that staff alone may read are not even fetched.
    """
    events = ticket.events.select_related("actor", "message__incoming_mail").only(*READ).order_by("seq")
    found = list(events if internal else events.exclude(kind__in=INTERNAL))
    _fetch_carried(found)
    return found


def sealed(tickets: Iterable[Ticket]) -> list[TicketEvent]:
    """The events of ``tickets`` with all that their seal is judged by, ticket by ticket, in order."""
    rows = TicketEvent.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    found = list(rows.select_related("actor", "message").order_by("ticket_id", "seq"))
    carrying = [event.message for event in found if event.message is not None and event.data.get("files")]
    prefetch_related_objects(carrying, "attachments")
    return found


def _fetch_carried(events: Sequence[TicketEvent]) -> None:
    """A few queries for all files and articles, and none where the record knows of none."""
    messages = [event.message for event in events if event.message is not None]
    if any(event.data.get("files") for event in events):
        prefetch_related_objects(messages, "attachments")
    if any(event.data.get("articles") for event in events):
        prefetch_related_objects(messages, "article_uses__article__published")
