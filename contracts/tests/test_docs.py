"""docs/clocks.md is run: every table of worked examples is computed anew and compared cell by cell."""

import importlib.util
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.phrasing import duration
from contracts.sla.clock import Clock, State
from contracts.sla.counting import Counting
from contracts.sla.events import EventKind
from contracts.sla.hours import DailySpan, OpeningHours
from contracts.sla.promises import read_length
from contracts.tests.desks import Desk, Fact
from contracts.tests.sla.tickets import HOURS, MONDAY, Happening, hours, terms, told

PAGE = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text(encoding="utf-8")
TABLE = re.compile(r"(?:<!-- ([^>]+) -->\n)?((?:\|.*\|\n)+)")
Row = list[str]


def tables() -> dict[str, list[Row]]:
    """The tables that are marked to be run, by what the mark says, without their heads."""
    found = {
        mark.removeprefix("table: "): cells(text)
        for mark, text in TABLE.findall(PAGE)
        if mark.startswith("table")
    }
    return {mark: rows[2:] for mark, rows in found.items()}


def cells(text: str) -> list[Row]:
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def length(text: str) -> timedelta:
    return hours(float(text.removesuffix(" h")))


# How each table is computed: from the arguments of its mark and a row, the row as it should be.


def stretches(row: Row, slug: str, first: str) -> Row:
    desk = Desk(slug)
    start = desk.hours.next_opening(desk.at(row[0]))
    end = desk.hours.open_intervals(start, start + timedelta(days=1))[0].end
    total = desk.hours.elapsed(desk.at(first), end)
    return [str(desk.told(start)), str(desk.told(end)), duration(total)]


def add(row: Row, slug: str, first: str) -> Row:
    desk = Desk(slug)
    start, position = desk.at(row[0]), desk.hours.elapsed(desk.at(first), desk.at(row[0]))
    told_position = duration(position) if position else "0 h"
    due = desk.told(desk.hours.add(start, length(row[1])))
    return [row[0], row[1], told_position, duration(position + length(row[1])), str(due)]


def sundays(row: Row, zone: str, span: str) -> Row:
    start, end = (time.fromisoformat(part).hour * 60 for part in span.split("-"))
    desk = OpeningHours(ZoneInfo(zone), (*[()] * 6, (DailySpan(start, end),)), lambda _year: {})
    midnight = wall(row[0])
    return [
        row[0],
        duration(desk.elapsed(desk.at_local(midnight), desk.at_local(midnight + timedelta(days=1)))),
    ]


def lengths(row: Row) -> Row:
    desk = OpeningHours(ZoneInfo(row[0]), HOURS.week, lambda _year: {})
    due = Counting(desk, timedelta(hours=8)).due(desk.at_local(wall(row[1])), read_length(row[2]), [])
    return [*row[:3], f"{desk.local(due):%Y-%m-%d %H:%M}"]


def pauses(row: Row) -> Row:
    since, until = (((wall(text).replace(tzinfo=MONDAY.tzinfo) - MONDAY) / hours(1)) for text in row[1:3])
    events: list[Happening] = [
        (0, "submitted", "A"),
        (since, "waiting_on_customer"),
        (until, "customer_replied"),
    ]
    found = told(*events, at=until, under=terms({"A": (None, None, row[0], None)}))
    return [*row[:3], f"{found['workaround'].due_at:%Y-%m-%d %H:%M}"]


def story(row: Row, slug: str, severity: str) -> Row:
    desk, until = Desk(slug), [other for other in tables()[f"story {slug} {severity}"] if other[0] <= row[0]]
    facts: list[Fact] = [(other[0], other[1]) for other in until]
    found = desk.clocks(severity, *facts, now=row[0])
    return [
        *row[:2],
        *[_standing(desk, found.get(name)) for name in ("response", "update", "workaround", "resolution")],
    ]


def _standing(desk: Desk, clock: Clock | None) -> str:
    if clock is None:
        return "none"
    words = [clock.state.value, *(["missed"] if clock.missed else []), *(["kept"] if clock.kept else [])]
    return ", ".join([*words, *([f"due {desk.told(clock.due_at)}"] if clock.state is State.RUNNING else [])])


def severity(row: Row, slug: str, day: str) -> Row:
    desk = Desk(slug)
    changes = [change.split() for change in row[1].split(", ") if change]
    facts: list[Fact] = [(f"{day} {at}", EventKind.SEVERITY_CHANGED, code) for at, code in changes]
    response = desk.clocks(row[0], (f"{day} 08:00", "submitted"), *facts, now=f"{day} 13:00")["response"]
    return [row[0], row[1], str(response.promise), str(desk.told(response.due_at))]


COMPUTED: dict[str, Callable[..., Row]] = {
    "stretches": stretches, "add": add, "sundays": sundays, "lengths": lengths, "pauses": pauses, "story": story,
    "severity": severity,
}  # fmt: skip


@pytest.mark.parametrize(("mark", "row"), [(mark, row) for mark, rows in tables().items() for row in rows])
def test_a_row_of_an_example_is_what_is_computed(mark: str, row: Row) -> None:
    kind, *arguments = mark.split()
    assert COMPUTED[kind](row, *arguments) == row


def test_every_kind_of_example_is_on_the_page() -> None:
    assert [mark.split()[0] for mark in tables()] == list(COMPUTED)


def test_the_stretches_of_the_example_follow_one_another() -> None:
    desk, rows = Desk("atheer"), tables()["stretches atheer 2026-11-25"]
    found = desk.hours.open_intervals(desk.at(rows[0][0]), desk.at(rows[-1][1]))
    assert [[desk.told(start), desk.told(end)] for start, end in found] == [row[:2] for row in rows]


def test_the_only_tables_that_are_not_run_are_modules_and_figures() -> None:
    heads = [cells(text)[0][0] for mark, text in TABLE.findall(PAGE) if not mark.startswith("table")]
    assert heads == ["module", "add", "elapsed"]


def test_the_modules_and_the_benchmark_named_on_the_page_are_there() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"`((?:contracts|benchmarks)/[\w/.]+\.py)`", PAGE)
    assert len(named) >= 6
    assert all((root / name).is_file() for name in named)
    assert importlib.util.find_spec("benchmarks.hours")
