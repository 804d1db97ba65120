"""The core stands alone: ``contracts.sla`` imports the standard library and itself, and never asks for the time."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "sla"
FILES = sorted(CORE.rglob("*.py"))
# What would tell the time, the zone or the settings of the machine that the core happens to run on.
CLOCKS = {
    "now",
    "utcnow",
    "today",
    "time_ns",
    "monotonic",
    "perf_counter",
    "localtime",
    "gmtime",
    "getenv",
    "environ",
}
CLOCK_MODULES = {"time", "os", "locale", "platform", "random", "secrets", "uuid"}
DYNAMIC = {"__import__", "import_module", "eval", "exec"}


def faults(source: str) -> list[str]:
    """What a module of the core may not do, each with its words."""
    found = []
    for node in ast.walk(ast.parse(source)):
        found += [f"{ast.unparse(node)}: imports {name}" for name in _imported(node) if not _may_import(name)]
        found += [f"{ast.unparse(node)}: uses {name}" for name in _used(node) if name in CLOCKS | DYNAMIC]
    return found


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module, _, level):
            yield "a relative path" if level else module or ""


def _used(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(_, name) | ast.Name(name) | ast.Constant(str(name)):
            yield name
        case ast.ImportFrom(_, names):
            yield from (alias.name for alias in names)


def _may_import(name: str) -> bool:
    root = name.partition(".")[0]
    inside = name == "contracts.sla" or name.startswith("contracts.sla.")
    return inside or (root in sys.stdlib_module_names and root not in CLOCK_MODULES)


def test_the_core_is_where_this_test_looks() -> None:
    assert {"hours.py", "promises.py", "clocks.py", "intervals.py"} <= {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_module_of_the_core_imports_nothing_else_and_never_asks_for_the_time(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import django",
        "import holidays.countries",
        "from contracts.policy import Policy",
        "from contracts import policy",
        "from . import hours",
        "def f():\n    import requests",
        "import time",
        "from time import monotonic",
        "import importlib\nimportlib.import_module('django')",
        "__import__('django')",
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime as d\nd.utcnow()",
        "import datetime\nx = datetime.date.today",
        "getattr(datetime, 'now')()",
        "from os import environ",
    ],
)
def test_what_the_core_may_not_do_is_found(source: str) -> None:
    assert faults(source)
