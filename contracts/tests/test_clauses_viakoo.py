"""Viakoo's clauses that its policy file and the clocks answer alone; local times are US Pacific."""

import pytest

from contracts.policy import Policy
from contracts.sla.clock import State
from contracts.tests.desks import Desk, Fact


@pytest.fixture
def desk() -> Desk:
    return Desk("viakoo")


@pytest.fixture
def policy(desk: Desk) -> Policy:
    return desk.policy


# VK2


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("Error", "performance, compatibility, operational, security, or quality issues"),
        ("Error", "supported environments on Viakoo’s interoperability page"),
        ("Critical Error", "(c) increases the risk of a Security Breach"),
        ("Serious Failure", "(a) disrupts normal workflow or (b) adversely affects customers’ Data"),
        ("Maintenance Release", "a subsequent version of an application that includes Error corrections"),
    ],
)  # fmt: skip
def test_vk2_terms_are_defined_in_the_policy_s_words(policy: Policy, word: str, says: str) -> None:
    (text,) = (term.text for term in policy.terms if term.word == word)
    assert says.lower() in text.lower()


def test_vk2_severities_are_critical_serious_major_minor_in_this_order(policy: Policy) -> None:
    assert [severity.code for severity in policy.severities] == ["critical", "serious", "major", "minor"]


def test_vk2_what_raises_the_risk_of_a_breach_is_critical(policy: Policy) -> None:
    assert "increases the risk of a Security Breach" in policy.severity("critical").definition


@pytest.mark.parametrize("code", ["major", "minor"])
def test_vk2_the_page_says_that_the_policy_does_not_define_major_and_minor(policy: Policy, code: str) -> None:
    assert policy.severity(code).definition.startswith("Not defined by the policy")
    assert any("does not define Major and Minor" in assumption for assumption in policy.assumptions)


@pytest.mark.parametrize(
    ("affected", "workaround", "suggested"),
    [(100, False, "critical"), (99, False, "serious"), (1, False, "serious"), (100, True, "major"), (20, True, "major"),
     (19, True, "minor")],
)  # fmt: skip
def test_vk2_who_is_affected_and_a_workaround_suggest_a_severity(
    policy: Policy, affected: int, workaround: bool, suggested: str
) -> None:
    severity = policy.suggested_severity(affected_percent=affected, workaround=workaround)
    assert severity is not None
    assert severity.code == suggested


# VK7


def test_vk7_one_may_ask_for_all_that_technical_assistance_covers(policy: Policy) -> None:
    assert {kind.code for kind in policy.request_types} == {
        "error", "error-status", "features-and-use", "documentation", "guidance", "maintenance",
    }  # fmt: skip


def test_vk7_every_request_is_under_contract_and_has_clocks(policy: Policy) -> None:
    assert all(kind.clocks and kind.needs_contract for kind in policy.request_types)


# VK10


@pytest.mark.parametrize(
    ("wall", "is_open"),
    [
        ("2026-11-23 07:59", False), ("2026-11-23 08:00", True),
        ("2026-11-23 17:59", True), ("2026-11-23 18:00", False),
        ("2026-11-21 12:00", False),  # a Saturday
        ("2026-11-26 12:00", False),  # Thanksgiving
        ("2026-07-03 12:00", False),  # Independence Day on a Saturday, observed on Friday
        ("2026-07-06 08:00", True),  # in summer time
    ],
)  # fmt: skip
def test_vk10_the_desk_is_open_from_8_to_18_on_working_days_but_us_holidays(
    desk: Desk, wall: str, is_open: bool
) -> None:
    assert desk.is_open(wall) is is_open


@pytest.mark.parametrize(
    ("wall", "opens"),
    [
        ("2026-11-20 18:00", "2026-11-23 08:00"),  # Friday evening: Monday
        ("2026-11-25 18:00", "2026-11-27 08:00"),  # the eve of Thanksgiving: Friday
        ("2026-07-02 18:00", "2026-07-06 08:00"),  # Friday is observed, then the weekend
        ("2026-11-23 08:00", "2026-11-23 08:00"),  # it is open
    ],
)  # fmt: skip
def test_vk10_outside_hours_the_desk_says_when_it_opens_next(desk: Desk, wall: str, opens: str) -> None:
    assert desk.opens_next(wall) == opens


def test_vk10_hours_keep_the_local_time_when_the_clocks_change(desk: Desk) -> None:
    """8:00 is 16:00 UTC in winter and 15:00 UTC in summer."""
    opened = [
        f"{desk.at(f'{day} 08:00'):%H:%M}" for day in ("2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02")
    ]
    assert opened == ["16:00", "15:00", "15:00", "16:00"]
    assert all(
        desk.is_open(f"{day} 08:00") for day in ("2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02")
    )


# VK12: 4, 8 and 24 hours, read as support hours


@pytest.mark.parametrize(
    ("severity", "promise"),
    [("critical", 4), ("serious", 4), ("major", 8), ("minor", 24)],
)  # fmt: skip
def test_vk12_response_is_promised_in_support_hours(desk: Desk, severity: str, promise: int) -> None:
    assert desk.promised(severity)["response"] == f"within {promise} business hours"


@pytest.mark.parametrize(
    ("severity", "filed", "due"),
    [
        # Monday 10:00 and four hours.
        ("serious", "2026-11-23 10:00", "2026-11-23 14:00"),
        # Friday 16:00: two hours until 18:00, two more on Monday from 8:00.
        ("serious", "2026-11-20 16:00", "2026-11-23 10:00"),
        # Saturday: nothing until Monday 8:00, then four hours.
        ("critical", "2026-11-21 03:00", "2026-11-23 12:00"),
        # Wednesday 14:00 before Thanksgiving: exactly four hours until closing.
        ("serious", "2026-11-25 14:00", "2026-11-25 18:00"),
        # Wednesday 15:00: three hours, Thursday off, one hour on Friday from 8:00.
        ("serious", "2026-11-25 15:00", "2026-11-27 09:00"),
        # Wednesday 15:00: three hours, five more on Friday from 8:00.
        ("major", "2026-11-25 15:00", "2026-11-27 13:00"),
        # Tuesday 13:00: five hours, ten on Wednesday, Thursday off, nine on Friday from 8:00.
        ("minor", "2026-11-24 13:00", "2026-11-27 17:00"),
        # Friday 17:00, the clocks change on Sunday: one hour, three on Monday.
        ("serious", "2026-03-06 17:00", "2026-03-09 11:00"),
        # Thursday 17:00 before the observed Independence Day: one hour, three on Monday the 6th.
        ("serious", "2026-07-02 17:00", "2026-07-06 11:00"),
    ],
)  # fmt: skip
def test_vk12_response_is_due_after_so_many_support_hours(
    desk: Desk, severity: str, filed: str, due: str
) -> None:
    assert desk.due(severity, filed) == due


def test_vk12_a_person_s_acknowledgement_stops_the_response(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 14:00", "acknowledged")]
    response = desk.clocks("serious", *facts, now="2026-11-23 15:00")["response"]
    assert (response.state, response.kept) == (State.STOPPED, True)


def test_vk12_an_automatic_receipt_stops_nothing_for_it_is_no_event(desk: Desk) -> None:
    response = desk.clocks("serious", ("2026-11-23 10:00", "submitted"), now="2026-11-23 14:01")["response"]
    assert response.missed
    assert any("automatic receipt" in assumption for assumption in desk.policy.assumptions)


# VK13


@pytest.mark.parametrize(
    ("severity", "promise", "due"),
    [
        # Acknowledged on Friday 30 October at 10:00; the clocks go back on Sunday 1 November.
        ("critical", "every 24 hours", "2026-10-31 10:00"),
        ("serious", "every 24 hours", "2026-10-31 10:00"),
        ("major", "every 1 week", "2026-11-06 10:00"),
        ("minor", "every 1 month", "2026-11-30 10:00"),
    ],
)  # fmt: skip
def test_vk13_updates_are_due_daily_weekly_or_monthly(
    desk: Desk, severity: str, promise: str, due: str
) -> None:
    facts: list[Fact] = [("2026-10-30 09:00", "submitted"), ("2026-10-30 10:00", "acknowledged")]
    update = desk.clocks(severity, *facts, now="2026-10-30 10:00")["update"]
    assert (str(update.promise), desk.told(update.due_at)) == (promise, due)


def test_vk13_each_update_sets_the_next_and_nights_and_weekends_count(desk: Desk) -> None:
    facts: list[Fact] = [
        ("2026-11-20 09:00", "submitted"),
        ("2026-11-20 10:00", "acknowledged"),
        ("2026-11-21 09:30", "public_reply"),
    ]
    update = desk.clocks("serious", *facts, now="2026-11-21 12:00")["update"]
    assert (desk.told(update.due_at), update.missed_count) == ("2026-11-22 09:30", 0)


# VK14


def test_vk14_a_serious_error_has_a_temporary_resolution_within_48_elapsed_hours(desk: Desk) -> None:
    """Friday 30 October 10:00 to Sunday 1 November 09:00 is 48 hours, since that Sunday has 25 of them."""
    assert desk.due("serious", "2026-10-30 10:00", "workaround") == "2026-11-01 09:00"
    assert desk.due("critical", "2026-11-20 17:00", "workaround") == "2026-11-22 17:00"


def test_vk14_a_major_one_within_30_days_at_the_same_local_time(desk: Desk) -> None:
    assert desk.due("major", "2026-10-15 10:00", "workaround") == "2026-11-14 10:00"


def test_vk14_a_minor_one_when_it_is_agreed(desk: Desk) -> None:
    facts: list[Fact] = [
        ("2026-11-23 10:00", "submitted"),
        ("2026-11-24 10:00", "agreed", ("workaround", "2026-12-15 17:00")),
    ]
    before, after = (
        desk.clocks("minor", *facts, now=now)["workaround"]
        for now in ("2026-11-24 09:59", "2026-11-24 10:00")
    )
    assert (before.state, desk.told(before.due_at)) == (State.UNSCHEDULED, None)
    assert (after.state, desk.told(after.due_at)) == (State.RUNNING, "2026-12-15 17:00")


# VK15


def test_vk15_a_serious_error_is_resolved_within_one_week(desk: Desk) -> None:
    assert desk.due("serious", "2026-10-30 10:00", "resolution") == "2026-11-06 10:00"


def test_vk15_a_major_one_by_the_planned_date_of_the_next_maintenance_release(desk: Desk) -> None:
    facts: list[Fact] = [
        ("2026-11-23 10:00", "submitted"),
        ("2026-11-25 10:00", "release_planned", "2026-12-10 08:00"),
    ]
    before, after = (
        desk.clocks("major", *facts, now=now)["resolution"]
        for now in ("2026-11-24 10:00", "2026-11-26 10:00")
    )
    assert (before.state, str(before.promise)) == (State.UNSCHEDULED, "next maintenance release")
    assert desk.told(after.due_at) == "2026-12-10 08:00"


def test_vk15_a_minor_one_by_the_date_that_is_agreed(desk: Desk) -> None:
    facts: list[Fact] = [
        ("2026-11-23 10:00", "submitted"),
        ("2026-11-25 10:00", "agreed", ("resolution", "2027-01-15 17:00")),
    ]
    assert (
        desk.told(desk.clocks("minor", *facts, now="2026-11-26 10:00")["resolution"].due_at)
        == "2027-01-15 17:00"
    )


def test_vk18_no_clock_pauses_while_the_customer_is_awaited(desk: Desk) -> None:
    facts: list[Fact] = [("2026-11-23 10:00", "submitted"), ("2026-11-23 11:00", "waiting_on_customer")]
    found = desk.clocks("serious", *facts, now="2026-11-23 12:00")
    assert {clock.state for clock in found.values()} == {State.RUNNING}
