"""policy-format.md §3, "Pauses": what waiting on the customer and being resolved do to each length."""

import pytest

from contracts.sla.clock import State
from contracts.tests.sla.tickets import Happening, Row, hour, hours, terms, told

FILED: Happening = (0, "submitted", "A")
B: Happening = (0, "submitted", "B")


def waiting(since: float, until: float | None = None) -> list[Happening]:
    return [(since, "waiting_on_customer"), *([(until, "customer_replied")] if until is not None else [])]


def workaround_within(promise: str) -> dict[str, Row]:
    return {"A": (None, None, promise, None)}


@pytest.mark.parametrize("clock", ["response", "update", "workaround", "resolution"])
def test_a_clock_pauses_while_waiting_if_the_policy_lists_it(clock: str) -> None:
    events: list[Happening] = [FILED, (1, "work_started"), *waiting(1)]
    assert told(*events, at=2, under=terms(pauses=(clock,)))[clock].state is State.PAUSED


@pytest.mark.parametrize("clock", ["response", "update", "workaround", "resolution"])
def test_a_clock_that_is_not_listed_runs_on(clock: str) -> None:
    events: list[Happening] = [FILED, (1, "work_started"), *waiting(1)]
    assert told(*events, at=2, under=terms(pauses=()))[clock].state is State.RUNNING


@pytest.mark.parametrize(
    ("promise", "since", "until", "due"),
    [
        ("within 8 hours", 2, 5, 11),
        ("within 8 business hours", 2, 5, 24 + 3),  # Tuesday 12:00: five hours on Monday, three more
        ("within 8 business hours", 7, 25, 24 + 2),  # one hour left from Tuesday 10:00
        ("within 8 business hours", 5, 20, 24 + 3),  # by night no open time is lost
        ("within 1 day", 2, 5, 24 + 3),
    ],
)  # fmt: skip
def test_a_pause_is_not_counted(promise: str, since: float, until: float, due: float) -> None:
    found = told(FILED, *waiting(since, until), at=until, under=terms(workaround_within(promise)))
    assert found["workaround"].due_at == hour(due)


@pytest.mark.parametrize(("since", "until", "due"), [(0, 3, 24 + 3), (20, 22, 24 + 2), (20, 30, 24 + 10)])
def test_a_date_moves_by_what_of_a_pause_lies_between_its_start_and_its_due_instant(
    since: float, until: float, due: float
) -> None:
    found = told(FILED, *waiting(since, until), at=until, under=terms(workaround_within("within 1 day")))
    assert found["workaround"].due_at == hour(due)


def test_of_a_pause_only_the_part_after_a_raise_moves_the_date_that_the_raise_brings() -> None:
    under = terms({"A": (None, None, "within 1 day", None), "B": (None, None, "within 9 days", None)})
    found = told(
        B,
        (2, "waiting_on_customer"),
        (6, "severity_changed", "A"),
        (9, "customer_replied"),
        at=9,
        under=under,
    )
    assert found["workaround"].due_at == hour(6 + 24 + 3)


def test_a_pause_that_begins_at_the_due_instant_does_not_move_a_date() -> None:
    found = told(FILED, *waiting(24, 30), at=31, under=terms(workaround_within("within 1 day")))
    assert (found["workaround"].due_at, found["workaround"].missed_at) == (hour(24), hour(24))


def test_a_paused_clock_has_no_due_date_and_keeps_the_time_that_is_left() -> None:
    for at in (3, 50):
        workaround = told(FILED, *waiting(3), at=at)["workaround"]
        assert (workaround.state, workaround.due_at, workaround.remaining) == (State.PAUSED, None, hours(5))


def test_a_paused_clock_cannot_be_missed() -> None:
    workaround = told(FILED, *waiting(7), at=500)["workaround"]
    assert (workaround.missed, workaround.remaining) == (False, hours(1))


def test_a_clock_paused_after_its_miss_stays_missed_and_overdue_by_as_much() -> None:
    workaround = told(FILED, *waiting(10), at=50)["workaround"]
    assert (workaround.missed_at, workaround.state, workaround.remaining) == (
        hour(8),
        State.PAUSED,
        hours(-2),
    )


def test_time_overdue_leaves_out_the_pauses_since() -> None:
    assert told(FILED, *waiting(10, 14), at=15)["workaround"].remaining == hours(-3)


def test_pauses_add_up() -> None:
    assert told(FILED, *waiting(1, 2), *waiting(3, 5), at=6)["workaround"].due_at == hour(11)


def test_waiting_twice_is_waiting_once() -> None:
    twice = told(FILED, (1, "waiting_on_customer"), (2, "waiting_on_customer"), (4, "customer_replied"), at=6)
    assert twice["workaround"].due_at == hour(11)


def test_a_reply_that_nobody_awaits_changes_nothing() -> None:
    assert told(FILED, (2, "customer_replied"), at=6) == told(FILED, at=6)


def test_a_public_reply_does_not_end_the_waiting() -> None:
    assert told(FILED, *waiting(1), (2, "public_reply"), at=3)["workaround"].state is State.PAUSED


def test_updates_that_start_again_while_waiting_are_paused_with_their_whole_length_left() -> None:
    update = told(FILED, (1, "public_reply"), *waiting(1), (2, "public_reply"), at=3)["update"]
    assert (update.state, update.remaining) == (State.PAUSED, hours(4))


def test_stopped_while_paused_a_clock_shows_the_date_that_it_would_have_had_running_on() -> None:
    workaround = told(FILED, *waiting(3), (20, "workaround_provided"), at=30)["workaround"]
    assert (workaround.state, workaround.due_at, workaround.kept) == (State.STOPPED, hour(25), True)


def test_the_paused_promise_is_the_one_that_would_be_due_first_if_it_ran_on() -> None:
    found = told(B, (13, "severity_changed", "A"), *waiting(14), at=99)["workaround"]
    assert (str(found.promise), found.remaining) == ("within 16 hours", hours(2))


# Resolved and reopened


def test_neither_a_resolution_nor_a_reopening_ends_the_waiting() -> None:
    resolution = told(FILED, *waiting(1), (2, "resolved"), (3, "reopened"), at=9)["resolution"]
    assert (resolution.state, resolution.remaining) == (State.PAUSED, hours(167))


def test_a_customer_who_answers_while_it_is_resolved_ends_the_waiting_but_time_stays_uncounted() -> None:
    events = [*waiting(1), (2, "resolved"), (3, "customer_replied"), (5, "reopened")]
    resolution = told(FILED, *events, at=9)["resolution"]
    assert (resolution.state, resolution.due_at) == (State.RUNNING, hour(168 + 4))


def test_a_resolved_stretch_counts_as_neither_open_nor_elapsed_time() -> None:
    under = terms({"A": (None, None, None, "within 8 business hours")})
    resolution = told(FILED, (2, "resolved"), (26, "reopened"), at=26, under=under)["resolution"]
    assert (resolution.due_at, resolution.remaining) == (hour(32), hours(6))


# Counted


def test_counted_are_the_stretches_outside_pauses_resolved_time_and_shut_hours() -> None:
    under = terms({"A": (None, None, None, "within 5 business days")})
    events: list[Happening] = [*waiting(1, 2), (4, "resolved"), (6, "reopened")]
    counted = told(FILED, *events, at=25, under=under)["resolution"].counted
    assert counted == ((hour(0), hour(1)), (hour(2), hour(4)), (hour(6), hour(8)), (hour(24), hour(25)))


def test_counted_stretches_that_adjoin_are_joined() -> None:
    assert told(FILED, *waiting(1, 1), at=3)["workaround"].counted == ((hour(0), hour(3)),)


def test_nothing_is_counted_for_dates_and_promises_without_a_length() -> None:
    found = told(FILED, (2, "severity_changed", "C"), at=3)
    assert found["response"].counted == ()
    assert told(FILED, at=3)["resolution"].counted == ()


def test_counting_ends_when_the_clock_stops() -> None:
    assert told(FILED, (1, "acknowledged"), at=9)["response"].counted == ((hour(0), hour(1)),)
