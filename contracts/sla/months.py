"""The calendar months of a zone, and what of them lies inside a contract's term.

A local date begins at its local midnight; where a clock change skips that, at the change, and of one that it repeats,
at the earlier. So a month has as many minutes as pass in it: in Berlin, March has an hour less than 31 days.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. Raises ``ValueError`` unless ``month`` is from 1 to 12."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuses what is no month."""
        date(self.year, self.month, 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def next(self) -> "Month":
        """The month after. Raises ``ValueError`` past the year 9999."""
        years, month = divmod(self.month, 12)
        return Month(self.year + years, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Term:
    """How long a contract runs: local dates, ``last_day`` included, ``None`` for no end."""

    first_day: date
    last_day: date | None = None


class Part(NamedTuple):
    """What of a month is inside the term: two instants, ``end`` not included."""

    month: Month
    start: datetime
    end: datetime


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local date begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def parts(first: Month, last: Month, term: Term, zone: ZoneInfo) -> list[Part]:
    """The months from ``first`` to ``last``, both included, each as far as it lies inside ``term``.

    In order; a month without an instant inside the term is left out.
    """
    begins = midnight(term.first_day, zone)
    ends = midnight(term.last_day + timedelta(days=1), zone) if term.last_day else None
    found, month = [], first
    start = midnight(first.first_day, zone)
    while month <= last:
        following = midnight(month.next.first_day, zone)
        part = Part(month, max(start, begins), min(following, ends) if ends else following)
        if part.start < part.end:
            found.append(part)
        month, start = month.next, following
    return found
