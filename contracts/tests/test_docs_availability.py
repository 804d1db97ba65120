"""docs/availability.md is run: every table of worked examples is computed anew and compared cell by cell."""

import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.sla.availability import Availability, rounded_down
from contracts.sla.unavailability import Outage, Verdict, Work
from contracts.tests.sla.downtime import Place, minutes
from contracts.tests.test_docs import TABLE, Row, cells

PAGE = (Path(__file__).parents[2] / "docs" / "availability.md").read_text(encoding="utf-8")
TABLES = [
    (mark.removeprefix("table: "), cells(text)[2:])
    for mark, text in TABLE.findall(PAGE)
    if mark.startswith("table: ")
]
BERLIN, MONTH = Place(), "2026-03"
FACT = re.compile(r"(outage|work) (\d[\d :-]*\d)(?: to (\d[\d :-]*\d))?(?: ([a-z-]+))?((?:, .+)?)")
WORK_FACTS = {"began": "began", "finished": "finished", "cancelled": "cancelled_at"}


def wall(text: str) -> str:
    """A time like "02 10:00" is in March, one like "03-31 23:00" in 2026."""
    return f"2026-{text}" if len(text) == len("03-31 23:00") else f"{MONTH}-{text}"


def read(text: str, *components: str) -> Outage | Work:
    """What happened, from words such as "work 02 02:00 to 02 04:00, began 02 02:10"."""
    found = FACT.fullmatch(text)
    assert found, text
    kind, start, end, cause, rest = found.groups()
    if kind == "outage":
        return BERLIN.outage(wall(start), wall(end) if end else None, cause, *components)
    facts: dict[str, str | bool] = {}
    for said in rest.split(", ")[1:]:
        word, value = said.split(" ", 1)
        facts |= {value: False} if word == "not" else {WORK_FACTS[word]: wall(value)}
    if "interrupting" in facts:
        facts["interrupts"] = facts.pop("interrupting")
    return BERLIN.work(wall(start), wall(end), *components, **facts)


def months(row: Row) -> Row:
    first_day, last_day = row[2].split(" to ")
    place = Place(row[0], first_day=first_day, last_day=None if last_day == "…" else last_day)
    found = place.maybe(row[1])
    return [*row[:3], f"{minutes(found.total):g}" if found else "no figure"]


def figures(row: Row, month: str) -> Row:
    found = BERLIN.month(month, *[read(fact) for fact in row[0].split("; ")])
    excluded = minutes(found.unavailable - found.downtime)
    return [row[0], f"{excluded:g}", f"{minutes(found.downtime):g}", rounded_down(found.percent, 3)]


def seen(row: Row) -> Row:
    found = BERLIN.maybe(row[1], read(row[0]), at=row[2])
    if not found:
        return [*row[:3], "no figure", ""]
    return [*row[:3], f"{minutes(found.downtime):g}", "yes" if found.provisional else "no"]


def story() -> Availability:
    happened = [read(text, *names.split(", ")) for names, text in dict(TABLES)["happened"]]
    return BERLIN.month(MONTH, *happened, components=("api", "web"))


def sums(row: Row) -> Row:
    found = story() if row[0] == "the service" else story().components[row[0]]
    lengths = [
        found.total,
        found.unavailable,
        found.unavailable - found.downtime,
        found.over_limit,
        found.downtime,
    ]
    told = [f"{minutes(length):.0f}" for length in lengths]
    return [row[0], *told, rounded_down(found.percent, 3), "yes" if found.met else "no"]


COMPUTED: dict[str, Callable[..., Row]] = {"months": months, "figures": figures, "seen": seen, "sums": sums}


@pytest.mark.parametrize(
    ("mark", "row"), [(mark, row) for mark, rows in TABLES for row in rows if mark.split()[0] in COMPUTED]
)
def test_a_row_of_an_example_is_what_is_computed(mark: str, row: Row) -> None:
    kind, *arguments = mark.split()
    assert COMPUTED[kind](row, *arguments) == row


def test_the_pieces_of_the_story_are_those_of_the_page() -> None:
    zone = ZoneInfo(BERLIN.zone)
    told = [
        [
            f"{piece.start.astimezone(zone):%d %H:%M}",
            f"{piece.end.astimezone(zone):%d %H:%M}",
            piece.component,
            f"excluded: {piece.cause}" if piece.verdict is Verdict.EXCLUDED else piece.verdict.value,
            f"{minutes(piece.end - piece.start):g}",
        ]
        for piece in story().pieces
    ]
    assert told == dict(TABLES)["pieces"]


def test_the_limit_that_the_story_leaves_is_as_the_page_says() -> None:
    works = [
        read(text, *names.split(", ")) for names, text in dict(TABLES)["happened"] if text.startswith("work")
    ]
    planned = [work for work in works if isinstance(work, Work)]
    left = [BERLIN.left(MONTH, *some, components=("api", "web")) for some in (planned, planned[:1])]
    assert [minutes(length) for length in left if length is not None] == [0, 240]


def test_every_kind_of_example_is_on_the_page() -> None:
    assert {mark.split()[0] for mark, _ in TABLES} == {*COMPUTED, "happened", "pieces"}


def test_every_verdict_is_explained_on_the_page() -> None:
    explained = next(cells(text)[2:] for _, text in TABLE.findall(PAGE) if text.startswith("| verdict"))
    assert [row[0] for row in explained] == [verdict.value for verdict in Verdict]


def test_the_modules_named_on_the_page_are_there() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"`((?:contracts|benchmarks)/[\w/.]+\.py)`", PAGE)
    assert len(named) >= 6
    assert all((root / name).is_file() for name in named)
