"""policy-format.md §3, "Excluded": a ticket that carries no promise, and one that carries it again."""

from contracts.sla.clock import State
from contracts.tests.sla.tickets import Happening, hour, told

FILED: Happening = (0, "submitted", "A")
ANSWERED: Happening = (1, "acknowledged")


def test_every_clock_that_has_started_is_void_stopped_ones_too() -> None:
    found = told(FILED, ANSWERED, (2, "excluded"), at=3)
    assert {name: clock.state for name, clock in found.items()} == dict.fromkeys(
        ("response", "update", "workaround", "resolution"), State.VOID
    )


def test_a_clock_that_has_not_started_is_not_there_to_be_void() -> None:
    assert "update" not in told(FILED, (2, "excluded"), at=3)


def test_a_void_clock_has_no_due_date_and_is_not_missed() -> None:
    response = told(FILED, (3, "excluded"), at=9)["response"]
    assert (response.due_at, response.missed, response.remaining, response.counted) == (None, False, None, ())


def test_a_void_clock_still_names_its_promise_and_when_it_started_and_stopped() -> None:
    response = told(FILED, ANSWERED, (2, "excluded"), at=9)["response"]
    assert (str(response.promise), response.started_at, response.stopped_at) == (
        "within 2 hours",
        hour(0),
        hour(1),
    )


def test_a_void_update_clock_has_missed_nothing() -> None:
    assert told(FILED, ANSWERED, (9, "excluded"), at=9)["update"].missed_count == 0


def test_a_clock_that_shows_only_for_its_miss_is_left_out_while_void() -> None:
    assert "workaround" not in told(FILED, (9, "severity_changed", "C"), (10, "excluded"), at=11)


def test_a_reinstated_ticket_is_as_if_it_had_never_been_excluded() -> None:
    plain = told(FILED, ANSWERED, (5, "workaround_provided"), at=20)
    assert (
        told(FILED, ANSWERED, (2, "excluded"), (5, "workaround_provided"), (6, "reinstated"), at=20) == plain
    )


def test_what_fell_due_meanwhile_is_missed_at_its_due_instant() -> None:
    response = told(FILED, (1, "excluded"), (9, "reinstated"), at=9)["response"]
    assert (response.state, response.missed_at) == (State.RUNNING, hour(2))


def test_events_of_an_excluded_ticket_are_facts_like_any_other() -> None:
    found = told(FILED, (0.5, "excluded"), ANSWERED, (9, "reinstated"), at=9)
    assert (found["response"].kept, found["update"].due_at) == (True, hour(5))


def test_excluding_twice_and_reinstating_once_is_reinstated() -> None:
    assert (
        told(FILED, (1, "excluded"), (1, "excluded"), (1, "reinstated"), at=1)["response"].state
        is State.RUNNING
    )
