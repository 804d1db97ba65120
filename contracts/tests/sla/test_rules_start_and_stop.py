"""policy-format.md §3, the first table: when each clock starts, starts again and stops."""

import pytest

from contracts.sla.clock import State
from contracts.sla.events import EventKind
from contracts.tests.sla.tickets import Happening, hour, terms, told

FILED: Happening = (0, "submitted", "A")


def states(*happenings: Happening, at: float, stops_at: str = "acknowledged") -> dict[str, str]:
    found = told(*happenings, at=at, under=terms(stops_at=stops_at))
    return {name: clock.state.value for name, clock in found.items()}


def test_the_events_are_those_of_the_contract() -> None:
    assert {kind.value for kind in EventKind} == {
        "submitted", "acknowledged", "work_started", "public_reply", "waiting_on_customer", "customer_replied",
        "workaround_provided", "resolved", "reopened", "severity_changed", "excluded", "reinstated", "agreed",
        "release_planned",
    }  # fmt: skip


def test_response_workaround_and_resolution_start_at_submission_and_update_does_not() -> None:
    found = told(FILED, at=1)
    assert list(found) == ["response", "workaround", "resolution"]
    assert all(clock.started_at == hour(0) for clock in found.values())


# Response


@pytest.mark.parametrize("event", ["acknowledged", "public_reply", "workaround_provided", "resolved"])
def test_response_stops_at_an_acknowledgement_a_reply_a_workaround_or_a_resolution(event: str) -> None:
    assert told(FILED, (1, event), at=9)["response"].stopped_at == hour(1)


@pytest.mark.parametrize("event", ["work_started", "workaround_provided", "resolved"])
def test_response_that_stops_at_work_stops_at_a_workaround_or_a_resolution_too(event: str) -> None:
    found = told(FILED, (1, event), at=9, under=terms(stops_at="work_started"))
    assert found["response"].stopped_at == hour(1)


@pytest.mark.parametrize(
    ("stops_at", "event"),
    [
        ("acknowledged", "work_started"),
        ("work_started", "acknowledged"),
        ("work_started", "public_reply"),
        *[("acknowledged", event) for event in ("waiting_on_customer", "customer_replied", "reopened", "reinstated")],
    ],
)  # fmt: skip
def test_response_does_not_stop_at_anything_else(stops_at: str, event: str) -> None:
    assert (
        told(FILED, (1, event), at=1, under=terms(stops_at=stops_at, pauses=()))["response"].stopped_at
        is None
    )


def test_response_stops_once_and_stays_stopped_when_the_ticket_is_reopened() -> None:
    found = told(FILED, (1, "acknowledged"), (2, "public_reply"), (3, "resolved"), (4, "reopened"), at=9)
    assert found["response"].stopped_at == hour(1)


# Update


@pytest.mark.parametrize("event", ["acknowledged", "work_started", "public_reply"])
@pytest.mark.parametrize("stops_at", ["acknowledged", "work_started"])
def test_update_starts_at_the_first_acknowledgement_start_of_work_or_reply(event: str, stops_at: str) -> None:
    update = told(FILED, (1, event), at=2, under=terms(stops_at=stops_at))["update"]
    assert (update.started_at, update.due_at) == (hour(1), hour(5))


@pytest.mark.parametrize(
    "event", ["workaround_provided", "waiting_on_customer", "customer_replied", "reopened", "resolved"]
)
def test_nothing_else_starts_update_the_first_time(event: str) -> None:
    assert "update" not in told(FILED, (1, event), at=2)


def test_a_reopening_does_not_start_update_the_first_time() -> None:
    assert "update" not in told(FILED, (1, "resolved"), (2, "reopened"), at=3)


@pytest.mark.parametrize("event", ["public_reply", "workaround_provided"])
def test_every_reply_and_every_workaround_starts_update_again(event: str) -> None:
    update = told(FILED, (1, "acknowledged"), (2, event), (4, event), at=5)["update"]
    assert (update.started_at, update.due_at) == (hour(1), hour(8))


def test_a_reopening_starts_update_again() -> None:
    update = told(FILED, (1, "acknowledged"), (2, "resolved"), (5, "reopened"), at=6)["update"]
    assert (update.state, update.started_at, update.due_at) == (State.RUNNING, hour(1), hour(9))


@pytest.mark.parametrize("event", ["acknowledged", "work_started", "customer_replied", "waiting_on_customer"])
def test_nothing_else_starts_update_again(event: str) -> None:
    update = told(FILED, (1, "public_reply"), (3, event), at=3, under=terms(pauses=()))["update"]
    assert update.due_at == hour(5)


def test_update_stops_at_the_resolution() -> None:
    update = told(FILED, (1, "acknowledged"), (2, "resolved"), at=9)["update"]
    assert (update.state, update.stopped_at, update.due_at) == (State.STOPPED, hour(2), hour(5))


@pytest.mark.parametrize("event", ["acknowledged", "work_started", "public_reply", "workaround_provided"])
def test_a_resolved_ticket_owes_no_update_whatever_is_written(event: str) -> None:
    found = told(FILED, (1, "acknowledged"), (2, "resolved"), (3, event), at=99)
    assert found["update"].stopped_at == hour(2)
    assert "update" not in told(FILED, (2, "resolved"), (3, event), at=99)


# Workaround


def test_workaround_stops_when_a_workaround_is_first_provided() -> None:
    found = told(FILED, (3, "workaround_provided"), (5, "workaround_provided"), (6, "resolved"), at=9)
    assert found["workaround"].stopped_at == hour(3)


def test_workaround_stops_at_the_first_resolution_and_stays_stopped_when_the_ticket_is_reopened() -> None:
    found = told(FILED, (3, "resolved"), (5, "reopened"), (6, "workaround_provided"), at=9)
    assert found["workaround"].stopped_at == hour(3)


# Resolution


def test_resolution_stops_at_the_resolution_and_at_nothing_before() -> None:
    before = [(1, "acknowledged"), (2, "work_started"), (3, "public_reply"), (4, "workaround_provided")]
    assert told(FILED, *before, at=5)["resolution"].state is State.RUNNING
    assert told(FILED, *before, (6, "resolved"), at=7)["resolution"].stopped_at == hour(6)


def test_a_reopening_runs_resolution_on_and_the_time_between_is_not_counted() -> None:
    resolution = told(FILED, (10, "resolved"), (34, "reopened"), at=40)["resolution"]
    assert (resolution.state, resolution.stopped_at) == (State.RUNNING, None)
    assert resolution.due_at == hour(7 * 24 + 24)


def test_a_second_resolution_stops_it_anew() -> None:
    resolution = told(FILED, (10, "resolved"), (34, "reopened"), (35, "resolved"), at=40)["resolution"]
    assert (resolution.stopped_at, resolution.due_at) == (hour(35), hour(7 * 24 + 24))


def test_resolving_twice_or_reopening_an_open_ticket_changes_nothing() -> None:
    once = told(FILED, (10, "resolved"), (34, "reopened"), at=40)
    twice = told(FILED, (9, "reopened"), (10, "resolved"), (20, "resolved"), (34, "reopened"), at=40)
    assert twice == once


# What happens


def test_asking_the_customer_is_a_reply_and_a_pause() -> None:
    found = states(FILED, (1, "public_reply"), (1, "waiting_on_customer"), at=2)
    assert found == {
        "response": "stopped",
        "update": "paused",
        "workaround": "paused",
        "resolution": "paused",
    }


def test_the_answer_of_the_customer_ends_the_waiting() -> None:
    asked = [(1, "public_reply"), (1, "waiting_on_customer")]
    found = states(FILED, *asked, (2, "customer_replied"), at=3)
    assert found == {
        "response": "stopped",
        "update": "running",
        "workaround": "running",
        "resolution": "running",
    }


def test_a_contact_who_was_awaited_and_reopens_ends_the_waiting_first() -> None:
    asked = [(1, "public_reply"), (1, "waiting_on_customer"), (2, "resolved")]
    reopened = told(FILED, *asked, (3, "customer_replied"), (3, "reopened"), at=4)
    assert (reopened["update"].state, reopened["update"].due_at) == (State.RUNNING, hour(7))
    assert reopened["resolution"].due_at == hour(7 * 24 + 2)
