"""The last days of a component: of each, how long it was down and how long planned work stopped it. Pure.

It is what happened, the same for every reader; what of it a contract counts, its policy says (``contracts.sla``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from contracts.sla.availability import rounded_down
from contracts.sla.intervals import Interval, clip, merge, subtract, total
from contracts.sla.unavailability import Work

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


class DayState(StrEnum):
    """What a day was, the worst of it."""

    WORKED = "worked"
    MAINTENANCE = "maintenance"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC date on which something stopped, and for how long; a minute of both was down."""

    day: date
    down: timedelta
    maintenance: timedelta

    @property
    def state(self) -> DayState:
        return DayState.DOWN if self.down else DayState.MAINTENANCE


@dataclass(frozen=True, slots=True)
class Days:
    """The UTC dates from ``first`` to ``last``, both included; ``stopped`` has those on which something stopped.

    ``percent`` is the share of their time, as far as it has passed, in which the component was not down.
    """

    first: date
    last: date
    stopped: Mapping[date, Day]
    percent: Fraction

    @property
    def percent_told(self) -> str:
        """Never better than it is: 99.999 is "99.99"."""
        return rounded_down(self.percent, 2)

    def states(self) -> Iterator[DayState]:
        """That of each date, in order."""
        for number in range((self.last - self.first).days + 1):
            found = self.stopped.get(self.first + number * DAY)
            yield found.state if found else DayState.WORKED


def first_day(at: datetime, days: int) -> date:
    """The first of the last ``days`` UTC dates, that of ``at`` included."""
    return at.astimezone(UTC).date() - (days - 1) * DAY


def midnight_of(day: date) -> datetime:
    """When a UTC date begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_of(
    outages: Iterable[Interval[datetime]], works: Iterable[Work], *, first: date, at: datetime
) -> Days:
    """From ``first`` to the date of ``at``. Of work only what was announced is maintenance, the rest was downtime."""
    start, last, works = midnight_of(first), at.astimezone(UTC).date(), list(works)
    failed, worked = merge(outages), merge(_interruptions(works, at))
    announced = merge(work.announced_interruption for work in works)
    down = clip(merge([*failed, *subtract(worked, announced)]), start, at)
    maintenance = subtract(clip(worked, start, at), down)
    found = {}
    for number in range((last - first).days + 1):
        day = first + number * DAY
        lengths = [_length(each, day) for each in (down, maintenance)]
        if any(lengths):
            found[day] = Day(day, *lengths)
    return Days(first, last, found, _share(at - start, total(down)))


def _share(whole: timedelta, down: timedelta) -> Fraction:
    """In percent; all of no time at all."""
    if not whole:
        return Fraction(100)
    return Fraction(100 * ((whole - down) // MICROSECOND), whole // MICROSECOND)


def _interruptions(works: Iterable[Work], at: datetime) -> Iterator[Interval[datetime]]:
    for work in works:
        if work.interruption:
            start, end = work.interruption
            yield Interval(start, end or max(start, at))


def _length(stretches: list[Interval[datetime]], day: date) -> timedelta:
    start = midnight_of(day)
    return total(clip(stretches, start, start + DAY))
