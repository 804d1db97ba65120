"""``manage.py clocks --explain`` says to people when each clock is due, and why then."""

from typing import Any

import pytest

from contracts.tests.commands.conftest import ClocksOf

Line = dict[str, Any]


@pytest.fixture
def told(clocks_of: ClocksOf, scenario: Line) -> str:
    """Thanksgiving week: a pause over Monday noon, a closure on Tuesday morning, a holiday on Thursday."""
    scenario["now"] = "2026-11-25T00:00:00Z"
    scenario["closures"] = [{"from": "2026-11-24T08:00", "to": "2026-11-24T09:00", "reason": "a storm"}]
    scenario["events"][0]["severity"] = "minor"
    scenario["events"] += [
        {"at": "2026-11-23T20:00:00Z", "event": "waiting_on_customer"},
        {"at": "2026-11-23T21:00:00Z", "event": "customer_replied"},
    ]
    return clocks_of(scenario, explain=True).text


@pytest.mark.parametrize(
    "line",
    [
        "Harbour systems support, tier standard, as it stands on Tue 24 Nov 2026 16:00 PST (Wed 25 Nov 2026 00:00 UTC)",
        "RESPONSE: within 24 business hours: running",
        "  started      Fri 20 Nov 2026 15:00 PST (23:00 UTC)",
        "  due          Wed 25 Nov 2026 10:00 PST (18:00 UTC)",
        "  time left    4 h of support hours",
        "  Why then? the promise for minor, counted from Fri 20 Nov 2026 15:00 PST (23:00 UTC)",
        "  + Fri 20 Nov 2026 15:00 to 18:00  3 h  counted",
        "    Fri 20 Nov 2026 18:00 to Sat 21 Nov 2026 00:00  6 h  not counted: outside support hours",
        "    Sat 21 Nov 2026 00:00 to Mon 23 Nov 2026 00:00  48 h  not counted: weekend",
        "    Tue 24 Nov 2026 08:00 to 09:00  1 h  not counted: a storm",
        "    24 h counted",
        "RESOLUTION: as mutually agreed: unscheduled",
    ],
)  # fmt: skip
def test_a_running_clock_is_told_line_by_line(told: str, line: str) -> None:
    assert line in told.splitlines()


def test_a_holiday_is_told_by_name(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"][0] |= {"at": "2026-11-26T01:00:00Z"}
    text = clocks_of({**scenario, "now": "2026-11-26T01:00:00Z"}, explain=True).text
    assert "Thu 26 Nov 2026 00:00 to Fri 27 Nov 2026 00:00  24 h  not counted: Thanksgiving Day" in text


@pytest.fixture
def waiting(scenario: Line) -> Line:
    """A serious ticket on which the customer is awaited from Saturday noon to Sunday noon."""
    scenario["events"] += [{"at": "2026-11-21T20:00:00Z", "event": "waiting_on_customer"}]
    return scenario


def test_a_paused_clock_has_time_left_and_no_due_date(clocks_of: ClocksOf, waiting: Line) -> None:
    _, _, workaround, _ = clocks_of(waiting, explain=True).text.split("\n\n", 3)
    assert "WORKAROUND: within 48 hours: paused" in workaround
    assert "  due " not in workaround
    assert "  paused since Sat 21 Nov 2026 12:00 PST (20:00 UTC)" in workaround
    assert "  time left    27 h" in workaround
    assert "    21 h counted, of 48 h" in workaround


def test_a_pause_moves_a_date_and_says_so(clocks_of: ClocksOf, waiting: Line) -> None:
    waiting["events"] += [{"at": "2026-11-22T20:00:00Z", "event": "customer_replied"}]
    text = clocks_of(waiting, explain=True).text
    assert "    the same local time 1 week later: Fri 27 Nov 2026 15:00 PST (23:00 UTC)" in text
    assert (
        "Sat 21 Nov 2026 12:00 to Sun 22 Nov 2026 12:00  24 h  not counted: waiting on the customer" in text
    )
    assert "    so 24 h later" in text


def test_a_missed_clock_says_since_when(clocks_of: ClocksOf, scenario: Line) -> None:
    text = clocks_of({**scenario, "now": "2026-11-23T18:30:00Z"}, explain=True).text
    assert "RESPONSE: within 4 business hours: running, missed" in text
    assert "  missed at    Mon 23 Nov 2026 09:00 PST (17:00 UTC)" in text
    assert "  overdue by   1 h 30 min of support hours" in text


def test_a_clock_stopped_in_time_is_kept(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"] += [{"at": "2026-11-23T17:00:00Z", "event": "acknowledged"}]
    text = clocks_of(scenario, explain=True).text
    assert "RESPONSE: within 4 business hours: stopped, kept" in text
    assert "  stopped      Mon 23 Nov 2026 09:00 PST (17:00 UTC)" in text


def test_a_void_clock_says_no_more(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"] += [{"at": "2026-11-21T00:00:00Z", "event": "excluded", "code": "a"}]
    text = clocks_of(scenario, explain=True).text
    assert "RESPONSE: within 4 business hours: void" in text
    assert "Why then?" not in text


def test_a_ticket_of_tomorrow_has_no_clock(clocks_of: ClocksOf, scenario: Line) -> None:
    assert (
        "No clock has started." in clocks_of({**scenario, "now": "2026-11-20T00:00:00Z"}, explain=True).text
    )


def test_a_bad_line_is_told_and_the_others_are_answered(clocks_of: ClocksOf, scenario: Line) -> None:
    outcome = clocks_of("[]", scenario, explain=True)
    assert outcome.text.startswith("Error: a scenario is a JSON object\n\nHarbour systems support")
    assert outcome.status == 1


def test_the_faults_of_a_policy_stand_on_lines_of_their_own(clocks_of: ClocksOf, scenario: Line) -> None:
    text = clocks_of({**scenario, "policy": "scenarios.jsonl"}, explain=True).text
    assert text.startswith(
        "Error: the policy scenarios.jsonl breaks the format: (file): found text that is not TOML"
    )


def test_nothing_printed_can_command_a_terminal(clocks_of: ClocksOf, scenario: Line) -> None:
    closure = {"from": "2026-11-23T08:00", "to": "2026-11-23T09:00", "reason": "\x1b[2J\ud800"}
    text = clocks_of({**scenario, "closures": [closure]}, explain=True).text
    assert "not counted: \ufffd[2J\ufffd" in text
    assert "\x1b" not in text
