"""What a ticket owes as its facts stand: which promise speaks for each clock, when it is due, whether it was missed.

Nothing here changes a fact but ``judge``, which notes a miss; :mod:`contracts.sla.clocks` lets the events happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracts.sla.clock import Clock, State
from contracts.sla.counting import Stretch
from contracts.sla.events import ClockName, Event
from contracts.sla.intervals import Interval, clip, intersect, merge
from contracts.sla.promises import Kind, Length, Promise, Wordless
from contracts.sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Owed:
    """The promise that speaks for a clock, since when it counts, and by when it is due."""

    promise: Promise
    severity: str
    since: datetime
    due: datetime | None
    length: Length | None


@dataclass(slots=True)
class Running:
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


class Owing:
    """The facts of a ticket that are known so far, the clocks that run on them, and what they owe."""

    def __init__(self, terms: Terms, submitted: Event) -> None:
        """``submitted`` is the first event. Raises ``BadEvents`` where its severity is unknown."""
        self.terms = terms
        self.counting = terms.counting
        self.severity = terms.rank(submitted.severity)
        self.severe_since = dict.fromkeys(range(self.severity, len(terms.severities)), submitted.at)
        self.waiting_since: datetime | None = None
        self.resolved_since: datetime | None = None
        self.resolved: list[Stretch] = []
        self.excluded = False
        self.agreed: dict[ClockName, datetime] = {}
        self.release: datetime | None = None
        self.running = {
            name: Running(name, submitted.at, submitted.at)
            for name in (ClockName.RESPONSE, ClockName.WORKAROUND, ClockName.RESOLUTION)
        }

    def judge(self, clock: Running, at: datetime) -> None:
        """Record a miss if the clock, as the facts stand, ran past its due instant before ``at``."""
        if clock.stopped is not None or clock.period_missed:
            return
        owed = self.owed(clock, at)
        if owed and owed.due and owed.due < at and not self.is_paused(clock, owed):
            clock.miss(owed.due)

    def is_paused(self, clock: Running, owed: Owed) -> bool:
        return owed.length is not None and self.waiting_since is not None and self.pausable(clock)

    def pausable(self, clock: Running) -> bool:
        return clock.name in self.terms.paused_while_waiting

    def owed(self, clock: Running, at: datetime) -> Owed | None:
        """The promise that speaks now; its due date as if the clock ran on from ``at``."""
        exact = self.terms.severities[self.severity]
        promise = exact.promises.get(clock.name)
        if promise is None:
            return None
        if self.terms.length(promise) is None:
            return Owed(promise, exact.code, clock.started_at, self.date(clock.name, promise), None)
        breaks = clock.breaks_until(at)
        return min(self.candidates(clock, breaks), key=lambda owed: owed.due or at)

    def candidates(self, clock: Running, breaks: Sequence[Stretch]) -> list[Owed]:
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
            found.append(Owed(promise, severity.code, start, due, length))
        return found

    def date(self, name: ClockName, promise: Promise) -> datetime | None:
        """The agreed or planned date that a promise without a length waits for."""
        match promise:
            case Wordless.AS_MUTUALLY_AGREED:
                return self.agreed.get(name)
            case Wordless.NEXT_MAINTENANCE_RELEASE:
                return self.release
        return None

    def clocks(self, at: datetime) -> list[Clock]:
        for clock in self.running.values():
            self.judge(clock, at)
        standing = (self.standing(self.running[name], at) for name in ClockName if name in self.running)
        return [clock for clock in standing if clock is not None]

    def standing(self, clock: Running, at: datetime) -> Clock | None:
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

    def live(self, clock: Running, at: datetime) -> Clock:
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

    def stopped(self, clock: Running, at: datetime) -> Clock:
        owed = self.owed(clock, at)
        told = self.told(clock, owed, at)
        return replace(told, state=State.STOPPED, stopped_at=at, due_at=owed.due if owed else None)

    def told(self, clock: Running, owed: Owed | None, at: datetime) -> Clock:
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

    def counted(self, owed: Owed, at: datetime, breaks: Sequence[Stretch]) -> list[Stretch]:
        """The stretches counted for a business or elapsed length; none for the other promises."""
        if owed.length is None or owed.length.kind is Kind.CALENDAR:
            return []
        stretches = self.counting.counted(owed.since, at, breaks)
        if owed.length.kind is Kind.OPEN:
            return intersect(stretches, self.terms.hours.open_intervals(owed.since, at))
        return stretches

    def remaining(self, clock: Running, owed: Owed, at: datetime) -> timedelta | None:
        """What is left of the promise, in its own kind of time; negative when overdue."""
        if owed.due is None:
            return None
        if owed.length is None:
            return owed.due - at
        breaks = clock.breaks_until(at)
        passed = self.counting.passed(owed.length, owed.since, at, breaks)
        return self.counting.amount(owed.since, owed.length) - passed
