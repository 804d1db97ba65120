"""Runs ``manage.py clocks`` within the test."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@dataclass(frozen=True)
class Outcome:
    """What the command printed, and its exit status."""

    text: str
    status: int

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def error(self) -> str:
        """The error of the only line."""
        (answer,) = self.answers
        return str(answer["error"])


ClocksOf = Callable[..., Outcome]


@pytest.fixture
def clocks_of(monkeypatch: pytest.MonkeyPatch) -> ClocksOf:
    """Answers lines (objects, texts or bytes) from the folder of the scenarios."""
    monkeypatch.chdir(SCENARIOS)

    def run(*lines: object, explain: bool = False) -> Outcome:
        given = b"".join(_as_bytes(line) + b"\n" for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        out = io.StringIO()
        try:
            call_command("clocks", explain=explain, stdout=out)
        except SystemExit as end:
            return Outcome(out.getvalue(), int(end.code or 0))
        return Outcome(out.getvalue(), 0)

    return run


def _as_bytes(line: object) -> bytes:
    if isinstance(line, bytes):
        return line
    return line.encode() if isinstance(line, str) else json.dumps(line).encode()


@pytest.fixture
def scenario() -> dict[str, Any]:
    """A P1-like ticket that is due at 10:00 in Los Angeles."""
    return {
        "policy": "policies/harbour.toml",
        "tier": "standard",
        "now": "2026-11-23T17:00:00Z",
        "events": [{"at": "2026-11-20T23:00:00Z", "event": "submitted", "severity": "serious"}],
    }
