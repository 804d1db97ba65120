"""In which release a ticket is fixed, as its events tell it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tickets.models.event import Kind, TicketEvent


@dataclass(frozen=True, slots=True)
class Fix:
    """The release (its key and version) that a ticket was last said to be fixed in, and since when.

    ``problem`` is the known problem that it was named for, ``None`` where it was named on the ticket itself.
    ``reopened_at`` is when the ticket was reopened since, ``None`` if it was not.
    """

    release: int
    version: str
    named_at: datetime
    problem: int | None = None
    reopened_at: datetime | None = None

    def awaits(self, published_at: datetime) -> bool:
        """Whether the publication at that instant is to resolve the ticket, or did: what was reopened after it was not
        fixed by it.
        """
        return self.reopened_at is None or self.reopened_at <= published_at


def read_fix(events: Iterable[TicketEvent]) -> Fix | None:
    """What ``events``, in the order of their ``seq``, say of it; ``None`` where nothing is named, or not any more."""
    fix: Fix | None = None
    for event in events:
        if event.kind == Kind.FIX_NAMED:
            fix = _named(event)
        elif event.kind == Kind.REOPENED and fix is not None:
            fix = replace(fix, reopened_at=event.happened_at)
    return fix


def _named(event: TicketEvent) -> Fix | None:
    release = event.data["release"]
    if release is None:
        return None
    return Fix(release, event.data["version"], event.happened_at, event.data.get("problem"))
