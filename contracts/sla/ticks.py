"""Ticks: instants as whole microseconds since 1970, the finest that a datetime knows.

A compiled calendar counts in them, since whole numbers are searched and summed faster than datetimes. ``Table`` is such
a calendar; ``offset_periods`` says which UTC offset a zone has when.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.sla.intervals import Interval

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_TICKS = 1_000_000
DAY_TICKS = 86_400 * SECOND_TICKS


def ticks(at: datetime) -> int:
    """Microseconds from the epoch. Raises ``TypeError`` for a naive datetime."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND_TICKS + since.microseconds


def length_ticks(length: timedelta) -> int:
    """The same of a length, exactly."""
    return (length.days * 86_400 + length.seconds) * SECOND_TICKS + length.microseconds


def instant(tick: int) -> datetime:
    """The instant in UTC. Raises ``OverflowError`` outside the years 1 to 9999."""
    return EPOCH + timedelta(microseconds=tick)


def year_of(tick: int) -> int:
    """The year in UTC in which it lies."""
    return instant(tick).year


def year_start(year: int) -> int:
    """Where a year begins in UTC. Raises ``ValueError`` for one that is not from 1 to 9999."""
    return ticks(datetime(year, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Table:
    """Open stretches of ``[low, high)`` in ticks; ``totals[i]`` is the open time up to ``ends[i]``."""

    low: int
    high: int
    starts: Sequence[int]
    ends: Sequence[int]
    totals: Sequence[int]
    sum: int

    @classmethod
    def empty(cls) -> "Table":
        return cls(0, 0, [], [], [], 0)

    @classmethod
    def of(cls, low: int, high: int, intervals: Sequence[Interval[int]]) -> "Table":
        totals, running = [], 0
        for start, end in intervals:
            running += end - start
            totals.append(running)
        return cls(low, high, [i.start for i in intervals], [i.end for i in intervals], totals, running)

    def position(self, tick: int) -> int:
        """The open time from ``low`` to ``tick``."""
        index = bisect_right(self.starts, tick) - 1
        if index < 0:
            return 0
        over = self.ends[index] - tick
        return self.totals[index] - over if over > 0 else self.totals[index]

    def between(self, begin: int, finish: int) -> list[Interval[int]]:
        """The whole stretches that touch ``[begin, finish)``."""
        first, last = bisect_right(self.ends, begin), bisect_left(self.starts, finish)
        return [Interval(a, b) for a, b in zip(self.starts[first:last], self.ends[first:last], strict=True)]


def offset_periods(zone: ZoneInfo, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """``[low, high)`` cut into periods of one UTC offset: start, end, offset, all in ticks.

    A look a day finds every change: in the zone database no two lie closer than three days.
    """
    start, offset = low, _offset(zone, low)
    tick = low
    while tick < high:
        following = min(tick + DAY_TICKS, high)
        if (changed := _offset(zone, following)) != offset:
            change = _find_change(zone, tick, following)
            yield start, change, offset
            start, offset = change, changed
        tick = following
    yield start, high, offset


def _find_change(zone: ZoneInfo, before: int, after: int) -> int:
    """The tick, a whole second, from which the offset of ``after`` holds."""
    old = _offset(zone, before)
    low, high = before // SECOND_TICKS, after // SECOND_TICKS
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND_TICKS) == old:
            low = middle
        else:
            high = middle
    return high * SECOND_TICKS


def _offset(zone: ZoneInfo, tick: int) -> int:
    offset = instant(tick).astimezone(zone).utcoffset()
    if offset is None:  # a ZoneInfo always knows its offset; the type does not say so
        raise ValueError(f"{zone} has no UTC offset")
    return length_ticks(offset)
