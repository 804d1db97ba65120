"""What a clock looks like to its reader: the card of a ticket's page (``clock_lines`` has that of lists).

Pure: the core's clocks in, texts out; no database, and the time is a parameter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.phrasing import iso, iso_duration, moment, rough_duration
from contracts.sla.clock import Clock, State
from contracts.sla.events import ClockName
from contracts.sla.explain import Explanation, Why
from contracts.sla.hours import OpeningHours
from contracts.sla.intervals import Interval, clip, total
from contracts.sla.promises import Kind, Promise, Wordless
from tickets.standing import Standing
from tickets.why import Sum, why

DAY = timedelta(days=1)
# The share of a promise from which it is due soon, the same as that of the warning.
DUE_SOON = 0.75
# Why no promise holds any more.
EXCLUDED = "no promise holds: excluded under a clause of the policy"
CLOSED = "neither kept nor missed: the ticket was closed while it waited for an answer"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as people and as machines read it."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Ticking:
    """What the script needs to go on counting: the instant of the page, what is left, when it runs.

    ``spans`` are stretches in seconds of the epoch, "start-end start-end", up to a day ahead.
    """

    at: int
    left: int
    amount: int
    spans: str
    in_hours: bool


@dataclass(frozen=True, slots=True)
class ClockCard:
    """All texts of one clock. ``rest`` goes on after the word of the standing: "since …", "by …".

    ``used`` is the per cent of the promise that is used, ``None`` where nothing is counted.
    """

    name: str
    promise: str
    wording: str
    severity: str
    standing: Standing
    rest: str
    left: str
    left_iso: str
    due_label: str
    due: Moment | None
    used: int | None
    note: str
    ticking: Ticking | None
    why: Sum | None

    @property
    def overdue(self) -> Standing:
        """What the script shows from the due instant on."""
        return Standing.OVERDUE


def card(
    clock: Clock,
    explanation: Explanation | None,
    *,
    reader_zone: ZoneInfo,
    desk_zone: ZoneInfo,
    at: datetime,
    wording: str,
    awaited: str,
    hours: OpeningHours | None = None,
    void_because: str = EXCLUDED,
) -> ClockCard:
    """The card of ``clock`` as it stands at ``at``, told in the reader's zone and in the desk's.

    ``awaited`` is who must answer while the clock is paused ("you"); ``wording`` the policy's own strength.
    With ``hours`` the script can go on counting past the due date. ``void_because`` is said of a void clock.
    """
    return _Card(clock, explanation, reader_zone, desk_zone, at, awaited, hours, void_because).told(wording)


@dataclass(frozen=True, slots=True)
class _Card:
    """The reasoning behind one card."""

    clock: Clock
    explanation: Explanation | None
    reader_zone: ZoneInfo
    desk_zone: ZoneInfo
    at: datetime
    awaited: str
    hours: OpeningHours | None
    void_because: str

    def told(self, wording: str) -> ClockCard:
        clock, standing = self.clock, self.standing()
        left = self.left()
        return ClockCard(
            name=clock.name.value.capitalize(),
            promise=promise_text(clock),
            wording=wording,
            severity=clock.severity or "",
            standing=standing,
            rest=self.rest(standing, left),
            left=self.left_text(standing, left),
            left_iso=iso_duration(left) if left is not None else "",
            due_label=self.due_label(standing),
            due=Moment(self.say(clock.due_at), iso(clock.due_at)) if clock.due_at else None,
            used=self.used(left),
            note=self.note(standing),
            ticking=self.ticking(left),
            why=why(clock, self.explanation, desk_zone=self.desk_zone, awaited=self.awaited)
            if self.explanation
            else None,
        )

    def say(self, instant: datetime) -> str:
        return moment(instant, self.reader_zone, now=self.at, other=self.desk_zone)

    @property
    def kind(self) -> Kind:
        return self.explanation.kind if self.explanation else Kind.CALENDAR

    def amount(self) -> timedelta | None:
        """What the promise allows, in its own kind of time; until an agreed or planned date, all the time."""
        if self.explanation:
            return self.explanation.amount
        return self.clock.due_at - self.clock.started_at if self.clock.due_at else None

    def left(self) -> timedelta | None:
        """What is left of the promise, or was when the clock stopped; negative past the due date."""
        clock = self.clock
        if clock.stopped_at is None:
            return clock.remaining
        if self.explanation is None:
            return clock.due_at - clock.stopped_at if clock.due_at else None
        return self.explanation.amount - self.spent(clock.stopped_at)

    def spent(self, until: datetime) -> timedelta:
        if self.kind is not Kind.CALENDAR:
            return total(self.clock.counted)
        start = self.clock.counted_from or self.clock.started_at
        return (until - start) - total(clip(self.clock.breaks, start, until))

    def standing(self) -> Standing:
        match self.clock.state:
            case State.VOID:
                return Standing.MISSED if self.clock.missed else Standing.VOID
            case State.PAUSED:
                return Standing.PAUSED
            case State.STOPPED:
                return self.stopped_standing()
            case State.UNSCHEDULED:
                return self.undated_standing()
        return self.running_standing()

    def stopped_standing(self) -> Standing:
        if self.clock.missed:
            return Standing.MISSED
        return Standing.KEPT if self.clock.due_at else Standing.DONE

    def undated_standing(self) -> Standing:
        if self.clock.promise is None:
            return Standing.MISSED
        best_effort = self.clock.promise is Wordless.BEST_EFFORT
        return Standing.BEST_EFFORT if best_effort else Standing.WAITING

    def running_standing(self) -> Standing:
        clock, amount = self.clock, self.amount()
        if clock.due_at is None or amount is None:
            return Standing.WAITING
        if clock.due_at < self.at:
            return Standing.OVERDUE
        if clock.missed and clock.name is not ClockName.UPDATE:
            return Standing.MISSED
        if self.is_soon(clock.remaining or timedelta(), amount):
            return Standing.DUE_SOON
        return Standing.AGREED if clock.promise is Wordless.AS_MUTUALLY_AGREED else Standing.ON_TIME

    def is_soon(self, left: timedelta, amount: timedelta) -> bool:
        return left <= DAY if self.explanation is None else left <= amount * (1 - DUE_SOON)

    def rest(self, standing: Standing, left: timedelta | None) -> str:
        clock = self.clock
        match standing:
            case Standing.OVERDUE if clock.due_at:
                return f"since {self.say(clock.due_at)}"
            case Standing.PAUSED if clock.paused_since:
                return f"since {self.say(clock.paused_since)}, waiting for {self.awaited}"
            case Standing.MISSED:
                return self.missed_rest(left)
        return ""

    def missed_rest(self, left: timedelta | None) -> str:
        clock = self.clock
        if clock.state is State.STOPPED and left is not None and left < timedelta():
            return f"by {self.amount_text(left)}"
        if clock.missed_count:
            return "one update" if clock.missed_count == 1 else f"{clock.missed_count} updates"
        return f"on {self.say(clock.missed_at)}" if clock.missed_at else ""

    def amount_text(self, length: timedelta) -> str:
        return rough_duration(length, self.kind) + (" of support time" if self.kind is Kind.OPEN else "")

    def left_text(self, standing: Standing, left: timedelta | None) -> str:
        fixed = {
            Standing.VOID: self.void_because,
            Standing.BEST_EFFORT: "no time is promised",
            Standing.DONE: "no time was promised",
            Standing.WAITING: _awaited_date(self.clock.promise),
        }
        if standing in fixed:
            return fixed[standing]
        if left is None or (standing is Standing.MISSED and self.clock.state is State.STOPPED):
            return ""
        word = "over" if left < timedelta() else "to spare" if standing is Standing.KEPT else "left"
        return f"{self.amount_text(left)} {word}"

    def due_label(self, standing: Standing) -> str:
        if standing in (Standing.KEPT, Standing.MISSED) and self.clock.state is State.STOPPED:
            return "was due"
        return "agreed for" if self.clock.promise is Wordless.AS_MUTUALLY_AGREED else "due"

    def used(self, left: timedelta | None) -> int | None:
        amount = self.amount()
        if left is None or not amount or amount <= timedelta():
            return None
        return min(100, max(0, int((amount - left) / amount * 100)))

    def note(self, standing: Standing) -> str:
        clock = self.clock
        if clock.promise is None:
            return "The ticket's severity promises nothing here any more."
        if clock.missed_count:
            late = (
                "One update came late."
                if clock.missed_count == 1
                else f"{clock.missed_count} updates came late."
            )
            return "" if clock.missed_count == 1 and standing in (Standing.OVERDUE, Standing.MISSED) else late
        if clock.missed_at and standing is Standing.PAUSED:
            return f"It ran past its due time, {self.say(clock.missed_at)}."
        return ""

    def ticking(self, left: timedelta | None) -> Ticking | None:
        amount = self.amount()
        if self.clock.state is not State.RUNNING or left is None or amount is None:
            return None
        spans = " ".join(f"{_epoch(a)}-{_epoch(b)}" for a, b in self.ahead())
        seconds = int(left.total_seconds())
        return Ticking(_epoch(self.at), seconds, int(amount.total_seconds()), spans, self.kind is Kind.OPEN)

    def ahead(self) -> list[Interval[datetime]]:
        """When time counts during the next day."""
        tomorrow = self.at + DAY
        if self.kind is not Kind.OPEN:
            return [Interval(self.at, tomorrow)]
        if self.hours:
            return self.hours.open_intervals(self.at, tomorrow)
        lines = self.explanation.lines if self.explanation else ()
        counted = [Interval(row.start, row.end) for row in lines if row.why is Why.COUNTED]
        return clip(counted, self.at, tomorrow)


def promise_text(clock: Clock) -> str:
    """The promise in the contract's words; "immediately" with how long that is."""
    if clock.promise is None:
        return ""
    if clock.promise is Wordless.IMMEDIATELY and clock.length:
        return f"immediately: within {clock.length}"
    return str(clock.promise)


def _awaited_date(promise: Promise | None) -> str:
    if promise is Wordless.NEXT_MAINTENANCE_RELEASE:
        return "no maintenance release is planned yet"
    return "the date is still to be agreed"


def _epoch(at: datetime) -> int:
    return int(at.timestamp())
