"""
How often the tests of endurance try: once here and in CI, ENDURE times as often in `make endure`.

A plug-in of the root ``conftest.py``. What is drawn at random follows from SEED, which each figure names.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.db import connection

TIMES = int(os.environ.get("ENDURE", "1"))
FULL = 50
SEED = int(os.environ.get("SEED", "1"))


class Endurance:
    """The number and the seed of one figure, and its line in the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seed = SEED
        self.started = time.monotonic()

    def number(self, full: int) -> int:
        """How many to try, of which ``make endure`` tries ``full``."""
        return max(1, full * TIMES // FULL)

    def report(self, number: int, what: str, faults: Iterable[str], **seen: object) -> None:
        """Prints the figure, keeps it for ``make endure``, and fails if there was a fault."""
        found = list(faults)
        besides = "".join(f", {name} {value}" for name, value in seen.items())
        seconds = time.monotonic() - self.started
        line = (
            f"{self.name}: {len(found)} faults in {number} {what}{besides}"
            f" (seed {self.seed}, {connection.vendor}, {seconds:.0f} s)"
        )
        print(f"\n{line}")  # noqa: T201 -- the figure is what this is for
        if path := os.environ.get("ENDURE_FIGURES"):
            with Path(path).open("a") as figures:
                figures.write(f"{line}\n")
        assert not found, "\n".join([line, *found[:20]])


@pytest.fixture
def endurance(request: pytest.FixtureRequest) -> Endurance:
    """The figure that this test is about, named after it."""
    return Endurance(request.node.name.removeprefix("test_").replace("_", " "))
