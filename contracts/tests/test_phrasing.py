"""How time is said: worked examples."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import phrasing
from contracts.sla.promises import Kind

BERLIN, PACIFIC, BELGRADE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles"), ZoneInfo("Etc/GMT-1")
DUE = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(minutes=59, seconds=59), "59 min 59 s"),
        (timedelta(hours=4), "4 h"),
        (timedelta(hours=1, seconds=1), "1 h 1 s"),
        (timedelta(days=2, hours=1), "49 h"),
        (timedelta(), "0 s"),
        (timedelta(seconds=-61), "−1 min 1 s"),
        (timedelta(milliseconds=-1), "0 s"),
    ],
)
def test_a_duration_is_said_to_the_second(length: timedelta, said: str) -> None:
    assert phrasing.duration(length) == said


@pytest.mark.parametrize(
    ("length", "kind", "said"),
    [
        (timedelta(hours=2, minutes=10, seconds=59), Kind.OPEN, "2 h 10 min"),
        (timedelta(minutes=9, seconds=5), Kind.OPEN, "9 min 5 s"),
        (timedelta(seconds=59), Kind.OPEN, "59 s"),
        (timedelta(hours=80), Kind.OPEN, "80 h"),
        (timedelta(hours=71, minutes=59), Kind.ELAPSED, "71 h 59 min"),
        (timedelta(days=6, hours=4, minutes=3), Kind.CALENDAR, "6 days 4 h"),
        (timedelta(days=30), Kind.CALENDAR, "30 days"),
        (-timedelta(hours=1, minutes=20), Kind.OPEN, "1 h 20 min"),
        (timedelta(), Kind.OPEN, "0 s"),
    ],
)
def test_a_glance_is_enough_for_a_rough_duration(length: timedelta, kind: Kind, said: str) -> None:
    assert phrasing.rough_duration(length, kind) == said


@given(st.timedeltas(timedelta(), timedelta(days=400)))
def test_no_second_is_lost(length: timedelta) -> None:
    told = dict(reversed(part) for part in zip(*[iter(phrasing.duration(length).split())] * 2, strict=True))
    seconds = int(told.get("h", 0)) * 3600 + int(told.get("min", 0)) * 60 + int(told.get("s", 0))
    assert seconds == length // timedelta(seconds=1)


def test_a_moment_is_said_in_the_readers_zone_and_the_desks() -> None:
    assert phrasing.moment(DUE, BERLIN, now=NOW, other=PACIFIC) == "Wed 25 Nov, 00:00 · Tue 24 Nov, 15:00 PST"
    earlier = DUE - timedelta(hours=6)
    assert phrasing.moment(earlier, BERLIN, now=NOW, other=PACIFIC) == "Tue 24 Nov, 18:00 · 09:00 PST"


def test_zones_that_agree_are_said_once() -> None:
    assert phrasing.moment(DUE, PACIFIC, now=NOW, other=PACIFIC) == "Tue 24 Nov, 15:00 PST"
    assert phrasing.moment(DUE, BERLIN, now=NOW, other=BELGRADE) == "Wed 25 Nov, 00:00 UTC+1"


def test_a_zone_alone_is_named() -> None:
    assert phrasing.moment(DUE, phrasing.UTC_ZONE, now=NOW) == "Tue 24 Nov, 23:00 UTC"


def test_a_visitor_gets_the_desks_zone_and_utc() -> None:
    assert phrasing.public_moment(DUE, PACIFIC, now=NOW) == "Tue 24 Nov, 15:00 PST · 23:00 UTC"
    later = DUE + timedelta(hours=2)
    assert phrasing.public_moment(later, PACIFIC, now=NOW) == "Tue 24 Nov, 17:00 PST · Wed 25 Nov, 01:00 UTC"
    assert phrasing.public_moment(DUE, phrasing.UTC_ZONE, now=NOW) == "Tue 24 Nov, 23:00 UTC"


def test_a_visitor_of_several_desks_gets_each_once_and_utc() -> None:
    at_both = [PACIFIC, BERLIN, BELGRADE]
    assert phrasing.moment_at_desks(DUE, at_both, now=NOW) == (
        "Tue 24 Nov, 15:00 PST · Wed 25 Nov, 00:00 CET · 23:00 UTC"
    )
    start, end = DUE - timedelta(hours=4), DUE - timedelta(hours=2)
    assert phrasing.period_at_desks(start, end, at_both, now=NOW) == (
        "Tue 24 Nov, 11:00 – 13:00 PST · 20:00 – 22:00 CET · 19:00 – 21:00 UTC"
    )
    assert phrasing.period_at_desks(start, end, [], now=NOW) == "Tue 24 Nov, 19:00 – 21:00 UTC"


def test_another_year_is_said() -> None:
    assert (
        phrasing.moment(DUE, PACIFIC, now=NOW - timedelta(days=365), other=PACIFIC)
        == "Tue 24 Nov 2026, 15:00 PST"
    )


@pytest.mark.parametrize(
    ("hours", "other", "said"),
    [
        (2, None, "Wed 25 Nov, 00:00 – 02:00 CET"),
        (2, BERLIN, "Wed 25 Nov, 00:00 – 02:00 CET"),
        (2, PACIFIC, "Wed 25 Nov, 00:00 – 02:00 · Tue 24 Nov, 15:00 – 17:00 PST"),
        (10, PACIFIC, "Wed 25 Nov, 00:00 – 10:00 · Tue 24 Nov, 15:00 – Wed 25 Nov, 01:00 PST"),
        (30, None, "Wed 25 Nov, 00:00 – Thu 26 Nov, 06:00 CET"),
    ],
)
def test_a_period_names_a_day_once(hours: int, other: ZoneInfo | None, said: str) -> None:
    assert phrasing.period(DUE, DUE + timedelta(hours=hours), BERLIN, now=NOW, other=other) == said


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Etc/GMT-1", "UTC+1"),
        ("Etc/GMT+3", "UTC−3"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("Europe/Belgrade", "CET"),
    ],
)
def test_a_zone_without_letters_is_named_by_its_offset(zone: str, name: str) -> None:
    assert phrasing.zone_name(ZoneInfo(zone), DUE) == name


def test_days_are_said_short_and_long() -> None:
    assert phrasing.short_date(date(2026, 11, 4), 2026) == "Wed 4 Nov"
    assert phrasing.long_date(date(2026, 11, 4)) == "Wednesday, 4 Nov 2026"


def test_machines_get_their_own_words() -> None:
    assert phrasing.iso(DUE) == "2026-11-24T23:00:00Z"
    assert phrasing.iso_duration(timedelta(hours=-1)) == "PT3600S"


def test_a_stretch_says_no_more_than_it_must() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def said(start: str, end: str) -> str:
        return phrasing.stretch(at(start), at(end), phrasing.UTC_ZONE)

    assert said("2026-11-20 16:00", "2026-11-20 17:00") == "Fri 20 Nov, 16:00 – 17:00"
    assert said("2026-11-20 16:00:07", "2026-11-21 00:00") == "Fri 20 Nov, 16:00:07 – 24:00"
    assert said("2026-11-21 00:00", "2026-11-23 00:00") == "Sat 21 Nov – Sun 22 Nov"
    assert said("2026-11-21 00:00", "2026-11-22 00:00") == "Sat 21 Nov"
    assert said("2026-11-21 00:00", "2026-11-23 09:00") == "Sat 21 Nov, 00:00 – Mon 23 Nov, 09:00"
