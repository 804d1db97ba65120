"""What holds of opening hours whatever the zone, the week, the holidays and the closures."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sla.hours import Closure, NoOpenTime, OpeningHours
from contracts.sla.intervals import total
from contracts.tests.sla.making import WEEKS, calendars, lengths, open_lengths

Calendar = tuple[OpeningHours, datetime]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def open_by_definition(hours: OpeningHours, at: datetime) -> bool:
    """The sentences of policy-format.md §2 "Open time", one by one."""
    local = at.astimezone(hours.zone)
    today, before, minute = local.date(), local.date() - DAY, local.hour * 60 + local.minute
    if any(closure.start <= at < closure.end for closure in hours.closures):
        return False
    in_span = any(span.start <= minute < span.end for span in hours.week[today.weekday()])
    in_tail = any(minute + 1440 < span.end for span in hours.week[before.weekday()])
    return (in_span and not is_holiday(hours, today)) or (in_tail and not is_holiday(hours, before))


def is_holiday(hours: OpeningHours, day: date) -> bool:
    return day in hours.holidays(day.year)


def whole_minutes(at: datetime, days: int) -> list[datetime]:
    start = at.replace(second=0, microsecond=0)
    return [start + minute * MINUTE for minute in range(days * 1440)]


@given(calendars())
def test_the_desk_is_open_in_exactly_the_minutes_of_the_definition(calendar: Calendar) -> None:
    hours, at = calendar
    for minute in whole_minutes(at, days=2):
        assert hours.is_open(minute) == open_by_definition(hours, minute)


@given(calendars())
def test_elapsed_is_the_number_of_open_minutes(calendar: Calendar) -> None:
    hours, at = calendar
    minutes = whole_minutes(at, days=2)
    opened = sum(open_by_definition(hours, minute) for minute in minutes)
    assert hours.elapsed(minutes[0], minutes[-1] + MINUTE) == opened * MINUTE


@given(calendars(), open_lengths())
def test_as_much_open_time_has_passed_as_was_added(calendar: Calendar, length: timedelta) -> None:
    hours, at = calendar
    assert hours.elapsed(at, hours.add(at, length)) == length


@given(calendars(), open_lengths())
def test_adding_ends_at_the_earliest_instant_that_holds_the_length(
    calendar: Calendar, length: timedelta
) -> None:
    hours, at = calendar
    end = hours.add(at, length)
    assert end == at or hours.elapsed(at, end - timedelta(microseconds=1)) < length


@given(calendars(), open_lengths())
def test_adding_never_goes_back(calendar: Calendar, length: timedelta) -> None:
    hours, at = calendar
    assert hours.add(at, length) >= at


@given(calendars(), open_lengths(), lengths(DAY))
def test_adding_later_ends_no_earlier(calendar: Calendar, length: timedelta, later: timedelta) -> None:
    hours, at = calendar
    assert hours.add(at + later, length) >= hours.add(at, length)


@given(calendars(), open_lengths(), lengths(DAY))
def test_adding_more_ends_no_earlier(calendar: Calendar, length: timedelta, more: timedelta) -> None:
    hours, at = calendar
    assert hours.add(at, length + more) >= hours.add(at, length)


@given(calendars(), open_lengths(), open_lengths())
def test_adding_in_two_steps_is_adding_at_once(
    calendar: Calendar, first: timedelta, second: timedelta
) -> None:
    hours, at = calendar
    assert hours.add(hours.add(at, first), second) == hours.add(at, first + second)


@given(calendars(), lengths(9 * DAY), lengths(9 * DAY))
def test_open_time_adds_up_when_an_interval_is_split(
    calendar: Calendar, first: timedelta, second: timedelta
) -> None:
    hours, at = calendar
    middle, end = at + first, at + first + second
    assert hours.elapsed(at, middle) + hours.elapsed(middle, end) == hours.elapsed(at, end)


@given(calendars(), lengths(9 * DAY))
def test_open_time_and_shut_time_are_the_whole_time(calendar: Calendar, length: timedelta) -> None:
    hours, at = calendar
    spans = hours.spans(at, at + length)
    assert sum((span.end - span.start for span in spans), timedelta()) == length
    assert sum((span.end - span.start for span in spans if span.open), timedelta()) == hours.elapsed(
        at, at + length
    )


@given(calendars(), lengths(9 * DAY))
def test_spans_follow_one_another_and_only_shut_ones_have_a_reason(
    calendar: Calendar, length: timedelta
) -> None:
    hours, at = calendar
    spans = hours.spans(at, at + length)
    assert all(one.end == other.start for one, other in pairwise(spans))
    assert all(bool(span.label) != span.open for span in spans)


@given(calendars(), lengths(9 * DAY))
def test_the_open_intervals_hold_the_open_time(calendar: Calendar, length: timedelta) -> None:
    hours, at = calendar
    assert total(hours.open_intervals(at, at + length)) == hours.elapsed(at, at + length)


@given(calendars())
def test_the_next_opening_is_open_and_nothing_before_it(calendar: Calendar) -> None:
    hours, at = calendar
    opening = hours.next_opening(at)
    assert hours.is_open(opening)
    assert hours.elapsed(at, opening) == timedelta()


@given(calendars(), open_lengths(), st.integers(-9, 9), st.integers(1, 4000))
def test_a_closure_never_makes_an_end_earlier(
    calendar: Calendar, length: timedelta, begins: int, minutes: int
) -> None:
    hours, at = calendar
    start = at + begins * timedelta(hours=5)
    closure = Closure(start, start + minutes * MINUTE, "closed")
    closed = OpeningHours(hours.zone, hours.week, hours.holidays, [*hours.closures, closure])
    assert closed.add(at, length) >= hours.add(at, length)


@given(calendars(), open_lengths(), st.lists(st.integers(-9, 9), max_size=2))
def test_the_answer_does_not_depend_on_what_was_asked_before(
    calendar: Calendar, length: timedelta, years: list[int]
) -> None:
    hours, at = calendar
    asked = OpeningHours(hours.zone, hours.week, hours.holidays, hours.closures)
    for year in years:
        asked.next_opening(datetime(at.year + year, 7, 1, tzinfo=UTC))
    assert asked.add(at, length) == hours.add(at, length)


@given(calendars(), st.integers(-10_000, 10_000))
def test_a_local_time_that_exists_comes_back(calendar: Calendar, minutes: int) -> None:
    hours, at = calendar
    instant = at + minutes * MINUTE
    assert hours.local(hours.at_local(hours.local(instant))) == hours.local(instant)


@given(calendars())
def test_forty_years_ahead_a_year_of_hours_is_like_any_other(calendar: Calendar) -> None:
    hours, at = calendar
    start = at.replace(year=at.year + 40, day=min(at.day, 28))
    for minute in whole_minutes(start, days=1):
        assert hours.is_open(minute) == open_by_definition(hours, minute)


def test_a_negative_length_cannot_be_added() -> None:
    hours, at = simple()
    with pytest.raises(ValueError, match="must not be negative"):
        hours.add(at, -MINUTE)


def test_open_time_beyond_the_last_known_year_is_said_to_be_none() -> None:
    hours = OpeningHours(ZoneInfo("UTC"), WEEKS[0], lambda _: {})
    with pytest.raises(NoOpenTime, match="from the year 3 to 9997"):
        hours.add(datetime(9990, 1, 1, tzinfo=UTC), timedelta(days=5000))


def test_an_interval_does_not_run_backwards() -> None:
    hours, at = simple()
    with pytest.raises(ValueError, match="before the start"):
        hours.elapsed(at, at - MINUTE)


@pytest.mark.parametrize("ask", ["is_open", "next_opening"])
def test_a_time_without_a_zone_is_no_instant(ask: str) -> None:
    hours, at = simple()
    with pytest.raises(TypeError, match="naive"):
        getattr(hours, ask)(at.replace(tzinfo=None))


def simple() -> Calendar:
    return OpeningHours(ZoneInfo("UTC"), WEEKS[0], lambda _year: {}), datetime(2026, 1, 1, tzinfo=UTC)
