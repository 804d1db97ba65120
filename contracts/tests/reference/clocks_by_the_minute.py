"""A slow reference of the clocks in policy-format.md §3 and §4: it lives through every minute of a ticket.

Written from the specification alone, to be compared with `contracts.sla`, which computes the same from
intervals. Nothing here is clever: at every minute the events of that instant happen, then the minute passes,
and every promise that was ever owed either counts that minute or does not.

How this reference reads what the specification leaves open. Numbers in brackets are lines of `scenarios.jsonl`
whose expected answer would change under the other reading; where there are none, the 300 do not decide.

Time and misses
- Events of one instant happen in the order given, and nothing is judged between them: a state that lasts no time
  can miss nothing. What ran past its due date before that instant is judged before its first event.
- A due date that already lies in the past when it begins to govern (a ticket lowered or raised out of a severity
  without length or without promise, a date agreed in the past) is missed at once, `now` included, and `missed_at`
  is that past instant (59).
- `missed_at` belongs to the miss that happened first, even if a later one had an earlier due instant.
- A pause that begins exactly at the due instant does not move it. While it lasts the clock has 0 seconds left and is
  not missed; when the waiting ends it is missed at once, at the old due instant. Stopped in that pause it was kept,
  though `due_at` lies before `stopped_at`.
- Stopped while paused: `due_at` is as if the waiting had ended at that instant; not missed by the pause (19, 27 and
  20 more).
- A period of the update clock counts as one miss, however often its due date changes in it (73).

Severities
- A clock starts, starts again and stops although the ticket's severity promises nothing for it at that time; it only
  is not shown (22, 59, 153, 251, 263). Stopped then, it stays left out after a raise (59).
- Time under a severity without length or promise counts for the lengths of the others, and waiting there is a pause
  for them (59).
- A raise during a pause: of that pause only the part after the raise moves the new calendar date (60, 148, 158, 265).
- A tie is between due instants; of equal ones the promise, `remaining_seconds` and `counted` are the more severe's.

Dates
- Agreed and release dates are kept whatever severity the ticket has when they are made, and bind whenever a promise
  of their sort governs (262); the last one made counts. A new date does not undo a miss (170).
- "Passed while the ticket was resolved" is: at or after the resolution and before the reopening. A date at the
  instant of the reopening still binds; one that had passed before the resolution does too.

Resolved, waiting, excluded
- Between resolution and reopening only `customer_replied` and facts without a clock have an effect: an
  acknowledgement, start of work, public reply or workaround then neither starts nor restarts the update clock.
- A second `waiting_on_customer` and a reply that nobody awaits change nothing; a public reply does not end the
  waiting (19, 41 and 16 more).
- "immediately" pauses like any length, and what is left is in the kind of time of `clocks.immediately`.
- A void clock keeps `promise`, `started_at` and `stopped_at`; due_at, missed_at, remaining_seconds are null, missed
  is false, missed_count 0, counted empty. A clock shown only because it was missed is left out while void, since a
  void clock is not missed.
- A missed clock whose severity promises nothing: promise and due_at null, nothing remains, never paused (79, 133,
  297).

Hours
- A closure is one stretch between two instants: its local times follow the rule for skipped and repeated ones.
- "The local date before" is the one before in the calendar, even if the zone left that date out (Apia, 2011-12-30).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .open_minutes import Calendar, Minute, print_instant, read_instant
from .policy_file import CLOCKS, Policy, Promise, read_policy

LONGEST_WAIT = (
    20 * 366 * 1440
)  # a promise that finds no end in twenty years is a fault of the policy, not of time

# §3, table: "Once it has started, every public reply, every workaround and every reopening starts it again"
UPDATE_STARTS = {"acknowledged", "work_started", "public_reply"}
UPDATE_STARTS_AGAIN = {"public_reply", "workaround_provided", "reopened"}
# §3, table: "with `acknowledged` a first public reply stops it too; a workaround or a resolution always does"
RESPONSE_STOPS = {
    "acknowledged": {"acknowledged", "public_reply", "workaround_provided", "resolved"},
    "work_started": {"work_started", "workaround_provided", "resolved"},
}


def answer(scenario: dict[str, Any], base: Path) -> dict[str, Any]:
    """The answer of the `clocks` command to one line; the policy's path is relative to `base`."""
    text = (base / scenario["policy"]).read_text(encoding="utf-8")
    return answer_under(text, scenario)


def answer_under(policy_text: str, scenario: dict[str, Any]) -> dict[str, Any]:
    """The same for a policy at hand, whatever path the scenario names."""
    policy = read_policy(policy_text, scenario["tier"])
    ticket = Ticket(policy, Calendar(policy, scenario.get("closures", [])))
    now = read_instant(scenario["now"])
    live(ticket, scenario["events"], now)
    clocks = [printed(ticket, clock, now) for clock in ticket.clocks]
    return {"clocks": [clock for clock in clocks if clock is not None]}


# --- One promise counting -------------------------------------------------------------------------


@dataclass
class Count:
    """One severity's promise with a length, counting on one clock since `base`.

    §3: "A ticket owes the promise of its severity and of every lesser one, each counted from the first
    instant at which the ticket was at least that severe", hence one of these a severity.
    """

    promise: Promise
    calendar: Calendar
    base: Minute
    due: Minute | None = None
    passed: int = 0
    overdue: int = 0
    minutes: list[Minute] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.promise.kind == "calendar":
            self.due = self.calendar.calendar_due(self.base, self.promise)

    def counts(self, minute: Minute) -> bool:
        """Business lengths count open time, the others all time (§2)."""
        return self.promise.kind != "business" or self.calendar.is_open(minute)

    def pass_minute(self, minute: Minute, running: bool) -> None:
        """Let a minute pass, in which the clock runs or does not."""
        if not running:
            # §3: "a calendar due date moves by what of each pause lies between its start and its due instant"
            if self.promise.kind == "calendar" and self.due is not None and minute < self.due:
                self.due += 1
            return
        if not self.counts(minute):
            return
        if self.due is not None and minute >= self.due:
            self.overdue += 1
        self.minutes.append(minute)
        self.passed += 1
        # §2: "A due date is the earliest instant by which the promised open time has passed"
        if self.due is None and self.passed == self.promise.minutes:
            self.due = minute + 1

    def due_running_on(self, minute: Minute) -> Minute:
        """The due date, if the clock runs on from this instant for good."""
        if self.due is not None:
            return self.due
        missing, start = self.promise.minutes - self.passed, minute
        while missing:
            if minute - start > LONGEST_WAIT:
                raise ValueError(f"“{self.promise.text}” never ends: there is no open time")
            missing -= self.counts(minute)
            minute += 1
        return minute

    def minutes_left(self, minute: Minute) -> int:
        """The time left, "in the promise's own kind of time" (§4).

        "when overdue it is minus the time counted since the due instant, pauses and resolved time left out".
        """
        due = self.due_running_on(minute)
        if due <= minute:
            return -self.overdue
        return sum(self.counts(later) for later in range(minute, due))


# --- A clock --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoken:
    """What a clock says at an instant: the promise that governs, and its due date if it has one."""

    promise: Promise | None
    due: Minute | None = None
    count: Count | None = None


@dataclass
class Clock:
    """One of the four clocks of a ticket, with a count for every severity that the ticket has reached."""

    name: str
    promises: tuple[Promise | None, ...]
    counts: list[Count | None]
    started_at: Minute | None = None
    stopped_at: Minute | None = None
    at_stop: Spoken | None = None
    missed_at: Minute | None = None
    missed_count: int = 0
    period_missed: bool = False

    @property
    def runs(self) -> bool:
        """Started and not stopped; it may be paused."""
        return self.started_at is not None and self.stopped_at is None

    def miss(self, due: Minute) -> None:
        """§3: "stays missed whatever ticket event follows; `missed_at` is the due instant of its first miss".

        An update clock "counts as one miss" until an event starts it again.
        """
        if self.missed_at is None:
            self.missed_at = due
        if not self.period_missed:
            self.period_missed = True
            self.missed_count += 1


# --- A ticket -------------------------------------------------------------------------------------


class Ticket:
    """A ticket at one instant, and how events and minutes change it."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self.severity = len(policy.severities)  # before submission: less severe than the least
        self.most_severe = self.severity
        self.waiting = False
        self.excluded = False
        self.resolved_at: Minute | None = None
        self.dates: dict[str, Minute] = {}  # agreed dates by clock, and the date of the next "release"
        self.clocks = [Clock(name, policy.promises[name], [None] * self.severity) for name in CLOCKS]
        self.response, self.update, self.workaround, self.resolution = self.clocks

    # Events.

    def happen(self, event: dict[str, Any], at: Minute) -> None:
        """One event: first what it says of the ticket, then what it does to the clocks."""
        name = event["event"]
        if name in ("submitted", "severity_changed"):
            self.change_severity(self.policy.severities.index(event["severity"]), at)
        self.note_facts(name, event)
        if name == "submitted":
            for clock in (self.response, self.workaround, self.resolution):
                self.start(clock, at)
        self.drive_response(name, at)
        self.drive_workaround(name, at)
        self.drive_resolution(name, at)
        self.drive_update(name, at)
        if name == "resolved" and self.resolved_at is None:
            self.resolved_at = at
        if name == "reopened":
            self.forget_passed_dates(at)
            self.resolved_at = None

    def note_facts(self, name: str, event: dict[str, Any]) -> None:
        """Facts that no clock starts or stops by."""
        if name == "waiting_on_customer":
            self.waiting = True
        elif name == "customer_replied":  # §3: "this alone ends the waiting, not a resolution or a reopening"
            self.waiting = False
        elif name in ("excluded", "reinstated"):
            self.excluded = name == "excluded"
        elif name == "agreed":
            self.dates[event["promise"]] = read_instant(event["due"])
        elif name == "release_planned":
            self.dates["release"] = read_instant(event["due"])

    def change_severity(self, severity: int, at: Minute) -> None:
        """§3: each promise counts "from the first instant at which the ticket was at least that severe"."""
        self.severity = severity
        newly_owed = range(severity, self.most_severe)
        self.most_severe = min(severity, self.most_severe)
        for clock in self.clocks:
            if clock.started_at is not None:
                for owed in newly_owed:
                    self.count_from(clock, owed, at)

    def count_from(self, clock: Clock, severity: int, at: Minute) -> None:
        """Begin to count one severity's promise, if it has a length."""
        promise = clock.promises[severity]
        if promise is not None and promise.has_length:
            clock.counts[severity] = Count(promise, self.calendar, at)

    def start(self, clock: Clock, at: Minute) -> None:
        """Start a clock, or start it again: every severity reached so far counts from here.

        §3: "for update: from the clock's own last start, if that is later".
        """
        if clock.started_at is None:
            clock.started_at = at
        clock.stopped_at = clock.at_stop = None
        clock.period_missed = False
        for severity in range(self.most_severe, len(clock.promises)):
            self.count_from(clock, severity, at)

    def stop(self, clock: Clock, at: Minute) -> None:
        """Stop a clock that runs, keeping what it said.

        §4: "`due_at` of a stopped clock is the due date that it met or missed (stopped while paused: the one
        it would have had running on from that instant)", with "the severity it had then".
        """
        if clock.runs:
            clock.at_stop = self.speak(clock, at)
            clock.stopped_at = at

    def drive_response(self, name: str, at: Minute) -> None:
        """§3, table, row "response"."""
        if name in RESPONSE_STOPS[self.policy.response_stops_at]:
            self.stop(self.response, at)

    def drive_workaround(self, name: str, at: Minute) -> None:
        """§3, table, row "workaround": "it stays stopped when the ticket is reopened"."""
        if name in ("workaround_provided", "resolved"):
            self.stop(self.workaround, at)

    def drive_resolution(self, name: str, at: Minute) -> None:
        """§3, table, row "resolution": "reopening runs it on"."""
        if name == "resolved":
            self.stop(self.resolution, at)
        elif name == "reopened":
            self.resolution.stopped_at = self.resolution.at_stop = None

    def drive_update(self, name: str, at: Minute) -> None:
        """§3, table, row "update"."""
        if name == "resolved":
            self.stop(self.update, at)
        elif self.resolved_at is not None and name != "reopened":
            return
        elif name in (UPDATE_STARTS if self.update.started_at is None else UPDATE_STARTS_AGAIN):
            self.start(self.update, at)

    def forget_passed_dates(self, at: Minute) -> None:
        """§3: a date "that passed while the ticket was resolved no longer binds after a reopening"."""
        if self.resolved_at is not None:
            self.dates = {key: date for key, date in self.dates.items() if not self.resolved_at <= date < at}

    # Minutes.

    def paused(self, clock: Clock) -> bool:
        """§1: `paused_while_waiting_on_customer` lists the clocks that pause."""
        return self.waiting and clock.name in self.policy.pauses

    def pass_minute(self, minute: Minute) -> None:
        """Let the minute pass for every clock that may still matter.

        A resolution clock may be reopened: "the time between resolution and reopening is not counted" (§3).
        """
        for clock in self.clocks:
            if clock.runs or clock is self.resolution:
                running = clock.runs and not self.paused(clock)
                for count in clock.counts:
                    if count is not None:
                        count.pass_minute(minute, running)

    def note_misses(self, at: Minute) -> None:
        """§3: "To stop exactly at the due instant is to keep the promise.

        A clock that is running later than that is missed".
        """
        for clock in self.clocks:
            if clock.runs and not clock.period_missed:
                due = self.due_so_far(clock)
                if due is not None and due < at:
                    clock.miss(due)

    # What a clock says.

    def governing(self, clock: Clock) -> Promise | None:
        """The promise of the ticket's own severity: whether there is a clock, and of which sort."""
        return clock.promises[self.severity]

    def date_of(self, clock: Clock, promise: Promise) -> Minute | None:
        """The date of a promise without a length (§2, table)."""
        key = {"agreed": clock.name, "release": "release"}.get(promise.kind)
        return None if key is None else self.dates.get(key)

    def owed(self, clock: Clock) -> list[Count]:
        """The promises with a length that the ticket owes now, the more severe first."""
        return [count for count in clock.counts[self.severity :] if count is not None]

    def due_so_far(self, clock: Clock) -> Minute | None:
        """The due date of a running clock, as far as time has shown it; None while paused: no miss then."""
        promise = self.governing(clock)
        if promise is None:
            return None
        if not promise.has_length:
            return self.date_of(clock, promise)
        if self.paused(clock):
            return None
        return min((count.due for count in self.owed(clock) if count.due is not None), default=None)

    def speak(self, clock: Clock, at: Minute) -> Spoken:
        """Which promise governs, and when it is due if the clock runs on from now.

        §3: "Promises with no length … govern only while the ticket has exactly that severity, and then
        alone"; "the due date is the earliest of those; of equal ones the more severe speaks": `min` takes the
        first of equals.
        """
        promise = self.governing(clock)
        if promise is None:
            return Spoken(None)
        if not promise.has_length:
            return Spoken(promise, self.date_of(clock, promise))
        first = min(self.owed(clock), key=lambda count: count.due_running_on(at))
        return Spoken(first.promise, first.due_running_on(at), first)


def live(ticket: Ticket, events: list[dict[str, Any]], now: Minute) -> None:
    """Live through the ticket from its submission to `now`; §4: "those after `now` are ignored".

    Between two instants with events no clock stops, pauses or changes its promise, so that what ran past its due
    date is known when the next event comes, before that event does anything.
    """
    happening: dict[Minute, list[dict[str, Any]]] = {now: []}
    for event in events:
        happening.setdefault(read_instant(event["at"]), []).append(event)
    for minute in range(min(happening), now + 1):
        if minute in happening:
            ticket.note_misses(minute)
            for event in happening[minute]:
                ticket.happen(event, minute)
            ticket.note_misses(minute)
        if minute < now:
            ticket.pass_minute(minute)


# --- Printing (§4) --------------------------------------------------------------------------------


def printed(ticket: Ticket, clock: Clock, now: Minute) -> dict[str, Any] | None:
    """One clock of the answer; None if it is left out."""
    if clock.started_at is None:
        return None
    said = clock.at_stop or ticket.speak(clock, now)
    missed_at = None if ticket.excluded else clock.missed_at
    if said.promise is None and missed_at is None:
        return None
    state = state_of(ticket, clock, said)
    shows_due = state in ("running", "stopped")
    fields: dict[str, Any] = {
        "clock": clock.name,
        "promise": said.promise and said.promise.text,
        "state": state,
        "missed": missed_at is not None,
        "missed_at": None if missed_at is None else print_instant(missed_at),
        "started_at": print_instant(clock.started_at),
        "due_at": print_instant(said.due) if shows_due and said.due is not None else None,
        "stopped_at": None if clock.stopped_at is None else print_instant(clock.stopped_at),
        "remaining_seconds": seconds_left(said, now) if state in ("running", "paused") else None,
        "counted": [] if state == "void" else stretches(said.count),
    }
    if clock is ticket.update:
        fields["missed_count"] = 0 if state == "void" else clock.missed_count
    return fields


def state_of(ticket: Ticket, clock: Clock, said: Spoken) -> str:
    """§4: one of five; "`unscheduled` (no length and no date: not paused either)"."""
    if ticket.excluded:
        return "void"
    if clock.stopped_at is not None:
        return "stopped"
    if said.due is None:
        return "unscheduled"
    if said.count is not None and ticket.paused(clock):
        return "paused"
    return "running"


def seconds_left(said: Spoken, now: Minute) -> int | None:
    """§4: agreed and release dates "know no pauses": plain time until the date, or minus the time since."""
    if said.due is None:
        return None
    return 60 * (said.count.minutes_left(now) if said.count else said.due - now)


def stretches(count: Count | None) -> list[list[str]]:
    """§4, `counted`: "(business and elapsed lengths; otherwise empty) … adjoining ones joined"."""
    if count is None or count.promise.kind == "calendar":
        return []
    joined: list[list[Minute]] = []
    for minute in count.minutes:
        if joined and joined[-1][1] == minute:
            joined[-1][1] = minute + 1
        else:
            joined.append([minute, minute + 1])
    return [[print_instant(start), print_instant(end)] for start, end in joined]
