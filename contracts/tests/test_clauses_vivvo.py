"""Vivvo's clauses that its policy file and the clocks answer alone; local times are GMT+1 all year."""

import pytest

from contracts.sla.clock import State
from contracts.tests.desks import Desk, Fact


@pytest.fixture
def desk() -> Desk:
    return Desk("vivvo")


# VV5


@pytest.mark.parametrize(
    ("wall", "is_open"),
    [
        ("2026-11-23 08:59", False), ("2026-11-23 09:00", True),
        ("2026-11-23 17:59", True), ("2026-11-23 18:00", False),
        ("2026-11-21 12:00", False),  # a Saturday
        ("2026-02-16 12:00", False), ("2026-02-17 12:00", False),  # Statehood Day, its Sunday made up for on Tuesday
        ("2026-04-10 12:00", False), ("2026-04-13 12:00", False),  # Orthodox Easter
        ("2026-11-11 12:00", False),  # Armistice Day
        ("2026-12-25 12:00", True),  # no holiday in Serbia
    ],
)  # fmt: skip
def test_vv5_the_desk_is_open_from_9_to_18_on_working_days_but_serbian_holidays(
    desk: Desk, wall: str, is_open: bool
) -> None:
    assert desk.is_open(wall) is is_open


@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-15"])
def test_vv5_gmt_plus_1_is_an_hour_ahead_of_gmt_in_summer_and_winter(desk: Desk, day: str) -> None:
    assert f"{desk.at(f'{day} 09:00'):%H:%M}" == "08:00"
    assert desk.is_open(f"{day} 09:00")


def test_vv5_the_office_closed_for_weather_moves_what_counts_its_hours() -> None:
    """Monday 16:50: 10 minutes until the office closes at 17:00 for snow, 5 more on Tuesday from 9:00."""
    desk = Desk("vivvo", closings=(("2026-11-23 17:00", "2026-11-23 18:00", "Snow"),))
    assert not desk.is_open("2026-11-23 17:00")
    assert desk.due("critical", "2026-11-23 16:50") == "2026-11-24 09:05"


def test_vv5_a_closed_day_is_told_with_its_reason() -> None:
    desk = Desk("vivvo", closings=(("2026-11-24 00:00", "2026-11-25 00:00", "Stocktaking"),))
    spans = desk.hours.spans(desk.at("2026-11-24 09:00"), desk.at("2026-11-24 18:00"))
    assert [span.label for span in spans] == ["Stocktaking"]


def test_vv5_a_closure_does_not_move_the_elapsed_hours_of_other_issues() -> None:
    desk = Desk("vivvo", closings=(("2026-11-23 09:00", "2026-11-27 18:00", "Snow"),))
    assert desk.due("non-critical", "2026-11-23 10:00") == "2026-11-24 10:00"


# VV6


@pytest.mark.parametrize(("tier", "hours"), [("standard", 24), ("premium", 12)])
def test_vv6_a_non_critical_issue_has_24_hours_or_12_in_premium(desk: Desk, tier: str, hours: int) -> None:
    assert desk.promised("non-critical", tier) == {"response": f"within {hours} hours"}


@pytest.mark.parametrize(
    ("tier", "filed", "due"),
    [
        ("standard", "2026-11-20 17:00", "2026-11-21 17:00"),  # elapsed hours: over Friday night into the weekend
        ("premium", "2026-11-20 17:00", "2026-11-21 05:00"),
        ("standard", "2026-03-28 12:00", "2026-03-29 12:00"),  # no summer time
    ],
)  # fmt: skip
def test_vv6_these_are_elapsed_hours(desk: Desk, tier: str, filed: str, due: str) -> None:
    assert desk.due("non-critical", filed, tier=tier) == due


# VV8


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("work_started", State.STOPPED), ("workaround_provided", State.STOPPED), ("resolved", State.STOPPED),
        ("acknowledged", State.RUNNING), ("public_reply", State.RUNNING), ("waiting_on_customer", State.RUNNING),
    ],
)  # fmt: skip
def test_vv8_response_ends_when_a_member_begins_to_work_and_not_at_a_reply(
    desk: Desk, event: str, state: State
) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", event)]
    assert desk.clocks("non-critical", *facts, now="2026-11-23 12:00")["response"].state is state


def test_vv8_the_policy_s_words_are_among_its_terms(desk: Desk) -> None:
    (text,) = (term.text for term in desk.policy.terms if term.word == "Target Response Time")
    assert "begins working on the problem" in text


def test_vv8_there_is_no_clock_for_the_resolution(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", "work_started")]
    assert set(desk.clocks("non-critical", *facts, now="2026-12-23 12:00")) == {"response"}


# VV9


@pytest.mark.parametrize("tier", ["standard", "premium"])
def test_vv9_mission_critical_is_immediate_at_every_level(desk: Desk, tier: str) -> None:
    assert desk.promised("critical", tier) == {"response": "immediately"}


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:15"),  # 15 minutes of open time
        ("2026-11-23 17:50", "2026-11-24 09:05"),  # ten on Monday until 18:00, five on Tuesday
        ("2026-11-23 19:00", "2026-11-24 09:15"),  # by night: from 9:00
        # Friday 17:55: five minutes, ten more on Monday 9:10; but a non-critical issue would be due on Saturday.
        ("2026-11-20 17:55", "2026-11-21 17:55"),
    ],
)  # fmt: skip
def test_vv9_immediate_is_15_minutes_of_open_time_and_never_later_than_a_non_critical_issue(
    desk: Desk, filed: str, due: str
) -> None:
    assert desk.due("critical", filed) == due


def test_vv9_no_effect_is_best_effort_without_a_due_date(desk: Desk) -> None:
    response = desk.clocks("no-effect", ("2026-11-23 10:00", "submitted"), now="2027-11-23 10:00")["response"]
    assert (str(response.promise), response.state, response.missed) == (
        "best effort",
        State.UNSCHEDULED,
        False,
    )


@pytest.mark.parametrize(
    ("affected", "workaround", "suggested"),
    [(100, False, "critical"), (50, False, "critical"), (49, False, "non-critical"), (100, True, "non-critical"),
     (1, True, "non-critical"), (0, True, "no-effect"), (0, False, "no-effect")],
)  # fmt: skip
def test_vv9_severities_are_suggested_by_the_criteria(
    desk: Desk, affected: int, workaround: bool, suggested: str
) -> None:
    severity = desk.policy.suggested_severity(affected_percent=affected, workaround=workaround)
    assert severity is not None
    assert severity.code == suggested
