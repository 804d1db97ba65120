"""Atheer's clauses that its policy file and the clocks answer alone; local times are Pacific."""

import pytest

from contracts.sla.clock import State
from contracts.tests.desks import Desk, Fact


@pytest.fixture
def desk() -> Desk:
    return Desk("atheer")


# AT4


def test_at4_response_runs_from_submission_to_the_first_acknowledgement(desk: Desk) -> None:
    facts: list[Fact] = [
        ("2026-11-23 10:00", "submitted"),
        ("2026-11-23 11:30", "acknowledged"),
        ("2026-11-23 12:00", "acknowledged"),
    ]
    response = desk.clocks("P1", *facts, now="2026-11-23 13:00")["response"]
    assert (desk.told(response.started_at), desk.told(response.stopped_at)) == (
        "2026-11-23 10:00",
        "2026-11-23 11:30",
    )


def test_at4_an_answer_in_the_portal_acknowledges_and_starting_to_work_does_not(desk: Desk) -> None:
    filed = ("2026-11-23 10:00", "submitted")
    answered = desk.clocks("P1", filed, ("2026-11-23 11:00", "public_reply"), now="2026-11-23 12:00")
    working = desk.clocks("P1", filed, ("2026-11-23 11:00", "work_started"), now="2026-11-23 12:00")
    assert (answered["response"].state, working["response"].state) == (State.STOPPED, State.RUNNING)


def test_at4_at_the_very_end_is_in_time_and_a_minute_later_is_not(desk: Desk) -> None:
    """P1 on Monday 10:00 is due at 14:00."""
    filed = ("2026-11-23 10:00", "submitted")
    in_time = desk.clocks("P1", filed, ("2026-11-23 14:00", "acknowledged"), now="2026-11-23 15:00")[
        "response"
    ]
    late = desk.clocks("P1", filed, ("2026-11-23 14:01", "acknowledged"), now="2026-11-23 15:00")["response"]
    assert (in_time.kept, late.missed, desk.told(late.missed_at)) == (True, True, "2026-11-23 14:00")


def test_at4_nothing_but_the_response_has_a_clock(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", "acknowledged")]
    assert set(desk.clocks("P1", *facts, now="2026-12-23 10:00")) == {"response"}


def test_at4_the_response_does_not_pause_while_the_customer_is_awaited(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", "waiting_on_customer")]
    assert desk.clocks("P1", *facts, now="2026-11-23 12:00")["response"].state is State.RUNNING


# AT6


@pytest.mark.parametrize(
    ("wall", "is_open"),
    [
        ("2026-11-23 08:59", False), ("2026-11-23 09:00", True),
        ("2026-11-23 16:59", True), ("2026-11-23 17:00", False),
        ("2026-11-22 12:00", False),  # a Sunday
        ("2026-09-07 12:00", False),  # Labor Day
        ("2026-07-03 12:00", False),  # Independence Day, observed
        ("2026-07-06 09:00", True),  # in summer time, too: "Pacific Standard Time" is Pacific local time
    ],
)  # fmt: skip
def test_at6_support_hours_are_9_to_17_on_working_days_without_holidays(
    desk: Desk, wall: str, is_open: bool
) -> None:
    assert desk.is_open(wall) is is_open


def test_at6_the_page_says_how_standard_time_and_holidays_are_read(desk: Desk) -> None:
    assumptions = " ".join(desk.policy.assumptions)
    assert "“Pacific Standard Time”" in assumptions
    assert "US public holidays" in assumptions


# AT10


@pytest.mark.parametrize(
    ("severity", "promise"),
    [("P1", "4 business hours"), ("P2", "2 business days"), ("P3", "5 business days"), ("P4", "5 business days")],
)  # fmt: skip
def test_at10_responses_are_promised_as_in_table_2(desk: Desk, severity: str, promise: str) -> None:
    assert desk.promised(severity) == {"response": f"within {promise}"}


@pytest.mark.parametrize(
    ("severity", "filed", "due"),
    [
        # Monday 10:00 and four hours.
        ("P1", "2026-11-23 10:00", "2026-11-23 14:00"),
        # Friday 15:00: two hours until 17:00, two more on Monday from 9:00.
        ("P1", "2026-11-20 15:00", "2026-11-23 11:00"),
        # 16 hours from Friday 15:00: two, eight on Monday, six on Tuesday from 9:00.
        ("P2", "2026-11-20 15:00", "2026-11-24 15:00"),
        # 16 hours from Wednesday 13:00: four, Thanksgiving off, eight on Friday, four on Monday from 9:00.
        ("P2", "2026-11-25 13:00", "2026-11-30 13:00"),
        # 16 hours from Monday 9:00 fill Monday and Tuesday: due at closing.
        ("P2", "2026-11-30 09:00", "2026-12-01 17:00"),
        # 40 hours from Monday 9:00: Monday to Wednesday 24, Thursday off, Friday 8, Monday 8 until closing.
        ("P3", "2026-11-23 09:00", "2026-11-30 17:00"),
        # 40 hours from Wednesday 24 June 12:00: 5, Thursday and Friday 16, Monday and Tuesday 16, Wednesday 3.
        ("P4", "2026-06-24 12:00", "2026-07-01 12:00"),
        # 40 hours from Thursday 2 July 12:00: 5, the 3rd observed, the week of the 6th has 40: 35 of them.
        ("P4", "2026-07-02 12:00", "2026-07-10 12:00"),
        # Saturday: from Monday 9:00.
        ("P1", "2026-11-21 12:00", "2026-11-23 13:00"),
    ],
)  # fmt: skip
def test_at10_a_business_day_is_8_business_hours(desk: Desk, severity: str, filed: str, due: str) -> None:
    assert desk.due(severity, filed) == due


def test_at10_raising_from_p4_to_p1_counts_the_four_hours_from_the_raise(desk: Desk) -> None:
    """Monday 15:00 raised: two hours on Monday, two on Tuesday from 9:00."""
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 15:00", "severity_changed", "P1")]
    response = desk.clocks("P4", *facts, now="2026-11-23 15:00")["response"]
    assert (str(response.promise), desk.told(response.due_at)) == (
        "within 4 business hours",
        "2026-11-24 11:00",
    )


@pytest.mark.parametrize("clause", ["a", "b", "c", "d"])
def test_at11_the_four_exclusions_are_there_for_staff_to_name(desk: Desk, clause: str) -> None:
    assert clause in {exclusion.code for exclusion in desk.policy.exclusions}


def test_at11_an_excluded_incident_has_no_running_clock(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", "excluded")]
    assert desk.clocks("P1", *facts, now="2026-11-24 12:00")["response"].state is State.VOID
