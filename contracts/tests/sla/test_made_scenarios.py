"""The clocks against the slow reference, on scenarios over other policies, zones and years: every key, exactly."""

import json
import os
from typing import Any

import pytest

from contracts.policy_file import read_policy
from contracts.scenarios import Scenario, as_json
from contracts.tests.sla.make_scenarios import MADE, SEEDS, made

KEPT = [json.loads(line) for line in MADE.read_text(encoding="utf-8").splitlines()]
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
FRESH = range(1_000_000, 1_000_000 + (3000 if DEEP else 3))


def answered(case: dict[str, Any]) -> list[dict[str, Any]]:
    scenario = Scenario(json.dumps(case["scenario"]), lambda _path: read_policy(case["policy"]))
    return [as_json(clock) for clock in scenario.clocks()]


def test_the_kept_ones_are_there() -> None:
    assert [case["seed"] for case in KEPT] == list(SEEDS)


def test_a_kept_scenario_gives_what_the_reference_said() -> None:
    wrong = {seed: found for seed in SEEDS if (found := answered(KEPT[seed])) != KEPT[seed]["clocks"]}
    assert wrong == {}


@pytest.mark.parametrize("seed", FRESH)
def test_a_fresh_scenario_gives_what_the_reference_says(seed: int) -> None:
    case = made(seed)
    assert answered(case) == case["clocks"]
