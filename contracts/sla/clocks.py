"""Events in, clocks out: what policy-format.md §3 promises, judged from instants alone.

``clocks`` folds the events in order. Each clock keeps the facts that its own rules need: when it
started, the breaks that it does not count, and its first miss. Before an event changes anything,
every running clock is judged up to the event's instant; so no job's punctuality and no later fact
can turn a miss into a promise kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracts.sla.clock import Clock, State
from contracts.sla.counting import Stretch
from contracts.sla.events import BadEvents, ClockName, Event, EventKind
from contracts.sla.intervals import Interval, clip, intersect, merge
from contracts.sla.promises import Kind, Length, Promise, Wordless
from contracts.sla.terms import Terms


def clocks(terms: Terms, events: Iterable[Event], at: datetime) -> list[Clock]:
    """The clocks of a ticket as they stand at ``at``, in the order of ``ClockName``.

    ``events`` are in time order, beginning with its submission; those after ``at`` are ignored.
    A clock that has not started, or that the severity promises nothing for and that was never
    missed, is left out. Raises ``BadEvents`` when the order or a severity is wrong, ``NoOpenTime``
    when the opening hours end before a due date.
    """
    ticket = _fold(terms, events, at)
    return ticket.clocks(at) if ticket else []


def due_now(terms: Terms, severity: str, at: datetime) -> dict[ClockName, datetime]:
    """When each clock of a ticket submitted at ``at`` would be due; those without a date left out."""
    events = [Event(at, EventKind.SUBMITTED, severity=severity)]
    return {clock.name: clock.due_at for clock in clocks(terms, events, at) if clock.due_at}


@dataclass(frozen=True, slots=True)
class _Owed:
    """The promise that speaks for a clock, since when it counts, and by when it is due."""

    promise: Promise
    severity: str
    since: datetime
    due: datetime | None
    length: Length | None


@dataclass(slots=True)
class _Running:
    """What one clock remembers. ``since`` is its last start, ``held`` an open break's begin."""

    name: ClockName
    started_at: datetime
    since: datetime
    breaks: list[Stretch] = field(default_factory=list)
    held: datetime | None = None
    stopped: Clock | None = None
    misses: list[datetime] = field(default_factory=list)
    period_missed: bool = False

    def miss(self, due: datetime) -> None:
        """Note that the clock ran past ``due``; ``judge`` asks no more in this period."""
        self.period_missed = True
        self.misses.append(due)

    def restart(self, at: datetime) -> None:
        """Begin a new period at ``at``."""
        self.since, self.stopped, self.period_missed = at, None, False

    def breaks_until(self, at: datetime) -> list[Stretch]:
        """The breaks, an open one counted as ending at ``at``."""
        if self.held is None or self.held >= at:
            return self.breaks
        return merge([*self.breaks, Interval(self.held, at)])


class _Ticket:
    """The facts known so far, and the clocks that run on them."""

    def __init__(self, terms: Terms, submitted: Event) -> None:
        if submitted.kind is not EventKind.SUBMITTED:
            raise BadEvents(f'the first event must be "submitted", not "{submitted.kind}"')
        self.terms = terms
        self.counting = terms.counting
        self.severity = terms.rank(submitted.severity)
        self.severe_since = dict.fromkeys(range(self.severity, len(terms.severities)), submitted.at)
        self.waiting_since: datetime | None = None
        self.resolved_since: datetime | None = None
        self.resolved: list[Stretch] = []
        self.excluded = False
        self.update_begun = False
        self.agreed: dict[ClockName, datetime] = {}
        self.release: datetime | None = None
        self.running = {
            name: _Running(name, submitted.at, submitted.at)
            for name in (ClockName.RESPONSE, ClockName.WORKAROUND, ClockName.RESOLUTION)
        }

    # Facts, event by event

    def apply(self, event: Event) -> None:
        """Judge every clock up to the event, then let the event happen."""
        for clock in self.running.values():
            self.judge(clock, event.at)
        _RULES[event.kind](self, event)

    def submit_again(self, _event: Event) -> None:
        raise BadEvents('"submitted" can stand only once, as the first event')

    def acknowledge(self, event: Event) -> None:
        self.respond(event)
        self.begin_updates(event.at)

    def start_work(self, event: Event) -> None:
        self.respond(event)
        self.begin_updates(event.at)

    def reply(self, event: Event) -> None:
        if self.terms.response_stops_at is EventKind.ACKNOWLEDGED:
            self.stop(ClockName.RESPONSE, event.at)
        if self.update_begun:
            self.restart_updates(event.at)
        self.begin_updates(event.at)

    def wait(self, event: Event) -> None:
        if self.waiting_since is not None:
            return
        self.waiting_since = event.at
        for name in self.terms.paused_while_waiting & self.running.keys():
            self.hold(self.running[name], event.at)

    def hear(self, event: Event) -> None:
        self.waiting_since = None
        for clock in self.running.values():
            if clock.name is not ClockName.RESOLUTION or self.resolved_since is None:
                self.release_hold(clock, event.at)

    def provide_workaround(self, event: Event) -> None:
        self.stop(ClockName.RESPONSE, event.at)
        self.stop(ClockName.WORKAROUND, event.at)
        if self.update_begun:
            self.restart_updates(event.at)

    def resolve(self, event: Event) -> None:
        if self.resolved_since is not None:
            return
        self.resolved_since = event.at
        for name in tuple(self.running):
            self.stop(name, event.at)
        self.hold(self.running[ClockName.RESOLUTION], event.at)

    def reopen(self, event: Event) -> None:
        if self.resolved_since is None:
            return
        self.lapse_dates(self.resolved_since, event.at)
        self.resolved = merge([*self.resolved, Interval(self.resolved_since, event.at)])
        self.resolved_since = None
        resolution = self.running[ClockName.RESOLUTION]
        resolution.stopped = None
        if not (self.waiting_since is not None and self.pausable(resolution)):
            self.release_hold(resolution, event.at)
        if self.update_begun:
            self.restart_updates(event.at)

    def change_severity(self, event: Event) -> None:
        self.severity = self.terms.rank(event.severity)
        for place in range(self.severity, len(self.terms.severities)):
            self.severe_since.setdefault(place, event.at)

    def exclude(self, _event: Event) -> None:
        self.excluded = True

    def reinstate(self, _event: Event) -> None:
        self.excluded = False

    def agree(self, event: Event) -> None:
        if event.promise is None or event.due is None:
            raise BadEvents('"agreed" needs a promise and a due date')
        self.agreed[event.promise] = event.due

    def plan_release(self, event: Event) -> None:
        self.release = event.due

    # What the rules are made of

    def respond(self, event: Event) -> None:
        if event.kind is self.terms.response_stops_at:
            self.stop(ClockName.RESPONSE, event.at)

    def begin_updates(self, at: datetime) -> None:
        """Start the update clock the first time; a ticket that is resolved owes no update."""
        if self.update_begun:
            return
        self.update_begun = True
        if self.resolved_since is None:
            self.start_updates(at)

    def restart_updates(self, at: datetime) -> None:
        if self.resolved_since is not None:
            return
        if ClockName.UPDATE in self.running:
            self.running[ClockName.UPDATE].restart(at)
            self.hold_if_waiting(self.running[ClockName.UPDATE], at)
        else:
            self.start_updates(at)

    def start_updates(self, at: datetime) -> None:
        clock = self.running[ClockName.UPDATE] = _Running(ClockName.UPDATE, at, at)
        self.hold_if_waiting(clock, at)

    def hold_if_waiting(self, clock: _Running, at: datetime) -> None:
        if self.waiting_since is not None and self.pausable(clock):
            self.hold(clock, at)

    def pausable(self, clock: _Running) -> bool:
        return clock.name in self.terms.paused_while_waiting

    def hold(self, clock: _Running, at: datetime) -> None:
        """Open a break, unless one is open already."""
        clock.held = clock.held or at

    def release_hold(self, clock: _Running, at: datetime) -> None:
        clock.breaks, clock.held = clock.breaks_until(at), None

    def stop(self, name: ClockName, at: datetime) -> None:
        clock = self.running.get(name)
        if clock and clock.stopped is None:
            clock.stopped = self.stopped(clock, at)

    def lapse_dates(self, resolved_at: datetime, at: datetime) -> None:
        """A date that passed while the ticket was resolved binds no longer."""
        agreed = self.agreed.get(ClockName.RESOLUTION)
        if agreed and resolved_at <= agreed < at:
            del self.agreed[ClockName.RESOLUTION]
        if self.release and resolved_at <= self.release < at:
            self.release = None

    # Judging

    def judge(self, clock: _Running, at: datetime) -> None:
        """Record a miss if the clock, as the facts stand, ran past its due instant before ``at``."""
        if clock.stopped is not None or clock.period_missed:
            return
        owed = self.owed(clock, at)
        if owed and owed.due and owed.due < at and not self.is_paused(clock, owed):
            clock.miss(owed.due)

    def is_paused(self, clock: _Running, owed: _Owed) -> bool:
        return owed.length is not None and self.waiting_since is not None and self.pausable(clock)

    def owed(self, clock: _Running, at: datetime) -> _Owed | None:
        """The promise that speaks now; its due date as if the clock ran on from ``at``."""
        exact = self.terms.severities[self.severity]
        promise = exact.promises.get(clock.name)
        if promise is None:
            return None
        if self.terms.length(promise) is None:
            return _Owed(promise, exact.code, clock.started_at, self.date(clock.name, promise), None)
        breaks = clock.breaks_until(at)
        return min(self.candidates(clock, breaks), key=lambda owed: owed.due or at)

    def candidates(self, clock: _Running, breaks: Sequence[Stretch]) -> list[_Owed]:
        """What the ticket owes with a length: its severity's promise first, then the lesser ones'."""
        found = []
        for place, since in sorted(self.severe_since.items()):
            severity = self.terms.severities[place]
            promise = severity.promises.get(clock.name)
            length = self.terms.length(promise)
            if place < self.severity or promise is None or length is None:
                continue
            start = max(since, clock.since)
            due = self.counting.due(start, length, breaks)
            found.append(_Owed(promise, severity.code, start, due, length))
        return found

    def date(self, name: ClockName, promise: Promise) -> datetime | None:
        """The agreed or planned date that a promise without a length waits for."""
        match promise:
            case Wordless.AS_MUTUALLY_AGREED:
                return self.agreed.get(name)
            case Wordless.NEXT_MAINTENANCE_RELEASE:
                return self.release
        return None

    # Clocks as they stand

    def clocks(self, at: datetime) -> list[Clock]:
        for clock in self.running.values():
            self.judge(clock, at)
        standing = (self.standing(self.running[name], at) for name in ClockName if name in self.running)
        return [clock for clock in standing if clock is not None]

    def standing(self, clock: _Running, at: datetime) -> Clock | None:
        shown = clock.stopped or self.live(clock, at)
        if self.excluded:
            return self.void(shown)
        return shown if shown.promise is not None or shown.missed else None

    def void(self, shown: Clock) -> Clock | None:
        if shown.promise is None:
            return None
        return Clock(
            shown.name,
            State.VOID,
            shown.started_at,
            promise=shown.promise,
            severity=shown.severity,
            stopped_at=shown.stopped_at,
        )

    def live(self, clock: _Running, at: datetime) -> Clock:
        """A clock that has not stopped."""
        owed = self.owed(clock, at)
        told = self.told(clock, owed, at)
        if owed is None or owed.due is None:
            return told
        if self.is_paused(clock, owed):
            return replace(
                told,
                state=State.PAUSED,
                paused_since=self.waiting_since,
                remaining=self.remaining(clock, owed, at),
            )
        return replace(told, state=State.RUNNING, due_at=owed.due, remaining=self.remaining(clock, owed, at))

    def stopped(self, clock: _Running, at: datetime) -> Clock:
        owed = self.owed(clock, at)
        told = self.told(clock, owed, at)
        return replace(told, state=State.STOPPED, stopped_at=at, due_at=owed.due if owed else None)

    def told(self, clock: _Running, owed: _Owed | None, at: datetime) -> Clock:
        """What holds of a clock in every state; unscheduled until more is known."""
        base = Clock(
            clock.name,
            State.UNSCHEDULED,
            clock.started_at,
            misses=tuple(clock.misses),
        )
        if owed is None:
            return base
        breaks = clip(clock.breaks_until(at), owed.since, max(at, owed.since))
        return replace(
            base,
            promise=owed.promise,
            length=owed.length,
            severity=owed.severity,
            counted_from=owed.since,
            breaks=tuple(breaks),
            resolved=tuple(intersect(breaks, self.resolved)),
            counted=tuple(self.counted(owed, at, breaks)),
        )

    def counted(self, owed: _Owed, at: datetime, breaks: Sequence[Stretch]) -> list[Stretch]:
        """The stretches counted for a business or elapsed length; none for the other promises."""
        if owed.length is None or owed.length.kind is Kind.CALENDAR:
            return []
        stretches = self.counting.counted(owed.since, at, breaks)
        if owed.length.kind is Kind.OPEN:
            return intersect(stretches, self.terms.hours.open_intervals(owed.since, at))
        return stretches

    def remaining(self, clock: _Running, owed: _Owed, at: datetime) -> timedelta | None:
        """What is left of the promise, in its own kind of time; negative when overdue."""
        if owed.due is None:
            return None
        if owed.length is None:
            return owed.due - at
        breaks = clock.breaks_until(at)
        passed = self.counting.passed(owed.length, owed.since, at, breaks)
        return self.counting.amount(owed.since, owed.length) - passed


_RULES = {
    EventKind.SUBMITTED: _Ticket.submit_again,
    EventKind.ACKNOWLEDGED: _Ticket.acknowledge,
    EventKind.WORK_STARTED: _Ticket.start_work,
    EventKind.PUBLIC_REPLY: _Ticket.reply,
    EventKind.WAITING_ON_CUSTOMER: _Ticket.wait,
    EventKind.CUSTOMER_REPLIED: _Ticket.hear,
    EventKind.WORKAROUND_PROVIDED: _Ticket.provide_workaround,
    EventKind.RESOLVED: _Ticket.resolve,
    EventKind.REOPENED: _Ticket.reopen,
    EventKind.SEVERITY_CHANGED: _Ticket.change_severity,
    EventKind.EXCLUDED: _Ticket.exclude,
    EventKind.REINSTATED: _Ticket.reinstate,
    EventKind.AGREED: _Ticket.agree,
    EventKind.RELEASE_PLANNED: _Ticket.plan_release,
}


def _fold(terms: Terms, events: Iterable[Event], at: datetime) -> _Ticket | None:
    """The ticket after all events up to ``at``; ``None`` when it was not submitted by then."""
    ticket: _Ticket | None = None
    last: datetime | None = None
    for event in events:
        if last is not None and event.at < last:
            raise BadEvents(f"events must be in time order: {event.kind} at {event.at.isoformat()}")
        last = event.at
        if event.at > at:
            continue
        if ticket is None:
            ticket = _Ticket(terms, event)
        else:
            ticket.apply(event)
    return ticket
