"""policy-format.md §2, the table of promises: each length on the calendars that make it hard."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contracts.sla.counting import Counting
from contracts.sla.events import ClockName
from contracts.sla.hours import DailySpan, OpeningHours
from contracts.sla.promises import read_length
from contracts.tests.sla.tickets import MONDAY, due_now, hour, terms

WEEK = (*[(DailySpan(540, 1020),)] * 5, (), ())


def due(zone: str, start: str, length: str) -> str:
    """The due date in the zone's own time, for a desk open from 9 to 17."""
    hours = OpeningHours(ZoneInfo(zone), WEEK, lambda _year: {})
    at = hours.at_local(datetime.fromisoformat(start))
    found = Counting(hours, timedelta(hours=8)).due(at, read_length(length), [])
    return found.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-11-20T15:00", "2 business days", "2026-11-24T15:00+01:00"),
        ("2026-11-20T15:00", "2 business hours", "2026-11-20T17:00+01:00"),  # fills Friday: due at closing
        ("2026-11-20T15:00", "121 business minutes", "2026-11-23T09:01+01:00"),
        ("2026-11-21T12:00", "1 business minute", "2026-11-23T09:01+01:00"),
        ("2026-03-27T16:00", "2 business hours", "2026-03-30T10:00+02:00"),
    ],
)  # fmt: skip
def test_business_lengths_are_so_much_open_time(start: str, length: str, end: str) -> None:
    assert due("Europe/Berlin", start, length) == end


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-03-28T12:00", "24 hours", "2026-03-29T13:00+02:00"),  # the clocks go forward
        ("2026-10-24T12:00", "24 hours", "2026-10-25T11:00+01:00"),  # and back
        ("2026-10-24T12:00", "1440 minutes", "2026-10-25T11:00+01:00"),
    ],
)  # fmt: skip
def test_hours_and_minutes_are_elapsed_time(start: str, length: str, end: str) -> None:
    assert due("Europe/Berlin", start, length) == end


@pytest.mark.parametrize(
    ("zone", "start", "length", "end"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", "1 day", "2026-03-29T12:00+02:00"),
        ("Europe/Berlin", "2026-10-24T12:00", "1 day", "2026-10-25T12:00+01:00"),
        ("Europe/Berlin", "2026-03-22T02:30", "1 week", "2026-03-29T03:30+02:00"),  # skipped: forward by the change
        ("Europe/Berlin", "2026-10-18T02:30", "1 week", "2026-10-25T02:30+02:00"),  # repeated: the earlier
        ("Australia/Lord_Howe", "2026-09-27T02:15", "7 days", "2026-10-04T02:45+11:00"),  # by half an hour
        ("Pacific/Apia", "2011-12-29T10:00", "1 day", "2011-12-31T10:00+14:00"),  # the 30th was left out
        ("America/Sao_Paulo", "2017-10-14T00:00", "1 day", "2017-10-15T01:00-02:00"),  # midnight was skipped
        ("UTC", "2026-01-31T12:00", "1 month", "2026-02-28T12:00+00:00"),
        ("UTC", "2028-01-31T12:00", "1 month", "2028-02-29T12:00+00:00"),
        ("UTC", "2026-08-31T12:00", "1 month", "2026-09-30T12:00+00:00"),
        ("UTC", "2026-12-31T12:00", "2 months", "2027-02-28T12:00+00:00"),
        ("UTC", "2026-03-31T12:00", "11 months", "2027-02-28T12:00+00:00"),
        ("UTC", "2026-11-30T12:00", "13 months", "2027-12-30T12:00+00:00"),
    ],
)  # fmt: skip
def test_days_weeks_and_months_keep_the_local_time(zone: str, start: str, length: str, end: str) -> None:
    assert due(zone, start, length) == end


def test_a_day_that_starts_in_the_repeated_hour_s_second_half_never_ends_before_it_starts() -> None:
    berlin = OpeningHours(ZoneInfo("Europe/Berlin"), WEEK, lambda _year: {})
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    assert Counting(berlin, timedelta(hours=8)).due(at, read_length("1 day"), []) == at + timedelta(days=1)


def test_immediately_takes_the_length_that_the_policy_gives_it() -> None:
    under = terms({"A": ("immediately", None, None, None)})
    assert due_now(under, "A", MONDAY) == {ClockName.RESPONSE: hour(0.25)}


def test_what_has_no_length_has_no_due_date() -> None:
    assert due_now(terms(), "C", MONDAY) == {}


def test_a_ticket_filed_now_is_due_as_the_form_says_beforehand() -> None:
    assert due_now(terms(), "A", MONDAY) == {
        ClockName.RESPONSE: hour(2),
        ClockName.WORKAROUND: hour(8),
        ClockName.RESOLUTION: hour(168),
    }
