"""The house of design.md: imports go down only, nested ones and dotted strings included.

contracts ← knowledgebase ← tickets ← portal; within an app models ← access, transitions, notifications ← services ←
views, forms, admin, tasks, mail, commands. A module with another name stands where the highest of those that it
imports, however indirectly, stands. Tests may use the whole house.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("contracts", "knowledgebase", "tickets", "portal")
STOREYS = (
    {"models"},
    {"access", "transitions", "notifications"},
    {"services"},
    {"views", "forms", "admin", "tasks", "mail", "management"},
)
DOTTED = re.compile(rf"({'|'.join(APPS)})(\.[A-Za-z_]\w*)+")


House = dict[str, ast.Module]
Graph = dict[str, set[str]]


@cache
def house() -> House:
    """Every module by its dotted name, but tests and migrations."""
    found = {}
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            if not {"tests", "migrations"} & set(parts):
                name = ".".join(parts) if parts[-1] != "__init__" else ".".join(parts[:-1]) + ".__init__"
                found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


def named(name: str, tree: ast.Module) -> Iterator[str]:
    """Every dotted name that the source of a module imports or holds as a string."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module, aliases, level):
                above = name.split(".")[:-level] if level else []
                yield from (".".join([*above, *filter(None, [module]), alias.name]) for alias in aliases)
            case ast.Constant(str(text)) if DOTTED.fullmatch(text):
                yield text


def floor(name: str) -> int | None:
    """The app's place from the ground; ``None`` for what is not of the house."""
    app = name.partition(".")[0]
    return APPS.index(app) if app in APPS else None


def storey(name: str) -> int | None:
    """The place within its app that a module's name gives it: the first part that is one, so that of its package."""
    places = [place for part in name.split(".")[1:] for place, words in enumerate(STOREYS) if part in words]
    return places[0] if places else None


def upward(name: str, tree: ast.Module) -> list[str]:
    """What a module names of a floor above its own."""
    own = floor(name) or 0
    return sorted({other for other in named(name, tree) if (floor(other) or 0) > own})


def graph(modules: House) -> Graph:
    """Which modules of its own app each module names."""
    return {
        name: {
            place
            for other in named(name, tree)
            if floor(other) == floor(name)
            for place in _places(other, modules)
        }
        for name, tree in modules.items()
    }


def climbs(name: str, ways: Graph) -> list[str]:
    """Ways from a module, over modules without a storey of their own, to one of a higher storey."""
    own, paths, seen, found = storey(name) or 0, [[name]], {name}, []
    while paths:
        path = paths.pop()
        for other in sorted(ways[path[-1]] - seen):
            seen.add(other)
            if (place := storey(other)) is None:
                paths.append([*path, other])
            elif place > own:
                found.append(" → ".join([*path, other]))
    return found


def _places(name: str, modules: House) -> list[str]:
    """The module that a dotted name lies in; of a package that is its ``__init__``."""
    parts = name.split(".")
    starts = [".".join(parts[:end]) for end in range(len(parts), 1, -1)]
    return [place for start in starts for place in (start, f"{start}.__init__") if place in modules][:1]


WAYS = graph(house())
PLACED = sorted(name for name in house() if storey(name) is not None)


def test_the_house_is_where_this_test_looks() -> None:
    assert {"contracts.sla.hours", "contracts.models.__init__", "portal.settings", "portal.urls"} <= set(
        house()
    )
    assert "contracts.sla.hours" in WAYS["contracts.policy"]


# One test for all of them: as many tests as modules took longer to hand out than to run.
def test_a_module_names_nothing_of_a_floor_above_its_own() -> None:
    found = {name: upward(name, source) for name, source in house().items()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_within_an_app_a_module_reaches_nothing_of_a_higher_storey() -> None:
    found = {name: climbs(name, WAYS) for name in PLACED}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import tickets.models",
        "import portal",
        "from tickets import models",
        "def f():\n    from tickets.services.filing import file_ticket",
        "if TYPE_CHECKING:\n    from portal.home import Home",
        "import_module('tickets.models')",
        "models.ForeignKey('tickets.Ticket')",
        "async_task('portal.tasks.send')",
    ],
)
def test_a_name_of_a_higher_floor_is_found(source: str) -> None:
    assert upward("contracts.outbox.delivery", ast.parse(source))
    assert not upward("portal.jobs", ast.parse(source))


@pytest.mark.parametrize(
    ("low", "source"),
    [
        ("tickets.models.ticket", "from tickets.services import filing"),
        ("tickets.models.ticket", "from tickets.access import visible"),
        ("tickets.models.ticket", "from ..services.filing import file_ticket"),
        ("tickets.access", "from .services import filing"),
        ("tickets.services.filing", "def f():\n    from tickets.views.lists import page"),
        ("tickets.services.filing", "async_task('tickets.tasks.send')"),
        ("tickets.services.filing", "import tickets.between"),
    ],
)
def test_a_way_to_a_higher_storey_is_found(low: str, source: str) -> None:
    others = ["access", "services.filing", "services.__init__", "views.lists", "tasks", "between", "forms"]
    modules = {
        f"tickets.{other}": ast.parse("from tickets.forms import F" * (other == "between"))
        for other in others
    }
    assert climbs(low, graph({**modules, low: ast.parse(source)}))
