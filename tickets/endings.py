"""How a ticket waits for its customer and how it ends: a pure reading of its record (VK17 VK18)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tickets.models.event import Kind, TicketEvent


@dataclass(slots=True)
class Ending:
    """What the events say of waiting and ending; ``None`` until it came to that.

    ``reminders`` are those since the contact was asked, or since the ticket was opened again. ``quiet_since`` is the
    resolution or what the customer wrote last after it: from there on silence is counted.
    """

    waiting_since: datetime | None = None
    reminders: list[TicketEvent] = field(default_factory=list)
    remind_from: datetime | None = None
    offered_at: datetime | None = None
    resolution: TicketEvent | None = None
    quiet_since: datetime | None = None
    accepted: TicketEvent | None = None
    closed: TicketEvent | None = None
    rating: TicketEvent | None = None

    @property
    def ended_at(self) -> datetime | None:
        """When it was accepted or closed."""
        last = self.closed or self.accepted
        return last.happened_at if last else None

    @property
    def is_resolved(self) -> bool:
        """Resolved, and nobody has accepted or closed it yet."""
        return self.resolution is not None and self.ended_at is None

    @property
    def is_waiting(self) -> bool:
        """Waiting on the customer, and going on."""
        return self.waiting_since is not None and self.resolution is None and self.ended_at is None

    @property
    def closed_unresolved_at(self) -> datetime | None:
        """When it was closed without a resolution; ``None`` for every other end."""
        return self.closed.happened_at if self.closed and self.resolution is None else None


def read_ending(events: Iterable[TicketEvent]) -> Ending:
    """What ``events``, which are in the order of their ``seq``, say of waiting and ending."""
    ending = Ending()
    for event in events:
        if rule := _RULES.get(Kind(event.kind)):
            rule(ending, event)
    return ending


def _wait(ending: Ending, event: TicketEvent) -> None:
    if ending.waiting_since is None:
        ending.waiting_since = ending.remind_from = event.happened_at
        ending.reminders, ending.offered_at = [], None


def _remind(ending: Ending, event: TicketEvent) -> None:
    ending.reminders.append(event)
    ending.remind_from = event.happened_at


def _offer(ending: Ending, event: TicketEvent) -> None:
    ending.offered_at = event.happened_at


def _hear(ending: Ending, event: TicketEvent) -> None:
    """An answer that is entered later than it came: one from before the question does not answer it."""
    if ending.waiting_since is not None and ending.waiting_since > event.happened_at:
        return
    ending.waiting_since = ending.remind_from = ending.offered_at = None
    ending.reminders = []
    _write(ending, event)


def _write(ending: Ending, event: TicketEvent) -> None:
    if ending.is_resolved:
        ending.quiet_since = max(ending.quiet_since or event.happened_at, event.happened_at)


def _resolve(ending: Ending, event: TicketEvent) -> None:
    ending.resolution, ending.quiet_since = event, event.happened_at


def _reopen(ending: Ending, event: TicketEvent) -> None:
    """As new: who is still awaited is reminded from now on, and a second acceptance may be judged again."""
    waiting = ending.waiting_since
    ending.resolution = ending.quiet_since = ending.accepted = ending.closed = ending.rating = None
    ending.reminders, ending.offered_at = [], None
    ending.remind_from = event.happened_at if waiting else None


def _accept(ending: Ending, event: TicketEvent) -> None:
    ending.accepted = event


def _close(ending: Ending, event: TicketEvent) -> None:
    ending.closed = event


def _rate(ending: Ending, event: TicketEvent) -> None:
    ending.rating = event


_RULES: dict[Kind, Callable[[Ending, TicketEvent], None]] = {
    Kind.WAITING_ON_CUSTOMER: _wait,
    Kind.REMINDED: _remind,
    Kind.CLOSING_OFFERED: _offer,
    Kind.CUSTOMER_REPLIED: _hear,
    Kind.CUSTOMER_MESSAGE: _write,
    Kind.RESOLVED: _resolve,
    Kind.REOPENED: _reopen,
    Kind.ACCEPTED: _accept,
    Kind.CLOSED: _close,
    Kind.RATED: _rate,
}
