"""policy-format.md §3, "Deadline": kept or missed, judged from instants alone."""

from datetime import timedelta

import pytest

from contracts.sla.clock import State
from contracts.tests.sla.tickets import Happening, hour, hours, told

FILED: Happening = (0, "submitted", "A")
MICROSECOND = timedelta(microseconds=1) / timedelta(hours=1)


def test_stopping_exactly_at_the_due_instant_keeps_the_promise() -> None:
    response = told(FILED, (2, "acknowledged"), at=9)["response"]
    assert (response.due_at, response.kept, response.missed) == (hour(2), True, False)


def test_stopping_a_microsecond_later_misses_it() -> None:
    response = told(FILED, (2 + MICROSECOND, "acknowledged"), at=9)["response"]
    assert (response.missed_at, response.kept) == (hour(2), False)


@pytest.mark.parametrize(("at", "missed"), [(2, False), (2 + MICROSECOND, True)])
def test_a_running_clock_is_missed_from_the_instant_after_its_due_date(at: float, missed: bool) -> None:
    assert told(FILED, at=at)["response"].missed is missed


@pytest.mark.parametrize(
    "event",
    [
        (4, "acknowledged"), (4, "waiting_on_customer"), (4, "severity_changed", "B"), (4, "severity_changed", "C"),
        (4, "agreed", ("response", 99)), (4, "resolved"), (4, "customer_replied"),
    ],
)  # fmt: skip
def test_a_miss_stays_a_miss_whatever_ticket_event_follows(event: Happening) -> None:
    assert told(FILED, event, at=9)["response"].missed_at == hour(2)


def test_a_resolution_missed_once_stays_missed_when_reopened_and_resolved_again() -> None:
    events: list[Happening] = [(169, "resolved"), (170, "reopened"), (171, "resolved")]
    assert told(FILED, *events, at=200)["resolution"].missed_at == hour(168)


def test_a_late_update_stays_due_at_its_instant_and_counts_as_one_miss_however_late() -> None:
    update = told(FILED, (0, "acknowledged"), at=50)["update"]
    assert (update.due_at, update.missed_count, update.remaining) == (hour(4), 1, hours(-46))


def test_each_late_period_of_updates_counts_and_the_first_gives_the_instant() -> None:
    update = told(FILED, (0, "acknowledged"), (5, "public_reply"), (12, "public_reply"), at=13)["update"]
    assert (update.missed_count, update.missed_at, update.due_at) == (2, hour(4), hour(16))


def test_a_period_in_time_counts_as_no_miss() -> None:
    update = told(FILED, (0, "acknowledged"), (4, "public_reply"), (8, "public_reply"), at=12)["update"]
    assert (update.missed_count, update.missed_at) == (0, None)


def test_a_late_update_of_a_resolved_ticket_stays_counted() -> None:
    update = told(FILED, (0, "acknowledged"), (5, "resolved"), (6, "reopened"), at=7)["update"]
    assert (update.state, update.missed_count) == (State.RUNNING, 1)


def test_the_other_clocks_count_no_misses() -> None:
    assert told(FILED, at=9)["response"].missed_count is None
