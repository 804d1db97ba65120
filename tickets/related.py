"""What a ticket has to do with other tickets and people, read from its record. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickets.links import Link, read_links
from tickets.models import TicketEvent
from tickets.models.event import Kind


@dataclass(slots=True)
class Related:
    """Links; tags; by their keys the names of watchers (users) and of those with whom it is shared (contacts)."""

    links: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    watchers: dict[int, str] = field(default_factory=dict)
    shares: dict[int, str] = field(default_factory=dict)


def read_related(events: Iterable[TicketEvent]) -> Related:
    """What ``events`` add up to; a customer's page has no internal ones, so no links, tags or watchers."""
    known = list(events)
    found = Related(links=read_links(known))
    for event in known:
        match event.kind:
            case Kind.TAGGED:
                found.tags.append(event.text)
            case Kind.UNTAGGED:
                found.tags = [tag for tag in found.tags if tag != event.text]
            case Kind.WATCHER_ADDED:
                found.watchers[event.data["user"]] = event.text
            case Kind.WATCHER_REMOVED:
                found.watchers.pop(event.data["user"], None)
            case Kind.SHARED:
                _share(found, event)
            case Kind.UNSHARED:
                found.shares.pop(event.data["contact"], None)
    return found


def _share(found: Related, event: TicketEvent) -> None:
    """Whom a ticket is handed over to is its contact, and no guest on it any more."""
    if event.data.get("hands_over"):
        found.shares.pop(event.data["contact"], None)
    else:
        found.shares[event.data["contact"]] = event.text
