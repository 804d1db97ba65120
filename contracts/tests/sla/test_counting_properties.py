"""What holds of due dates whatever the length, the start, the pauses and the calendar."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.sla.counting import Counting, Stretch
from contracts.sla.hours import OpeningHours
from contracts.sla.intervals import intersect, merge
from contracts.sla.promises import Kind, Length, Unit
from contracts.tests.sla.making import calendars, lengths, pauses, promised_lengths

Calendar = tuple[OpeningHours, datetime]
ELAPSED_AND_OPEN = [unit for unit in Unit if unit.kind is not Kind.CALENDAR]
DATES = [unit for unit in Unit if unit.kind is Kind.CALENDAR]


def counting(hours: OpeningHours) -> Counting:
    return Counting(hours, timedelta(hours=8))


@st.composite
def paused_calendars(draw: st.DrawFn) -> tuple[OpeningHours, datetime, list[Stretch]]:
    hours, at = draw(calendars())
    return hours, at, draw(pauses(at))


Paused = tuple[OpeningHours, datetime, list[Stretch]]


@given(paused_calendars(), promised_lengths())
def test_nothing_is_due_before_it_starts(paused: Paused, length: Length) -> None:
    hours, at, breaks = paused
    assert counting(hours).due(at, length, breaks) >= at


@given(paused_calendars(), promised_lengths())
def test_by_the_due_date_exactly_the_promise_has_passed(paused: Paused, length: Length) -> None:
    hours, at, breaks = paused
    count = counting(hours)
    due = count.due(at, length, breaks)
    assert count.passed(length, at, due, breaks) == count.amount(at, length)


@given(paused_calendars(), promised_lengths())
def test_a_pause_never_makes_a_due_date_earlier(paused: Paused, length: Length) -> None:
    hours, at, breaks = paused
    count = counting(hours)
    assert count.due(at, length, breaks) >= count.due(at, length, breaks[:-1]) >= count.due(at, length, [])


@given(paused_calendars(), promised_lengths(*ELAPSED_AND_OPEN), lengths(timedelta(days=3)))
def test_a_later_start_is_never_due_earlier(paused: Paused, length: Length, later: timedelta) -> None:
    hours, at, breaks = paused
    count = counting(hours)
    assert count.due(at + later, length, breaks) >= count.due(at, length, breaks)


@given(paused_calendars(), promised_lengths(), st.integers(1, 30))
def test_more_of_a_unit_is_never_due_earlier(paused: Paused, length: Length, more: int) -> None:
    hours, at, breaks = paused
    longer = Length(length.number + more, length.unit)
    assert counting(hours).due(at, longer, breaks) >= counting(hours).due(at, length, breaks)


@given(calendars(), promised_lengths(Unit.DAY, Unit.WEEK))
def test_a_date_keeps_the_local_time_unless_the_clocks_skip_it(calendar: Calendar, length: Length) -> None:
    hours, at = calendar
    days = length.number * (7 if length.unit is Unit.WEEK else 1)
    wall = hours.local(at) + timedelta(days=days)
    found = hours.local(counting(hours).due(at, length, []))
    skipped = hours.local(hours.at_local(wall)) != wall
    assert (found > wall) if skipped else (found == wall)


@given(paused_calendars(), promised_lengths(*DATES))
def test_a_date_moves_by_the_part_of_the_pauses_that_lies_before_it(paused: Paused, length: Length) -> None:
    hours, at, breaks = paused
    due = counting(hours).due(at, length, breaks)
    inside = intersect(breaks, merge([Stretch(at, due)]))
    moved = sum((end - start for start, end in inside), timedelta())
    assert due == counting(hours).due(at, length, []) + moved


@given(paused_calendars(), promised_lengths(*ELAPSED_AND_OPEN), lengths(timedelta(days=9)))
def test_what_has_passed_and_what_is_left_are_the_promise(
    paused: Paused, length: Length, later: timedelta
) -> None:
    hours, at, breaks = paused
    count, middle = counting(hours), at + later
    due = count.due(at, length, breaks)
    if middle <= due:
        left = count.passed(length, middle, due, breaks)
        assert count.passed(length, at, middle, breaks) + left == count.amount(at, length)
