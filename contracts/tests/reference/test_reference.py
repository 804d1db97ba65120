"""The slow reference answers all 300 scenarios that came with the specification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .clocks_by_the_minute import answer

SCENARIOS = Path(__file__).parent.parent / "scenarios"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SCENARIOS / name).read_text(encoding="utf-8").splitlines()]


PAIRS = list(zip(lines("scenarios.jsonl"), lines("expected.jsonl"), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_the_reference_gives_the_expected_clocks(number: int) -> None:
    scenario, expected = PAIRS[number]
    given = answer(scenario, SCENARIOS)["clocks"]
    assert [clock["clock"] for clock in given] == [clock["clock"] for clock in expected["clocks"]]
    for wanted, clock in zip(expected["clocks"], given, strict=True):
        compared = {key: clock[key] for key in wanted}
        assert compared == wanted, f"line {number + 1}, {wanted['clock']}: {json.dumps(scenario)}"
