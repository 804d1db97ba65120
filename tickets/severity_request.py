"""The customer's open request for another severity. Pure: events in, the request out."""

from collections.abc import Iterable

from tickets.models import TicketEvent
from tickets.models.event import Kind

# Each of these answers it, or leaves nothing to be answered.
ANSWERS = {Kind.SEVERITY_CHANGED, Kind.SEVERITY_KEPT, Kind.RESOLVED, Kind.DECLINED, Kind.MERGED_INTO}


def read_request(events: Iterable[TicketEvent]) -> TicketEvent | None:
    """The event that asks for another severity and has no answer yet; ``None`` while there is none."""
    found: TicketEvent | None = None
    for event in events:
        if event.kind == Kind.SEVERITY_REQUESTED:
            found = event
        elif event.kind in ANSWERS:
            found = None
    return found
