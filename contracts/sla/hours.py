"""Opening hours, compiled: one sorted list of open UTC stretches with a running total.

An instant is open when its local date is no holiday and its local time lies in a span of that
weekday, or in the tail of a night shift of the local date before where that date is no holiday; a
closure wins over everything (policy-format.md §2). Adding open time and measuring it are two
binary searches over the same list, so they are each other's inverse and cost the same for a day
and for a decade. The list is compiled a year at a time, when a question first reaches that year.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from contracts.sla.intervals import Interval, clip, merge, subtract
from contracts.sla.ticks import (
    DAY_TICKS,
    EPOCH,
    SECOND_TICKS,
    Table,
    instant,
    length_ticks,
    offset_periods,
    ticks,
    year_of,
    year_start,
)

Holidays = Callable[[int], Mapping[date, str]]
"""The holidays of one calendar year, by date, each with its name."""

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 3, 9997  # the local dates around the ends of these years still fit a datetime
HORIZON_YEARS = 200  # a calendar shut for longer than that holds no promise


class NoOpenTime(ValueError):  # noqa: N818 -- says what is missing
    """The hours do not hold as much open time as was asked for before the calendar ends."""


@dataclass(frozen=True, slots=True)
class DailySpan:
    """Minutes of the local day, ``start`` included and ``end`` not.

    ``end`` is greater than 1440 for a night shift, whose tail lies on the next local day.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Closure:
    """The desk shut against its hours: two instants, ``end`` not included, and the reason."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that is open all through (``label`` is ``""``) or shut all through, and why.

    ``label`` is then the reason of the closure, the holiday's name, ``"weekend"``, ``"no support
    hours"`` (a working day without a span) or ``"outside support hours"``.
    """

    start: datetime
    end: datetime
    open: bool
    label: str = ""


Week = tuple[tuple[DailySpan, ...], ...]
"""The spans of Monday to Sunday, seven tuples."""

OUTSIDE_HOURS = "outside support hours"
WEEKEND = "weekend"
NO_HOURS = "no support hours"


class OpeningHours:
    """When the desk is open, in one zone, and how much open time lies where.

    ``holidays`` answers with the holidays of a year; it must always give the same answer.
    Shared between threads safely: the compiled list is replaced whole, never changed.
    """

    def __init__(
        self, zone: ZoneInfo, week: Week, holidays: Holidays, closures: Iterable[Closure] = ()
    ) -> None:
        self.zone = zone
        self.week = week
        self.holidays = holidays
        self.closures = tuple(sorted(closures, key=lambda closure: (closure.start, closure.end)))
        self._shut = merge(Interval(ticks(c.start), ticks(c.end)) for c in self.closures)
        self._table = Table.empty()

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """The earliest instant by which ``open_time`` of open time has passed since ``start``.

        It is ``start`` itself for nothing, and the closing instant for what fills a day exactly.
        Raises ``ValueError`` for a negative length and ``NoOpenTime`` when 200 years do not hold it.
        """
        wanted = length_ticks(open_time)
        if wanted <= 0:
            if wanted < 0:
                raise ValueError("open time to add must not be negative")
            return start
        begin = ticks(start)
        table = self._table
        if not table.low <= begin < table.high:
            table = self._cover(begin, begin)
        while (target := table.position(begin) + wanted) > table.sum:
            table = self._later(table, begin)
        index = bisect_left(table.totals, target)
        return instant(table.ends[index] - (table.totals[index] - target))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies in ``[start, end)``. Raises ``ValueError`` if it runs backwards."""
        begin, finish = ticks(start), ticks(end)
        if finish < begin:
            raise ValueError("the end lies before the start")
        table = self._table
        if begin < table.low or finish >= table.high:
            table = self._cover(begin, finish)
        return timedelta(microseconds=table.position(finish) - table.position(begin))

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at ``at``."""
        tick = ticks(at)
        table = self._cover(tick, tick)
        index = bisect_right(table.starts, tick)
        return index > 0 and tick < table.ends[index - 1]

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after ``at``. Raises ``NoOpenTime`` if there is none."""
        tick = ticks(at)
        table = self._cover(tick, tick)
        while (index := bisect_right(table.ends, tick)) == len(table.ends):
            table = self._later(table, tick)
        return max(at, instant(table.starts[index]))

    def open_intervals(self, start: datetime, end: datetime) -> list[Interval[datetime]]:
        """The open stretches of ``[start, end)``, adjoining ones joined."""
        begin, finish = ticks(start), ticks(end)
        table = self._cover(begin, max(begin, finish))
        found = table.between(begin, finish)
        return [Interval(instant(a), instant(b)) for a, b in clip(found, begin, finish)]

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """``[start, end)`` without a gap: open stretches, and shut ones each with its reason."""
        spans: list[Span] = []
        cursor = start
        for opened, shut in self.open_intervals(start, end):
            spans.extend(self._shut_spans(cursor, opened))
            spans.append(Span(opened, shut, open=True))
            cursor = shut
        spans.extend(self._shut_spans(cursor, end))
        return spans

    def shut_also(self, closure: Closure) -> "OpeningHours":
        """These hours with one closure more."""
        return OpeningHours(self.zone, self.week, self.holidays, (*self.closures, closure))

    def at_local(self, wall: datetime) -> datetime:
        """The instant of a naive local time of this zone.

        One that a clock change skips moves forward by the change; of one that it repeats, the
        earlier (policy-format.md §2).
        """
        return wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def local(self, at: datetime) -> datetime:
        """The instant ``at`` as a naive local time of this zone."""
        return at.astimezone(self.zone).replace(tzinfo=None)

    def _shut_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The shut stretch ``[start, end)`` cut where its reason changes."""
        if start >= end:
            return
        cuts = {start, end}
        cuts.update(t for c in self.closures for t in (c.start, c.end) if start < t < end)
        day = self.local(start).date()
        while (midnight := self.at_local(datetime.combine(day + DAY, datetime.min.time()))) < end:
            cuts.add(max(midnight, start))
            day += DAY
        points = sorted(cuts)
        pending: Span | None = None
        for a, b in pairwise(points):
            label = self._reason(a)
            if pending and pending.label == label:
                pending = Span(pending.start, b, open=False, label=label)
                continue
            if pending:
                yield pending
            pending = Span(a, b, open=False, label=label)
        if pending:
            yield pending

    def _reason(self, at: datetime) -> str:
        """Why the shut instant ``at`` is shut. A closure is named also where the night would do."""
        for closure in self.closures:
            if closure.start <= at < closure.end:
                return closure.reason
        day = self.local(at).date()
        if name := self.holidays(day.year).get(day):
            return name
        if self.week[day.weekday()]:
            return OUTSIDE_HOURS
        return WEEKEND if day.weekday() >= 5 else NO_HOURS

    def _cover(self, begin: int, finish: int) -> "Table":
        """A table that reaches from ``begin`` to past ``finish``; kept for the next question."""
        table = self._table
        if table.low <= begin and finish < table.high:
            return table
        first, last = year_of(begin), year_of(finish)
        if first < FIRST_YEAR or last > LAST_YEAR or last - first > 2 * HORIZON_YEARS:
            raise NoOpenTime(
                f"support hours are known from the year {FIRST_YEAR} to {LAST_YEAR},"
                f" {2 * HORIZON_YEARS} years at a time"
            )
        if table.low < table.high:
            earliest, latest = min(first, year_of(table.low)), max(last, year_of(table.high - 1))
            if latest - earliest > 2 * HORIZON_YEARS:
                table = Table.empty()
            else:
                first, last = earliest, latest
        self._table = table = self._extend(table, first, last)
        return table

    def _later(self, table: "Table", begin: int) -> "Table":
        """A table that reaches further, by as much again as ``table`` reaches past ``begin``."""
        years = year_of(table.high - 1) - year_of(begin) + 1
        if years > HORIZON_YEARS:
            raise NoOpenTime(f"not enough open time within {HORIZON_YEARS} years")
        missing = year_of(table.high)
        return self._cover(begin, year_start(max(missing, min(missing + years - 1, LAST_YEAR))))

    def _extend(self, table: "Table", first: int, last: int) -> "Table":
        low, high = year_start(first), year_start(last + 1)
        if table.low == table.high:
            return Table.of(low, high, self._compile(low, high))
        known = [Interval(a, b) for a, b in zip(table.starts, table.ends, strict=True)]
        before = self._compile(low, table.low)
        after = self._compile(table.high, high)
        return Table.of(low, high, merge([*before, *known, *after]))

    def _compile(self, low: int, high: int) -> list[Interval[int]]:
        """The open stretches of ``[low, high)``: wall spans laid on each period of one UTC offset."""
        if low >= high:
            return []
        walls = merge(self._wall_spans(low, high))
        opened: list[Interval[int]] = []
        first = 0
        for start, end, offset in offset_periods(self.zone, low, high):
            while first < len(walls) and walls[first].end <= start + offset:
                first += 1
            last = bisect_left(walls, (end + offset,), lo=first)
            here = [Interval(max(a - offset, start), min(b - offset, end)) for a, b in walls[first:last]]
            opened.extend(here)
        return subtract(merge(opened), self._shut)

    def _wall_spans(self, low: int, high: int) -> Iterator[Interval[int]]:
        """The spans of each local date around ``[low, high)``, in ticks of the local wall clock."""
        day = (EPOCH + timedelta(microseconds=low)).date() - 2 * DAY
        last = (EPOCH + timedelta(microseconds=high)).date() + 2 * DAY
        year, holidays = day.year, self.holidays(day.year)
        while day <= last:
            if day.year != year:
                year, holidays = day.year, self.holidays(day.year)
            if (spans := self.week[day.weekday()]) and day not in holidays:
                midnight = (day.toordinal() - EPOCH.toordinal()) * DAY_TICKS
                for span in spans:
                    minute = 60 * SECOND_TICKS
                    yield Interval(midnight + span.start * minute, midnight + span.end * minute)
            day += DAY
