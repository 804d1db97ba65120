"""Agreed and release dates (policy-format.md §2 and §3): due dates that people set, which know no pauses."""

import pytest

from contracts.sla.clock import State
from contracts.tests.sla.tickets import Happening, hour, hours, terms, told

FILED: Happening = (0, "submitted", "C")
RELEASE = terms({"C": (None, None, "next maintenance release", "next maintenance release")})


def agreed(at: float, due: int) -> Happening:
    return (at, "agreed", ("resolution", due))


def test_a_clock_is_unscheduled_until_a_date_is_agreed() -> None:
    assert told(FILED, at=9)["resolution"].state is State.UNSCHEDULED
    resolution = told(FILED, agreed(9, 30), at=9)["resolution"]
    assert (resolution.state, resolution.due_at, resolution.remaining) == (State.RUNNING, hour(30), hours(21))


def test_a_clock_is_unscheduled_until_a_release_is_planned() -> None:
    assert told(FILED, at=9, under=RELEASE)["resolution"].state is State.UNSCHEDULED
    found = told(FILED, (9, "release_planned", 30), at=9, under=RELEASE)
    assert found["workaround"].due_at == found["resolution"].due_at == hour(30)


def test_a_release_that_is_called_off_leaves_the_clock_unscheduled() -> None:
    found = told(FILED, (1, "release_planned", 30), (2, "release_planned"), at=3, under=RELEASE)
    assert found["resolution"].state is State.UNSCHEDULED


def test_the_last_date_agreed_counts() -> None:
    assert told(FILED, agreed(1, 30), agreed(2, 20), at=3)["resolution"].due_at == hour(20)


def test_a_date_is_agreed_for_one_promise_alone() -> None:
    under = terms({"C": (None, None, "as mutually agreed", "as mutually agreed")})
    assert told(FILED, agreed(1, 30), at=2, under=under)["workaround"].state is State.UNSCHEDULED


def test_dates_do_not_move_and_their_clocks_are_never_paused() -> None:
    resolution = told(FILED, agreed(1, 30), (2, "waiting_on_customer"), at=9)["resolution"]
    assert (resolution.state, resolution.due_at, resolution.remaining) == (State.RUNNING, hour(30), hours(21))


def test_an_unscheduled_clock_is_not_paused_either() -> None:
    assert told(FILED, (2, "waiting_on_customer"), at=9)["resolution"].state is State.UNSCHEDULED


@pytest.mark.parametrize("event", [(3, "acknowledged"), (2, "waiting_on_customer")])
def test_a_date_is_missed_when_it_passes_waiting_or_not(event: Happening) -> None:
    events = sorted([agreed(1, 5), event], key=lambda happening: happening[0])
    resolution = told(FILED, *events, at=9)["resolution"]
    assert (resolution.missed_at, resolution.remaining) == (hour(5), hours(-4))


def test_a_new_date_does_not_undo_a_miss() -> None:
    resolution = told(FILED, agreed(1, 5), agreed(6, 30), at=9)["resolution"]
    assert (resolution.missed_at, resolution.due_at) == (hour(5), hour(30))


def test_best_effort_has_no_date_and_is_never_missed() -> None:
    response = told(FILED, (1, "agreed", ("response", 2)), at=9999)["response"]
    assert (response.state, response.due_at, response.missed) == (State.UNSCHEDULED, None, False)


def test_a_clock_without_a_date_stops_kept() -> None:
    resolution = told(FILED, (9, "resolved"), at=9)["resolution"]
    assert (resolution.state, resolution.due_at, resolution.kept) == (State.STOPPED, None, True)


def test_a_date_that_passed_while_the_ticket_was_resolved_binds_no_longer_after_a_reopening() -> None:
    resolution = told(FILED, agreed(1, 5), (3, "resolved"), (9, "reopened"), at=10)["resolution"]
    assert (resolution.state, resolution.missed) == (State.UNSCHEDULED, False)


def test_nor_does_a_release_that_passed_then() -> None:
    events: list[Happening] = [(1, "release_planned", 5), (3, "resolved"), (9, "reopened")]
    assert told(FILED, *events, at=10, under=RELEASE)["resolution"].state is State.UNSCHEDULED


def test_until_there_is_a_new_one() -> None:
    resolution = told(FILED, agreed(1, 5), (3, "resolved"), (9, "reopened"), agreed(10, 20), at=11)[
        "resolution"
    ]
    assert (resolution.state, resolution.due_at) == (State.RUNNING, hour(20))


def test_a_date_still_ahead_at_the_reopening_binds_again() -> None:
    resolution = told(FILED, agreed(1, 30), (3, "resolved"), (9, "reopened"), at=10)["resolution"]
    assert (resolution.state, resolution.due_at) == (State.RUNNING, hour(30))


def test_a_date_missed_before_the_resolution_stays_missed() -> None:
    resolution = told(FILED, agreed(1, 2), (3, "resolved"), (9, "reopened"), at=10)["resolution"]
    assert (resolution.missed_at, resolution.due_at) == (hour(2), hour(2))


def test_a_date_governs_only_while_the_ticket_has_that_severity() -> None:
    found = told(FILED, agreed(1, 300), (2, "severity_changed", "A"), at=3)
    assert (str(found["resolution"].promise), found["resolution"].due_at) == ("within 1 week", hour(2 + 168))
