"""The 300 scenarios that came with policy-format.md: every key of every expected clock, exactly."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.scenarios import Scenario, as_json

FOLDER = Path(__file__).parents[1] / "scenarios"
SCENARIOS = (FOLDER / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()
EXPECTED = [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def read(path: str) -> Policy:
    return read_policy((FOLDER / path).read_text(encoding="utf-8"))


def test_there_are_300_of_them() -> None:
    assert len(SCENARIOS) == len(EXPECTED) == 300


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_a_scenario_gives_the_expected_clocks(first: int) -> None:
    """Fifty of them: as many tests as scenarios took longer to hand out than to run."""
    wrong = {}
    for number in range(first, first + 50):
        expected: list[dict[str, Any]] = EXPECTED[number]["clocks"]
        clocks = [as_json(clock) for clock in Scenario(SCENARIOS[number], read).clocks()]
        found = [{key: clock[key] for key in wanted} for clock, wanted in zip(clocks, expected, strict=False)]
        if found != expected or len(clocks) != len(expected):
            wrong[number + 1] = (found, expected)
    assert wrong == {}
