"""Why then? The sum behind a due date as a table for people. Pure: no clock, no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.phrasing import duration, short_date, stretch, wall_time, zone_name
from contracts.sla.clock import Clock, State
from contracts.sla.explain import Explanation, Line, Why
from contracts.sla.promises import Kind, Length, Unit

SECOND = timedelta(seconds=1)
SIGNS = {
    Why.COUNTED: "plus-circle",
    Why.SHUT: "moon",
    Why.WAITING: "pause-circle",
    Why.RESOLVED: "check-circle",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sum. ``length`` is what it adds, ``""`` where it adds nothing."""

    when: str
    what: str
    length: str
    counts: bool
    sign: str


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum: how it is counted, line by line, and what the lines add up to."""

    intro: str
    rows: tuple[Row, ...]
    total_label: str
    total: str


def why(clock: Clock, found: Explanation, *, desk_zone: ZoneInfo, awaited: str) -> Sum:
    """The table for ``found``, the explanation of ``clock``; times are those of the desk.

    ``awaited`` is who is meant by a pause, as the reader says it: "you".
    """
    length = clock.length
    if length is None:
        raise ValueError("a clock that is explained has a length")
    if found.kind is Kind.CALENDAR:
        return _calendar(clock, found, length, desk_zone, awaited)
    paused = clock.state is State.PAUSED
    allowed = _allowed(length, found.amount)
    return Sum(
        intro=_intro(length, found, desk_zone),
        rows=tuple(_rows(found, desk_zone, awaited)),
        total_label="Counted so far" if paused else "Adds up to the promise",
        total=f"{duration(found.counted)} of {allowed}" if paused else allowed,
    )


def _allowed(length: Length, amount: timedelta) -> str:
    """As in "4 h = 4 business hours"."""
    return f"{duration(amount)} = {length}"


def _intro(length: Length, found: Explanation, zone: ZoneInfo) -> str:
    name = zone_name(zone, found.counted_from)
    if length.unit is Unit.BUSINESS_DAY:
        return (
            f"Only support hours count, and {length} are {duration(found.amount)} of them. Times are {name}."
        )
    if found.kind is Kind.OPEN:
        return f"Only support hours count. Times are {name}, the desk's own."
    return f"Every hour counts, day and night. Times are {name}, the desk's own."


def _rows(found: Explanation, zone: ZoneInfo, awaited: str) -> Iterator[Row]:
    """The lines; what they show adds up to the second, though instants are finer than that."""
    exact = shown = timedelta()
    for line in found.lines:
        if line.why is not Why.COUNTED:
            yield _row(line, zone, awaited, "")
            continue
        exact += line.length
        seconds = exact // SECOND * SECOND - shown
        shown += seconds
        yield _row(line, zone, awaited, duration(seconds))


def _row(line: Line, zone: ZoneInfo, awaited: str, length: str) -> Row:
    what = {
        Why.COUNTED: "counted",
        Why.SHUT: line.label,
        Why.WAITING: f"waiting for {awaited}",
        Why.RESOLVED: "resolved, until it was reopened",
    }[line.why]
    return Row(stretch(line.start, line.end, zone), what, length, line.why is Why.COUNTED, SIGNS[line.why])


def _calendar(clock: Clock, found: Explanation, length: Length, zone: ZoneInfo, awaited: str) -> Sum:
    """A calendar length is date arithmetic, and each pause moves the date by as long as it lasted."""
    start, date = found.counted_from, found.calendar_date or found.until
    rows = [_row(line, zone, awaited, f"+ {duration(line.end - line.start)}") for line in found.lines]
    paused = clock.state is State.PAUSED
    year = start.astimezone(zone).year
    end = "and as long as the wait lasts" if paused else _instant(found.until, zone, year)
    arithmetic = f"{_instant(start, zone, year)} + {length} = {_instant(date, zone, year)}"
    return Sum(
        intro=f"{arithmetic} in the desk's zone, {zone_name(zone, date)}.",
        rows=tuple(rows),
        total_label="Due" if rows or paused else "",
        total=end if rows or paused else "",
    )


def _instant(at: datetime, zone: ZoneInfo, year: int) -> str:
    local = at.astimezone(zone)
    return f"{short_date(local.date(), year)} {wall_time(local)}"
