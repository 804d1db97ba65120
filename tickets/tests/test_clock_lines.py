"""Stored clocks in lists."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.clock_lines import ClockLine, line, nearest
from tickets.standing import Standing
from tickets.tests.clock_stories import at

DUE, WARN = at("2026-11-24 17:00"), at("2026-11-24 16:00")


@dataclass
class Row:
    """A stored clock without its database."""

    state: str = "running"
    due_at: datetime | None = DUE
    warn_at: datetime | None = WARN
    missed_at: datetime | None = None
    promise: str = "within 4 business hours"
    name: str = "response"


def told(row: Row, now: str) -> ClockLine:
    return line(row, reader_zone=ZoneInfo("Europe/Berlin"), at=at(now))


@pytest.mark.parametrize(
    ("now", "standing", "rest"),
    [
        ("2026-11-24 15:59", Standing.ON_TIME, "due Tue 24 Nov, 18:00 CET"),
        ("2026-11-24 16:00", Standing.DUE_SOON, "due Tue 24 Nov, 18:00 CET"),
        ("2026-11-24 17:00", Standing.DUE_SOON, "due Tue 24 Nov, 18:00 CET"),
        ("2026-11-24 17:00:01", Standing.OVERDUE, "since Tue 24 Nov, 18:00 CET"),
    ],
)
def test_a_running_clock_is_judged_when_it_is_looked_at(now: str, standing: Standing, rest: str) -> None:
    assert (told(Row(), now).standing, told(Row(), now).rest) == (standing, rest)


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (Row("paused", None), Standing.PAUSED),
        (Row("void", None), Standing.VOID),
        (Row("void", None, missed_at=DUE), Standing.MISSED),
        (Row("stopped"), Standing.KEPT),
        (Row("stopped", missed_at=DUE), Standing.MISSED),
        (Row("stopped", None), Standing.DONE),
        (Row("unscheduled", None, promise="best effort"), Standing.BEST_EFFORT),
        (Row("unscheduled", None, promise="as mutually agreed"), Standing.WAITING),
        (Row("running", warn_at=None, promise="as mutually agreed"), Standing.AGREED),
    ],
)
def test_every_state_has_its_word(row: Row, standing: Standing) -> None:
    assert told(row, "2026-11-24 12:00").standing is standing


def test_a_list_shows_what_is_due_first() -> None:
    later, paused, kept = Row(due_at=at("2026-11-25 17:00")), Row("paused", None), Row("stopped")
    assert nearest([kept, paused, later, first := Row()]) is first
    assert nearest([kept, paused]) is paused
    assert nearest([kept]) is None
