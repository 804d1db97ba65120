"""Events in, clocks out: what policy-format.md §3 promises, judged from instants alone.

``clocks`` folds the events in order; :mod:`contracts.sla.owing` says what is owed between two of them. Each clock keeps
the facts that its own rules need: when it started, the breaks that it does not count, and its misses. Before an event
changes anything, every running clock is judged up to the event's instant; so no job's punctuality and no later fact can
turn a miss into a promise kept.
"""

from collections.abc import Iterable
from datetime import datetime

from contracts.sla.clock import Clock
from contracts.sla.events import BadEvents, ClockName, Event, EventKind
from contracts.sla.intervals import Interval, merge
from contracts.sla.owing import Owing, Running
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


class _Ticket(Owing):
    """The facts of a ticket, and what each event does to them."""

    def __init__(self, terms: Terms, submitted: Event) -> None:
        if submitted.kind is not EventKind.SUBMITTED:
            raise BadEvents(f'the first event must be "submitted", not "{submitted.kind}"')
        super().__init__(terms, submitted)
        self.update_begun = False

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
        clock = self.running[ClockName.UPDATE] = Running(ClockName.UPDATE, at, at)
        self.hold_if_waiting(clock, at)

    def hold_if_waiting(self, clock: Running, at: datetime) -> None:
        if self.waiting_since is not None and self.pausable(clock):
            self.hold(clock, at)

    def hold(self, clock: Running, at: datetime) -> None:
        """Open a break, unless one is open already."""
        clock.held = clock.held or at

    def release_hold(self, clock: Running, at: datetime) -> None:
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
