"""The 300 scenarios that came with policy-format.md: every key of every expected clock, exactly."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.scenarios import Scenario, as_json

FOLDER = Path(__file__).parents[1] / "scenarios"
SCENARIOS = (FOLDER / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()
EXPECTED = [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def read(path: str) -> Policy:
    return read_policy((FOLDER / path).read_text(encoding="utf-8"))


def test_there_are_300_of_them() -> None:
    assert len(SCENARIOS) == len(EXPECTED) == 300


@pytest.mark.parametrize("number", range(1, 301))
def test_a_scenario_gives_the_expected_clocks(number: int) -> None:
    expected: list[dict[str, Any]] = EXPECTED[number - 1]["clocks"]
    found = [as_json(clock) for clock in Scenario(SCENARIOS[number - 1], read).clocks()]
    assert len(found) == len(expected)
    for clock, wanted in zip(found, expected, strict=True):
        assert {key: clock[key] for key in wanted} == wanted
