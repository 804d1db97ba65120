"""policy-format.md §3, "Severity changes": what a raise and a lowering do to each promise."""

import pytest

from contracts.sla.clock import State
from contracts.tests.sla.tickets import SEVERITIES, Happening, Row, hour, hours, terms, told

A: Happening = (0, "submitted", "A")
B: Happening = (0, "submitted", "B")
C: Happening = (0, "submitted", "C")


def raised(at: float) -> Happening:
    return (at, "severity_changed", "A")


def lowered(at: float) -> Happening:
    return (at, "severity_changed", "B")


def test_a_raise_counts_the_stricter_promise_from_the_raise() -> None:
    response = told(B, raised(1), at=1)["response"]
    assert (str(response.promise), response.due_at) == ("within 2 hours", hour(3))


def test_a_raise_never_grants_more_time() -> None:
    response = told(B, raised(3), at=3)["response"]
    assert (str(response.promise), response.severity, response.due_at) == ("within 4 hours", "B", hour(4))


def test_of_equal_due_dates_the_more_severe_speaks() -> None:
    response = told(B, raised(2), at=2)["response"]
    assert (str(response.promise), response.severity, response.due_at) == ("within 2 hours", "A", hour(4))


def test_a_lowering_gives_the_lesser_promise_from_the_start() -> None:
    response = told(A, lowered(1), at=1)["response"]
    assert (str(response.promise), response.due_at) == ("within 4 hours", hour(4))


def test_lowering_and_raising_again_gains_nothing() -> None:
    assert told(A, lowered(0.5), raised(1), at=1)["response"].due_at == hour(2)


def test_a_lowering_after_the_due_date_does_not_take_the_miss_back() -> None:
    response = told(A, lowered(3), at=3)["response"]
    assert (response.missed_at, response.due_at) == (hour(2), hour(4))


def test_a_raise_misses_nothing_by_itself() -> None:
    response = told(B, raised(3.5), at=4)["response"]
    assert (response.due_at, response.missed) == (hour(4), False)


def test_updates_count_from_their_own_last_start_when_that_is_later_than_the_raise() -> None:
    update = told(B, raised(1), (2, "acknowledged"), at=3)["update"]
    assert (str(update.promise), update.due_at) == ("every 4 hours", hour(6))


def test_updates_count_from_the_raise_when_that_is_later_than_their_start() -> None:
    update = told(B, (1, "acknowledged"), raised(3), at=3)["update"]
    assert (str(update.promise), update.due_at) == ("every 4 hours", hour(7))


def test_a_promise_without_a_length_governs_alone_while_the_ticket_has_that_severity() -> None:
    response = told(A, (1, "severity_changed", "C"), at=9)["response"]
    assert (str(response.promise), response.state, response.due_at) == (
        "best effort",
        State.UNSCHEDULED,
        None,
    )


def test_time_under_a_promise_without_a_length_counts_when_the_ticket_is_raised_again() -> None:
    response = told(A, (1, "severity_changed", "C"), (1.5, "severity_changed", "A"), at=1.5)["response"]
    assert (str(response.promise), response.due_at) == ("within 2 hours", hour(2))


def test_a_ticket_raised_out_of_it_counts_from_the_raise() -> None:
    assert told(C, raised(5), at=5)["response"].due_at == hour(7)


def test_a_severity_that_promises_nothing_has_no_such_clock_whatever_lesser_ones_promise() -> None:
    severities: dict[str, Row] = {"X": (None, None, None, "within 1 day"), **SEVERITIES}
    found = told((0, "submitted", "X"), (1, "public_reply"), at=2, under=terms(severities))
    assert list(found) == ["resolution"]


def test_a_clock_that_started_unpromised_shows_after_a_raise_from_its_first_start() -> None:
    workaround = told(C, raised(5), at=6)["workaround"]
    assert (workaround.started_at, workaround.due_at) == (hour(0), hour(13))


def test_a_clock_that_was_missed_stays_without_a_promise() -> None:
    workaround = told(A, (9, "severity_changed", "C"), at=10)["workaround"]
    assert (workaround.promise, workaround.state) == (None, State.UNSCHEDULED)
    assert (workaround.missed_at, workaround.due_at, workaround.remaining) == (hour(8), None, None)


def test_a_clock_that_was_kept_until_then_is_left_out() -> None:
    assert "workaround" not in told(A, (7, "severity_changed", "C"), at=99)


def test_a_stopped_clock_speaks_with_the_severity_that_it_had_then() -> None:
    response = told(A, (1, "acknowledged"), (2, "severity_changed", "C"), at=9)["response"]
    assert (str(response.promise), response.due_at, response.state) == (
        "within 2 hours",
        hour(2),
        State.STOPPED,
    )


def test_a_clock_stopped_while_nothing_was_promised_stays_left_out_after_a_raise() -> None:
    assert "workaround" not in told(C, (1, "workaround_provided"), raised(2), at=3)


def test_a_lesser_severity_with_a_stricter_promise_binds_the_greater_one_too() -> None:
    under = terms({"X": ("within 9 hours", None, None, None), "Y": ("within 3 hours", None, None, None)})
    response = told((0, "submitted", "X"), at=0, under=under)["response"]
    assert (str(response.promise), response.severity, response.due_at) == ("within 3 hours", "Y", hour(3))


@pytest.mark.parametrize(("at", "left"), [(1, 3), (3, 1), (6, -2)])
def test_what_is_left_is_of_the_promise_that_speaks(at: float, left: float) -> None:
    assert told(A, lowered(1), at=at)["response"].remaining == hours(left)
