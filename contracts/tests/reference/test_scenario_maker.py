"""The maker keeps its word: the same seed gives the same pair, and what it tells is legal."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest

from .clocks_by_the_minute import answer_under
from .open_minutes import read_instant
from .scenario_maker import make

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_makes_the_same(seed: int) -> None:
    assert make(seed) == make(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_names_what_its_policy_has(seed: int) -> None:
    text, scenario = make(seed)
    policy = tomllib.loads(text)
    named = {event["severity"] for event in scenario["events"] if "severity" in event}
    assert named <= {severity["code"] for severity in policy["severities"]}
    assert scenario["tier"] in {tier["code"] for tier in policy["tiers"]}


@pytest.mark.parametrize("seed", SEEDS)
def test_events_are_in_strict_order_and_begin_with_the_submission(seed: int) -> None:
    events = make(seed)[1]["events"]
    instants = [read_instant(event["at"]) for event in events]
    assert all(before < after for before, after in pairwise(instants))
    assert [event["event"] for event in events].index("submitted") == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_resolved_ticket_knows_only_the_awaited_reply_and_reopening(seed: int) -> None:
    resolved = False
    for event in make(seed)[1]["events"]:
        assert not resolved or event["event"] in ("customer_replied", "reopened")
        resolved = event["event"] == "resolved" or (resolved and event["event"] != "reopened")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_answers_for_every_clock_that_is_kept(seed: int) -> None:
    for clock in answer_under(*make(seed))["clocks"]:
        assert clock["missed"] == (clock["missed_at"] is not None)
        assert (clock["remaining_seconds"] is not None) == (clock["state"] in ("running", "paused"))
