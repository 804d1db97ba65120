"""Which minutes are open, asked one by one by the definition in policy-format.md §2 "Open time".

An instant is a whole number of minutes since 1970-01-01T00:00Z: every zone's offset has been whole minutes
since 1972, and spans, closures and scenarios name whole minutes, so that a minute is open all through or not.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from .policy_file import Policy, Promise

Minute = int


def read_instant(text: str) -> Minute:
    """An instant of a scenario, such as "2026-11-24T18:00:00Z"."""
    seconds = int(datetime.fromisoformat(text).timestamp())
    if seconds % 60:
        raise ValueError(f"{text} is no whole minute")
    return seconds // 60


def print_instant(minute: Minute) -> str:
    """The same, printed."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_wall(wall: datetime, zone: ZoneInfo) -> Minute:
    """The instant of a local time.

    §2: "a local time that a clock change skips moves forward by the change, one that it repeats is the
    earlier": just what Python does with `fold=0`.
    """
    return int(wall.replace(tzinfo=zone, fold=0).timestamp()) // 60


class Calendar:
    """A policy's hours, holidays and closures."""

    def __init__(self, policy: Policy, closures: list[dict[str, str]]) -> None:
        self.zone = ZoneInfo(policy.time_zone)
        self.spans = policy.spans
        country, _, subdivision = policy.holidays.partition("-")
        self.holidays = holidays.country_holidays(country, subdiv=subdivision or None) if country else None
        self.closures = [
            (self.read_wall(closure["from"]), self.read_wall(closure["to"])) for closure in closures
        ]
        self._open: dict[Minute, bool] = {}
        self._open_times: dict[date, frozenset[int]] = {}

    def read_wall(self, text: str) -> Minute:
        """§4: "Closure times are local to the policy's zone"."""
        return from_wall(datetime.fromisoformat(text), self.zone)

    def is_open(self, minute: Minute) -> bool:
        """Whether the desk is open during the minute that starts here."""
        known = self._open.get(minute)
        if known is None:
            known = self._open[minute] = self._is_open(minute)
        return known

    def _is_open(self, minute: Minute) -> bool:
        """§2: a closure "wins over everything"; its `to` is not included (§4)."""
        if any(start <= minute < end for start, end in self.closures):
            return False
        local = datetime.fromtimestamp(minute * 60, self.zone)
        return local.hour * 60 + local.minute in self.open_times(local.date())

    def open_times(self, day: date) -> frozenset[int]:
        """The open minutes of a local date, as local times of day; closures are not regarded."""
        if day not in self._open_times:
            times = {time for time in range(24 * 60) if self.is_open_time(day, time)}
            self._open_times[day] = frozenset(times)
        return self._open_times[day]

    def is_open_time(self, day: date, time: int) -> bool:
        """The sentence of §2, word for word.

        "its local date is not a holiday and its local time of day lies in one of that weekday's spans (start
        included, end not), or … it lies in the tail of a night shift of the local date before, where that
        date is no holiday".
        """
        before = day - timedelta(days=1)
        in_span = any(
            start <= time < (end if start < end else 1440) for start, end in self.spans[day.weekday()]
        )
        in_tail = any(end <= start and time < end for start, end in self.spans[before.weekday()])
        return (in_span and not self.is_holiday(day)) or (in_tail and not self.is_holiday(before))

    def is_holiday(self, day: date) -> bool:
        """§1: "the package's public holidays with observed days"; none for ""."""
        return self.holidays is not None and day in self.holidays

    def calendar_due(self, start: Minute, promise: Promise) -> Minute:
        """§2: "the same local time in the policy's zone, so many calendar days, weeks or months later"."""
        wall = datetime.fromtimestamp(start * 60, self.zone).replace(tzinfo=None, fold=0)
        return from_wall(add_months(wall, promise.months) + timedelta(days=promise.days), self.zone)


def add_months(wall: datetime, months: int) -> datetime:
    """§2: "31 January + 1 month = the last day of February"."""
    years, month = divmod(wall.month - 1 + months, 12)
    year = wall.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))
