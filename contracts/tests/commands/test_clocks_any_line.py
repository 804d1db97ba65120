"""Whatever a line says, it is answered or refused in words: no other exception leaves a scenario."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.scenario_text import for_people
from contracts.scenarios import BadScenario, Scenario, as_json
from contracts.tests.commands.conftest import SCENARIOS

LINES = [json.loads(line) for line in (SCENARIOS / "scenarios.jsonl").read_text().splitlines()]

strange_times = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "0003-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-03-29T01:30:00+00:00",
        "2026-01-01T00:00:00",
        "2026-06-01T00:00:00.000001-23:59",
        "2200-01-01T00:00:00Z",
        "1883-11-18T12:00:00Z",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | strange_times
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)
events = st.sampled_from(sorted({event["event"] for line in LINES for event in line["events"]}))


def read(path: str) -> Policy:
    return read_policy((SCENARIOS / Path(path)).read_text())


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [place for key, inner in items for place in [(value, key), *places(inner)]]


@st.composite
def spoilt_lines(draw: st.DrawFn) -> str:
    """One of the 300 scenarios with up to three values replaced."""
    line = copy.deepcopy(draw(st.sampled_from(LINES)))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(line)))
        container[key] = draw(values | strange_times | events)
    return json.dumps(line)


@given(spoilt_lines())
def test_a_spoilt_line_is_answered_or_refused_in_words(line: str) -> None:
    with contextlib.suppress(BadScenario):
        scenario = Scenario(line, read)
        json.dumps([as_json(clock) for clock in scenario.clocks()])
        assert for_people(scenario)
