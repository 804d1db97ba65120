"""Why then? The sum: every stretch that counted and every one that did not, adding up to the promise."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.explain import explain
from contracts.sla.hours import Closure
from tickets.tests.clock_stories import Story, at, pausing, policy
from tickets.why import Sum, why

ATHEER, VIAKOO = policy("atheer"), policy("viakoo")
PAUSING = pausing("viakoo")
PACIFIC = ZoneInfo("America/Los_Angeles")
RESPONSE, UPDATE, WORKAROUND, RESOLUTION = ClockName


def table(found: Sum | None) -> list[tuple[str, str, str]]:
    assert found is not None
    return [(row.when, row.what, row.length) for row in found.rows]


def test_each_night_weekend_and_stretch_that_counted_has_its_line() -> None:
    found = Story(ATHEER, "P1", "2026-11-20 23:00").card(RESPONSE, "2026-11-20 23:10").why
    assert table(found) == [
        ("Fri 20 Nov, 15:00 – 17:00", "counted", "2 h"),
        ("Fri 20 Nov, 17:00 – 24:00", "outside support hours", ""),
        ("Sat 21 Nov – Sun 22 Nov", "weekend", ""),
        ("Mon 23 Nov, 00:00 – 09:00", "outside support hours", ""),
        ("Mon 23 Nov, 09:00 – 11:00", "counted", "2 h"),
    ]
    assert found
    assert (found.total_label, found.total) == ("Adds up to the promise", "4 h = 4 business hours")


def test_a_holiday_is_named_and_a_closure_gives_its_reason() -> None:
    storm = Closure(at("2026-11-25 17:00"), at("2026-11-25 20:00"), "Snow storm")
    story = Story(ATHEER, "P2", "2026-11-25 16:00", closures=(storm,))
    lines = table(story.card(RESPONSE, "2026-11-25 22:00").why)
    assert ("Wed 25 Nov, 09:00 – 12:00", "Snow storm", "") in lines
    assert ("Thu 26 Nov", "Thanksgiving Day", "") in lines


def test_business_days_say_how_much_support_time_they_are() -> None:
    found = Story(ATHEER, "P2", "2026-11-20 23:00").card(RESPONSE, "2026-11-20 23:10").why
    assert found
    assert found.intro.startswith("Only support hours count, and 2 business days are 16 h of them.")
    assert found.total == "16 h = 2 business days"


def test_elapsed_time_is_one_line() -> None:
    found = Story(VIAKOO, "serious", "2026-11-20 23:00").card(WORKAROUND, "2026-11-21 00:00").why
    assert table(found) == [("Fri 20 Nov, 15:00 – Sun 22 Nov, 15:00", "counted", "48 h")]
    assert found
    assert found.intro == "Every hour counts, day and night. Times are PST, the desk's own."


def test_a_calendar_length_is_date_arithmetic() -> None:
    acknowledged = (("2026-11-24 23:00", EventKind.ACKNOWLEDGED),)
    found = Story(VIAKOO, "minor", "2026-11-24 22:00", acknowledged).card(UPDATE, "2026-11-25 00:00").why
    assert found
    assert found.intro == "Tue 24 Nov 15:00 + 1 month = Thu 24 Dec 15:00 in the desk's zone, PST."
    assert (found.rows, found.total_label) == ((), "")


def test_a_pause_moves_a_calendar_date_by_as_long_as_it_lasted() -> None:
    pause = (
        ("2026-11-21 00:00", EventKind.WAITING_ON_CUSTOMER),
        ("2026-11-22 03:00", EventKind.CUSTOMER_REPLIED),
    )
    found = Story(PAUSING, "serious", "2026-11-20 23:00", pause).card(RESOLUTION, "2026-11-23 00:00").why
    assert table(found) == [("Fri 20 Nov, 16:00 – Sat 21 Nov, 19:00", "waiting for you", "+ 27 h")]
    assert found
    assert (found.total_label, found.total) == ("Due", "Sat 28 Nov 18:00")


def test_a_paused_clock_says_what_was_counted_so_far() -> None:
    asked = (("2026-11-20 23:30", EventKind.WAITING_ON_CUSTOMER),)
    found = Story(PAUSING, "serious", "2026-11-20 23:00", asked).card(RESPONSE, "2026-11-21 00:00").why
    assert table(found)[-1] == ("Fri 20 Nov, 15:30 – 16:00", "waiting for you", "")
    assert found
    assert (found.total_label, found.total) == (
        "Counted so far",
        "30 min of 4 h = 4 business hours",
    )


def test_the_time_between_a_resolution_and_its_reopening_does_not_count() -> None:
    reopened = (("2026-11-21 00:00", EventKind.RESOLVED), ("2026-11-21 02:00", EventKind.REOPENED))
    found = Story(VIAKOO, "serious", "2026-11-20 23:00", reopened).card(RESOLUTION, "2026-11-23 00:00").why
    assert table(found) == [("Fri 20 Nov, 16:00 – 18:00", "resolved, until it was reopened", "+ 2 h")]


@given(
    st.timedeltas(timedelta(), timedelta(days=365)),
    st.lists(st.timedeltas(timedelta(microseconds=1), timedelta(hours=9)), min_size=2, max_size=6),
)
def test_what_is_shown_adds_up_to_the_promise_however_fine_the_instants(
    after: timedelta, gaps: list[timedelta]
) -> None:
    events = [Event(at("2026-01-01") + after, EventKind.SUBMITTED, severity="major")]
    for place, gap in enumerate(gaps[: len(gaps) // 2 * 2]):
        kind = EventKind.CUSTOMER_REPLIED if place % 2 else EventKind.WAITING_ON_CUSTOMER
        events.append(Event(events[-1].at + gap, kind))
    terms = PAUSING.terms_of("standard", PAUSING.opening_hours())
    clock = next(iter(clocks(terms, events, events[-1].at)))
    explanation = explain(terms, clock, events[-1].at)
    assert explanation is not None
    found = why(clock, explanation, desk_zone=PACIFIC, awaited="you")
    assert sum(_seconds(row.length) for row in found.rows) == 8 * 3600


def _seconds(said: str) -> int:
    units = {"h": 3600, "min": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (h|min|s)\b", said))
