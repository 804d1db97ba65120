"""From a length to a due instant and back: which time counts, and how much of it has passed.

Each kind of length is counted by a meter: open time by the opening hours, every other kind by
elapsed time. A calendar length first becomes the elapsed time to its date, so that a pause moves it
by as much of the pause as lies before the due instant, as policy-format.md §3 asks.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from contracts.sla.hours import OpeningHours
from contracts.sla.intervals import Interval, clip, subtract
from contracts.sla.promises import Kind, Length, Unit

Stretch = Interval[datetime]


class Meter(Protocol):
    """Adds and measures one kind of time."""

    def add(self, start: datetime, length: timedelta, /) -> datetime:
        """The earliest instant by which ``length`` has passed since ``start``."""

    def elapsed(self, start: datetime, end: datetime, /) -> timedelta:
        """How much passes in ``[start, end)``."""


class EveryMoment:
    """The meter of elapsed time."""

    def add(self, start: datetime, length: timedelta, /) -> datetime:
        return start + length

    def elapsed(self, start: datetime, end: datetime, /) -> timedelta:
        return end - start


@dataclass(frozen=True, slots=True)
class Counting:
    """The hours of a policy and its business day: all that counting a length needs."""

    hours: OpeningHours
    business_day: timedelta

    def meter(self, length: Length) -> Meter:
        return self.hours if length.kind is Kind.OPEN else EveryMoment()

    def amount(self, start: datetime, length: Length) -> timedelta:
        """How much time, of the length's own kind, ``length`` is when it is counted from ``start``."""
        match length.unit:
            case Unit.BUSINESS_DAY:
                return length.number * self.business_day
            case Unit.BUSINESS_HOUR | Unit.HOUR:
                return timedelta(hours=length.number)
            case Unit.BUSINESS_MINUTE | Unit.MINUTE:
                return timedelta(minutes=length.number)
            case _:
                return self._calendar_date(start, length) - start

    def due(self, start: datetime, length: Length, breaks: Sequence[Stretch]) -> datetime:
        """The earliest instant by which ``length`` has passed since ``start``, ``breaks`` left out.

        ``breaks`` is a normal list (see :mod:`contracts.sla.intervals`). Raises ``NoOpenTime``
        when the opening hours do not hold that much, ``OverflowError`` past the year 9999.
        """
        return self.reach(start, length, self.amount(start, length), breaks)

    def reach(
        self, start: datetime, length: Length, amount: timedelta, breaks: Sequence[Stretch]
    ) -> datetime:
        """The earliest instant by which ``amount`` of the length's kind of time has passed."""
        meter, left, cursor = self.meter(length), amount, start
        for pause in breaks:
            if pause.end <= cursor:
                continue
            before = meter.elapsed(cursor, max(cursor, pause.start))
            if before >= left:
                break
            left -= before
            cursor = pause.end
        return meter.add(cursor, left)

    def counted(self, start: datetime, end: datetime, breaks: Sequence[Stretch]) -> list[Stretch]:
        """``[start, end)`` without the ``breaks``, as a normal list."""
        return subtract(clip([Interval(start, end)], start, end), breaks)

    def passed(self, length: Length, start: datetime, end: datetime, breaks: Sequence[Stretch]) -> timedelta:
        """How much time of the length's kind passed in ``[start, end)``, ``breaks`` left out."""
        meter = self.meter(length)
        stretches = self.counted(start, end, breaks)
        return sum((meter.elapsed(a, b) for a, b in stretches), timedelta())

    def _calendar_date(self, start: datetime, length: Length) -> datetime:
        """The same local time so many calendar days, weeks or months after ``start``."""
        wall = self.hours.local(start)
        match length.unit:
            case Unit.MONTH:
                wall = datetime.combine(_months_later(wall.date(), length.number), wall.time())
            case Unit.WEEK:
                wall += timedelta(weeks=length.number)
            case _:
                wall += timedelta(days=length.number)
        return max(start, self.hours.at_local(wall))


def _months_later(day: date, months: int) -> date:
    """``day`` in a later month; 31 January and one month is the last day of February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
