"""Writes ``made_scenarios.jsonl`` anew (some minutes): python -m contracts.tests.sla.make_scenarios

The reference lives through every minute, which takes it half a second a scenario; so its answers are kept in a file
for the daily run, and asked for anew by the deep one.
"""

import json
from pathlib import Path
from typing import Any

from contracts.tests.reference.clocks_by_the_minute import answer_under
from contracts.tests.reference.scenario_maker import make

MADE = Path(__file__).with_name("made_scenarios.jsonl")
SEEDS = range(160)


def made(seed: int) -> dict[str, Any]:
    """A policy, a scenario under it, and the reference's answer."""
    policy, scenario = make(seed)
    return {"seed": seed, "policy": policy, "scenario": scenario, **answer_under(policy, scenario)}


if __name__ == "__main__":
    MADE.write_text(
        "".join(json.dumps(made(seed), ensure_ascii=False) + "\n" for seed in SEEDS), encoding="utf-8"
    )
