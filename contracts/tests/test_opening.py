"""Whether the desk is open, in words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.opening import opening
from contracts.policy_file import read_policy
from contracts.sla.hours import Closure, DailySpan, OpeningHours
from contracts.tests.factories import policy_text

PACIFIC, UTC_ZONE = ZoneInfo("America/Los_Angeles"), ZoneInfo("UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


STORM = Closure(at("2026-11-24 17:00"), at("2026-11-24 20:00"), "Snow storm")
HOURS = read_policy(policy_text("atheer")).opening_hours([STORM])


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-11-23 18:00", "Open now, until Mon 23 Nov, 17:00 PST · Tue 24 Nov, 01:00 UTC"),
        ("2026-11-23 16:00", "Closed now, opens Mon 23 Nov, 09:00 PST · 17:00 UTC"),
        ("2026-11-21 18:00", "Closed now, opens Mon 23 Nov, 09:00 PST · 17:00 UTC"),
        ("2026-11-26 18:00", "Closed now (Thanksgiving Day), opens Fri 27 Nov, 09:00 PST · 17:00 UTC"),
        ("2026-11-24 18:00", "Closed now (Snow storm), opens Tue 24 Nov, 12:00 PST · 20:00 UTC"),
    ],
)
def test_a_visitor_reads_whether_the_desk_is_open_and_until_when(now: str, text: str) -> None:
    assert opening(HOURS, at(now)).text == text


def test_a_reader_reads_it_in_their_own_zone_and_the_desks() -> None:
    found = opening(HOURS, at("2026-11-23 16:00"), reader_zone=ZoneInfo("Europe/Berlin"))
    assert (found.word, found.until) == ("Closed now", "opens Mon 23 Nov, 18:00 · 09:00 PST")


def no_holidays(year: int) -> Mapping[date, str]:
    return {}


def test_a_desk_that_never_closes_is_simply_open() -> None:
    always = OpeningHours(UTC_ZONE, ((DailySpan(0, 1440),),) * 7, no_holidays)
    assert opening(always, at("2026-11-23 16:00")).text == "Open now"


def test_a_desk_shut_for_long_still_says_when_it_opens() -> None:
    long = Closure(at("2026-11-01 00:00"), at("2027-02-01 00:00"), "Moving")
    found = opening(read_policy(policy_text("atheer")).opening_hours([long]), at("2026-11-23 16:00"))
    assert found.text == "Closed now (Moving), opens Mon 1 Feb 2027, 09:00 PST · 17:00 UTC"
