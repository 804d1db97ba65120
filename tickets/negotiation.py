"""The story of a date that is due "as mutually agreed": what either side proposed, what was accepted, what binds.

Pure: events in, stories out. The core alone says when a clock is due; this says how it came to that, and what may come
next.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from contracts.sla.clock import Clock, State
from contracts.sla.events import ClockName
from contracts.sla.promises import Wordless
from tickets.models import TicketEvent
from tickets.models.event import Kind

AGREEABLE = (ClockName.WORKAROUND, ClockName.RESOLUTION)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A date that one side offers; ``said`` is the event that carries the word of why."""

    event: TicketEvent
    said: TicketEvent | None = None

    @property
    def seq(self) -> int:
        return self.event.seq

    @property
    def due_at(self) -> datetime:
        return datetime.fromisoformat(self.event.data["due_at"])

    @property
    def by_staff(self) -> bool:
        return bool(self.event.data["by_staff"])

    @property
    def reason(self) -> str:
        """Why, in the proposer's words; ``""`` where they were removed."""
        return self.said.message.text if self.said and self.said.message else ""


@dataclass(slots=True)
class Negotiation:
    """What two sides said about the date of one promise.

    ``standing`` is the proposal that waits for the other side. ``agreed`` is the acceptance whose date binds,
    ``lapsed`` the one that bound until its date passed while the ticket was resolved; at most one of them is there.
    """

    promise: ClockName
    standing: Proposal | None = None
    agreed: TicketEvent | None = None
    lapsed: TicketEvent | None = None
    proposals: list[Proposal] = field(default_factory=list)
    accepted: dict[int, TicketEvent] = field(default_factory=dict)

    @property
    def binding(self) -> datetime | None:
        """The date that is agreed and binds; ``None`` until one does."""
        return due_of(self.agreed) if self.agreed else None


def due_of(event: TicketEvent) -> datetime:
    """The date that an acceptance agreed to."""
    return datetime.fromisoformat(event.data["due_at"])


def read_negotiations(events: Iterable[TicketEvent]) -> dict[ClockName, Negotiation]:
    """The story of each promise that may be agreed; ``events`` are in the order of their ``seq``."""
    reading = _Reading()
    for event in events:
        reading.read(event)
    return reading.stories


def open_to_agreement(clocks: Iterable[Clock]) -> list[ClockName]:
    """The promises whose date the two sides may still agree on: neither stopped nor void, nor of another kind."""
    return [
        clock.name
        for clock in clocks
        if clock.name in AGREEABLE
        and clock.promise is Wordless.AS_MUTUALLY_AGREED
        and clock.state not in (State.STOPPED, State.VOID)
    ]


class _Reading:
    """The stories so far, and what the next event needs of those before it."""

    def __init__(self) -> None:
        self.stories = {name: Negotiation(name) for name in AGREEABLE}
        self.said: TicketEvent | None = None
        self.resolved_at: datetime | None = None

    def read(self, event: TicketEvent) -> None:
        if rule := _RULES.get(Kind(event.kind)):
            rule(self, event)
        self.said = event if event.message_id else None

    def propose(self, event: TicketEvent) -> None:
        story = self.stories[ClockName(event.data["promise"])]
        story.standing = Proposal(event, self.said)
        story.proposals.append(story.standing)

    def agree(self, event: TicketEvent) -> None:
        story = self.stories.get(ClockName(event.data["promise"]))
        if story is None:
            return
        story.standing, story.agreed, story.lapsed = None, event, None
        if proposal := event.data.get("proposal"):
            story.accepted[proposal] = event

    def provide_workaround(self, _: TicketEvent) -> None:
        self.stories[ClockName.WORKAROUND].standing = None

    def resolve(self, event: TicketEvent) -> None:
        self.resolved_at = self.resolved_at or event.happened_at
        self.end(event)

    def end(self, _: TicketEvent) -> None:
        """With the ticket's end nothing waits for an answer any more."""
        for story in self.stories.values():
            story.standing = None

    def reopen(self, event: TicketEvent) -> None:
        """A resolution's date that passed meanwhile binds no longer (policy-format.md §3 "Pauses")."""
        resolved_at, self.resolved_at = self.resolved_at, None
        story = self.stories[ClockName.RESOLUTION]
        if resolved_at and story.binding and resolved_at <= story.binding < event.happened_at:
            story.agreed, story.lapsed = None, story.agreed


_RULES: dict[Kind, Callable[[_Reading, TicketEvent], None]] = {
    Kind.DATE_PROPOSED: _Reading.propose,
    Kind.AGREED: _Reading.agree,
    Kind.WORKAROUND_PROVIDED: _Reading.provide_workaround,
    Kind.RESOLVED: _Reading.resolve,
    Kind.DECLINED: _Reading.end,
    Kind.MERGED_INTO: _Reading.end,
    Kind.REOPENED: _Reading.reopen,
}
