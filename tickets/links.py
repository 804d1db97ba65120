"""The links of a ticket, read from its record. Pure.

``data`` of ``ticket_linked``: ``ticket`` and ``number`` of the other, ``link`` what this one is to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tickets.models import TicketEvent
from tickets.models.event import Kind

WORDS = {
    "duplicate": "duplicate of",
    "has_duplicate": "has the duplicate",
    "caused_by": "caused by",
    "causes": "causes",
    "relates": "relates to",
    "follows": "follows",
    "followed_by": "is followed by",
}
INVERSE = {
    "duplicate": "has_duplicate",
    "caused_by": "causes",
    "relates": "relates",
    "follows": "followed_by",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Another ticket, and in words what this one is to it."""

    ticket: int
    number: str
    words: str


def read_links(events: Iterable[TicketEvent]) -> list[Link]:
    """The links that ``events`` add up to, the oldest first."""
    found: dict[int, Link] = {}
    for event in events:
        data = event.data
        if event.kind == Kind.TICKET_LINKED:
            words = WORDS.get(data.get("link", ""), "linked to")
            found[data["ticket"]] = Link(data["ticket"], data["number"], words)
        elif event.kind == Kind.TICKET_UNLINKED:
            found.pop(data["ticket"], None)
    return list(found.values())
