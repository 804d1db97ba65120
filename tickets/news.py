"""What has happened to a ticket since somebody looked at it. Pure."""

from collections.abc import Iterable

from tickets.models import TicketEvent
from tickets.models.event import Kind

# What somebody who writes to the customer should have read before it is sent.
HEARD = {
    Kind.PUBLIC_REPLY,
    Kind.CUSTOMER_REPLIED,
    Kind.CUSTOMER_MESSAGE,
    Kind.WORKAROUND_PROVIDED,
    Kind.RESOLVED,
    Kind.REOPENED,
    Kind.ACCEPTED,
    Kind.CLOSED,
    Kind.DECLINED,
    Kind.MERGED_INTO,
    Kind.DATE_PROPOSED,
    Kind.AGREED,
    Kind.DISPUTED,
    Kind.SEVERITY_CHANGED,
    Kind.CALL_LOGGED,
    Kind.REDACTED,
}
# What a colleague decided meanwhile: to be seen before one does the opposite unknowingly.
DECIDED = {Kind.ASSIGNED, Kind.TEAM_ASSIGNED, Kind.SEVERITY_CHANGED, Kind.SEVERITY_CONFIRMED}


def news_since(
    events: Iterable[TicketEvent], seen: int | None, *, kinds: Iterable[Kind] = HEARD
) -> list[TicketEvent]:
    """What came after the event ``seen`` of those ``kinds``; nothing where it is not known what was seen."""
    if seen is None:
        return []
    wanted = set(kinds)
    return [event for event in events if event.seq > seen and event.kind in wanted]
