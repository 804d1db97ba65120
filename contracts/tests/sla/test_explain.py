"""Why then? The sum behind a due date, line by line."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.explain import Explanation, Why, explain
from contracts.sla.hours import Closure, OpeningHours
from contracts.sla.promises import Kind
from contracts.sla.terms import Terms
from contracts.tests.sla.tickets import HOURS, MONDAY, Happening, hour, hours, terms, told

FILED: Happening = (0, "submitted", "A")
Told = list[tuple[Why, str, float]]


def workaround_within(promise: str) -> Terms:
    """Open on working days from 9 to 17 but for Thanksgiving, and shut on Tuesday from 10 to 12 for snow."""
    snow = Closure(hour(25), hour(27), "snow")
    shut = OpeningHours(
        ZoneInfo("UTC"), HOURS.week, lambda _year: {date(2026, 11, 26): "Thanksgiving Day"}, [snow]
    )
    return replace(terms({"A": (None, None, promise, None)}), hours=shut)


def why(promise: str, *happenings: Happening, at: float) -> Explanation:
    under = workaround_within(promise)
    sum_ = explain(under, told(FILED, *happenings, at=at, under=under)["workaround"], hour(at))
    assert sum_ is not None
    return sum_


def lines(sum_: Explanation) -> Told:
    return [(line.why, line.label, line.length / timedelta(hours=1)) for line in sum_.lines]


def test_business_hours_tell_nights_closures_holidays_and_weekends_by_name() -> None:
    sum_ = why("within 32 business hours", at=1)
    assert lines(sum_) == [
        (Why.COUNTED, "", 8),
        (Why.SHUT, "outside support hours", 16),
        (Why.COUNTED, "", 1),
        (Why.SHUT, "snow", 2),
        (Why.COUNTED, "", 5),
        (Why.SHUT, "outside support hours", 16),
        (Why.COUNTED, "", 8),
        (Why.SHUT, "outside support hours", 7),
        (Why.SHUT, "Thanksgiving Day", 24),
        (Why.SHUT, "outside support hours", 9),
        (Why.COUNTED, "", 8),
        (Why.SHUT, "outside support hours", 7),
        (Why.SHUT, "weekend", 48),
        (Why.SHUT, "outside support hours", 9),
        (Why.COUNTED, "", 2),
    ]
    assert (sum_.amount, sum_.counted, sum_.kind) == (hours(32), hours(32), Kind.OPEN)


def test_a_pause_is_one_line_whatever_the_hours() -> None:
    sum_ = why("within 8 business hours", (4, "waiting_on_customer"), (30, "customer_replied"), at=31)
    assert lines(sum_) == [(Why.COUNTED, "", 4), (Why.WAITING, "", 26), (Why.COUNTED, "", 2),
                           (Why.SHUT, "outside support hours", 16), (Why.COUNTED, "", 2)]  # fmt: skip


def test_elapsed_hours_count_day_and_night() -> None:
    sum_ = why("within 48 hours", (4, "waiting_on_customer"), (30, "customer_replied"), at=31)
    assert lines(sum_) == [(Why.COUNTED, "", 4), (Why.WAITING, "", 26), (Why.COUNTED, "", 44)]


def test_a_date_tells_its_date_and_the_pauses_that_moved_it() -> None:
    sum_ = why("within 1 day", (4, "waiting_on_customer"), (6, "customer_replied"), at=31)
    assert lines(sum_) == [(Why.WAITING, "", 2)]
    assert (sum_.calendar_date, sum_.until) == (hour(24), hour(26))


def test_a_resolved_stretch_has_a_line_of_its_own_also_within_a_pause() -> None:
    under = terms({"A": (None, None, None, "within 20 hours")})
    events: list[Happening] = [
        (4, "waiting_on_customer"),
        (6, "resolved"),
        (9, "customer_replied"),
        (10, "reopened"),
    ]
    sum_ = explain(under, told(FILED, *events, at=11, under=under)["resolution"], hour(11))
    assert sum_
    assert lines(sum_) == [
        (Why.COUNTED, "", 4),
        (Why.WAITING, "", 2),
        (Why.RESOLVED, "", 4),
        (Why.COUNTED, "", 16),
    ]


def test_a_paused_clock_tells_what_has_been_counted_so_far() -> None:
    sum_ = why("within 48 hours", (4, "waiting_on_customer"), at=30)
    assert lines(sum_) == [(Why.COUNTED, "", 4), (Why.WAITING, "", 26)]
    assert (sum_.until, sum_.counted, sum_.amount) == (hour(30), hours(4), hours(48))


def test_a_raise_tells_from_the_raise_on() -> None:
    found = told((0, "submitted", "B"), (1, "severity_changed", "A"), at=1)["response"]
    sum_ = explain(terms(), found, hour(1))
    assert sum_
    assert (sum_.counted_from, sum_.until) == (hour(1), hour(3))


def test_a_working_day_without_hours_is_no_weekend() -> None:
    hours_ = OpeningHours(ZoneInfo("UTC"), ((), *HOURS.week[1:]), lambda _year: {})
    labels = [span.label for span in hours_.spans(MONDAY, MONDAY + timedelta(days=1))]
    assert labels == ["no support hours", "outside support hours"]


def test_promises_without_a_length_have_no_sum() -> None:
    agreed = Event(hour(1), EventKind.AGREED, promise=ClockName.RESOLUTION, due=hour(9))
    for clock in clocks(terms(), [Event(hour(0), EventKind.SUBMITTED, severity="C"), agreed], hour(2)):
        assert explain(terms(), clock, hour(2)) is None
