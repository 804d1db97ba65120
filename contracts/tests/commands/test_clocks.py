"""``manage.py clocks`` answers every line, and a bad one with its error."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from contracts.tests.commands.conftest import SCENARIOS, ClocksOf

MANAGE = Path(__file__).parents[3] / "manage.py"
Line = dict[str, Any]


def run(given: bytes, *options: str, **kwargs: Any) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    command = [sys.executable, str(MANAGE), "clocks", *options]
    return subprocess.run(command, input=given, capture_output=True, cwd=SCENARIOS, check=False, **kwargs)


def changed(scenario: Line, **changes: object) -> Line:
    return {**scenario, **changes}


def with_event(scenario: Line, **event: object) -> Line:
    return {**scenario, "events": [*scenario["events"], event]}


# Answers


def test_a_line_is_answered_with_the_clocks_of_its_ticket(clocks_of: ClocksOf, scenario: Line) -> None:
    outcome = clocks_of(scenario)
    (answer,) = outcome.answers
    assert [clock["clock"] for clock in answer["clocks"]] == ["response", "workaround", "resolution"]
    assert answer["clocks"][0]["due_at"] == "2026-11-23T17:00:00Z"
    assert outcome.status == 0


def test_a_clock_has_the_keys_of_the_contract_in_their_order(clocks_of: ClocksOf, scenario: Line) -> None:
    (answer,) = clocks_of(scenario).answers
    assert list(answer["clocks"][0]) == [
        "clock", "promise", "state", "missed", "missed_at", "started_at", "due_at", "stopped_at",
        "remaining_seconds", "counted",
    ]  # fmt: skip


def test_an_update_clock_counts_its_misses(clocks_of: ClocksOf, scenario: Line) -> None:
    acknowledged = with_event(scenario, at="2026-11-21T00:00:00Z", event="acknowledged")
    (answer,) = clocks_of(acknowledged).answers
    assert answer["clocks"][1]["missed_count"] == 1
    assert "missed_count" not in answer["clocks"][0]


def test_a_ticket_submitted_later_than_now_has_no_clocks(clocks_of: ClocksOf, scenario: Line) -> None:
    assert clocks_of(changed(scenario, now="2026-11-20T22:59:59Z")).answers == [{"clocks": []}]


def test_events_after_now_are_ignored(clocks_of: ClocksOf, scenario: Line) -> None:
    later = with_event(scenario, at="2026-11-23T17:00:01Z", event="resolved")
    assert clocks_of(later).answers == clocks_of(scenario).answers


def test_fractions_of_a_second_are_kept(clocks_of: ClocksOf, scenario: Line) -> None:
    (answer,) = clocks_of(changed(scenario, now="2026-11-23T16:59:59.5Z")).answers
    assert answer["clocks"][0]["remaining_seconds"] == 0.5


def test_a_closure_moves_the_due_date(clocks_of: ClocksOf, scenario: Line) -> None:
    closure = {"from": "2026-11-23T08:00", "to": "2026-11-23T09:30", "reason": "snow"}
    (answer,) = clocks_of(changed(scenario, closures=[closure])).answers
    assert answer["clocks"][0]["due_at"] == "2026-11-23T18:30:00Z"


def test_a_release_can_be_planned_and_called_off(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"][0]["severity"] = "major"
    planned = with_event(
        scenario, at="2026-11-21T00:00:00Z", event="release_planned", due="2026-12-01T00:00:00Z"
    )
    called_off = with_event(planned, at="2026-11-22T00:00:00Z", event="release_planned", due=None)
    found = [answer["clocks"][-1]["due_at"] for answer in clocks_of(planned, called_off).answers]
    assert found == ["2026-12-01T00:00:00Z", None]


# Bad lines


def test_the_lines_after_a_bad_one_are_answered_and_the_status_is_1(
    clocks_of: ClocksOf, scenario: Line
) -> None:
    outcome = clocks_of(scenario, "{", scenario)
    assert ["error" in answer for answer in outcome.answers] == [False, True, False]
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "not JSON: Expecting value"),
        ("{", "not JSON: Expecting property name"),
        ("null", "a scenario is a JSON object"),
        ("[]", "a scenario is a JSON object"),
        ('"text"', "a scenario is a JSON object"),
        ("{}", '"policy" must be a text'),
        ("[" * 100_000, "not JSON: maximum recursion depth"),
        ('{"a":' * 100_000, "not JSON: maximum recursion depth"),
        ("1" * 5_000, "not JSON: Exceeds the limit"),
        (b"\xff\xfe", "not UTF-8: invalid start byte at byte 0"),
        (b'{"policy": "\xe9"}', "not UTF-8: invalid continuation byte at byte 12"),
        (b"\x00", "not JSON"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_object_is_an_error(clocks_of: ClocksOf, line: str | bytes, error: str) -> None:
    assert clocks_of(line).error.startswith(error)


@pytest.mark.parametrize("key", ["policy", "tier", "now", "events"])
@pytest.mark.parametrize("value", [None, 5, 1.5, True, {}, [[]], "", 10**400])
def test_a_key_of_the_wrong_type_is_named(
    clocks_of: ClocksOf, scenario: Line, key: str, value: object
) -> None:
    assert key.removesuffix("s") in clocks_of(changed(scenario, **{key: value})).error


@pytest.mark.parametrize("key", ["policy", "tier", "now", "events"])
def test_a_missing_key_is_named(clocks_of: ClocksOf, scenario: Line, key: str) -> None:
    del scenario[key]
    assert f'"{key}" must be' in clocks_of(scenario).error


@pytest.mark.parametrize(
    "now",
    [
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "12026-01-01T00:00:00Z",
        "2026",
        "\ud800",
        "2026-11-24T18:00:00+99:00",
    ],
)
def test_what_is_no_time_is_an_error(clocks_of: ClocksOf, scenario: Line, now: str) -> None:
    assert clocks_of(changed(scenario, now=now)).error == '"now" must be a time such as 2026-11-24T18:00:00Z'


@pytest.mark.parametrize("now", ["2026-11-24T18:00:00", "2026-11-24"])
def test_a_time_without_a_zone_is_an_error(clocks_of: ClocksOf, scenario: Line, now: str) -> None:
    assert clocks_of(changed(scenario, now=now)).error == '"now" needs its zone, as in 2026-11-24T18:00:00Z'


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_no_instant_in_utc_is_an_error(clocks_of: ClocksOf, scenario: Line, now: str) -> None:
    assert clocks_of(changed(scenario, now=now)).error == '"now" must lie within the years 1 to 9999'


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("severity", ["serious", "major", "minor"])
def test_a_ticket_of_the_year_1_or_9999_is_an_error(
    clocks_of: ClocksOf, scenario: Line, at: str, severity: str
) -> None:
    events = [{"at": at, "event": "submitted", "severity": severity}]
    assert "year" in clocks_of(changed(scenario, now=at, events=events)).error


def test_a_scenario_of_thousands_of_years_is_refused_at_once(clocks_of: ClocksOf, scenario: Line) -> None:
    begin = time.process_time()  # a busy machine does not matter
    assert "years" in clocks_of(changed(scenario, now="9990-01-01T00:00:00Z")).error
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("event", [None, 5, "", "submit", {}, [["x"]]])
def test_an_unknown_event_is_named_with_its_place(clocks_of: ClocksOf, scenario: Line, event: object) -> None:
    error = clocks_of(with_event(scenario, at="2026-11-21T00:00:00Z", event=event)).error
    assert error.startswith("event 2: unknown event")
    assert "waiting_on_customer" in error


@pytest.mark.parametrize("item", [None, 5, "text", []])
def test_an_event_that_is_no_object_is_named(clocks_of: ClocksOf, scenario: Line, item: object) -> None:
    assert clocks_of(changed(scenario, events=[item])).error == "event 1 is no object"


def test_events_out_of_order_are_an_error(clocks_of: ClocksOf, scenario: Line) -> None:
    early = with_event(scenario, at="2026-11-20T22:00:00Z", event="acknowledged")
    assert clocks_of(early).error.startswith("events must be in time order: acknowledged at 2026-11-20T22")


def test_the_first_event_is_the_submission(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"][0]["event"] = "acknowledged"
    assert clocks_of(scenario).error == 'the first event must be "submitted", not "acknowledged"'


def test_a_ticket_is_submitted_once(clocks_of: ClocksOf, scenario: Line) -> None:
    twice = changed(scenario, events=scenario["events"] * 2)
    assert clocks_of(twice).error == '"submitted" can stand only once, as the first event'


def test_an_unknown_severity_names_those_of_the_policy(clocks_of: ClocksOf, scenario: Line) -> None:
    scenario["events"][0]["severity"] = "P1"
    assert clocks_of(scenario).error == "unknown severity 'P1'; the policy knows serious, major, minor"


def test_an_unknown_tier_names_those_of_the_policy(clocks_of: ClocksOf, scenario: Line) -> None:
    error = clocks_of(changed(scenario, tier="gold")).error
    assert error == "unknown tier 'gold'; the policy knows standard, premium"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"event": "severity_changed"}, '"severity" must be a text'),
        ({"event": "agreed", "promise": "price", "due": "2026-12-01T00:00:00Z"}, '"promise" must be one of response'),
        ({"event": "agreed", "promise": "resolution"}, '"due" must be a text'),
        ({"event": "release_planned"}, '"due" must be a text'),
        ({"event": "release_planned", "due": "2026-12-01T00:00:00"}, '"due" needs its zone'),
        ({"event": "excluded", "code": ["a"]}, '"code" must be a text'),
    ],
)  # fmt: skip
def test_an_event_that_lacks_what_goes_with_it_is_an_error(
    clocks_of: ClocksOf, scenario: Line, event: Line, error: str
) -> None:
    found = clocks_of(with_event(scenario, at="2026-11-21T00:00:00Z", **event)).error
    assert found.startswith(f"event 2 ({event['event']}): {error}")


@pytest.mark.parametrize(
    ("closure", "error"),
    [
        (5, 'a closure is an object with "from", "to" and "reason"'),
        ({}, '"from" must be a text'),
        ({"from": "2026-11-23T08:00Z", "to": "2026-11-23T09:00"}, '"from" of a closure is local'),
        ({"from": "2026-11-23T08:00", "to": "noon"}, '"to" must be a time'),
        ({"from": "2026-11-23T08:00", "to": "2026-11-23T08:00"}, "a closure ends after it starts"),
        ({"from": "0001-01-01T00:00", "to": "9999-12-31T23:59"}, "a closure must lie within the years"),
        ({"from": "2026-11-23T08:00", "to": "2026-11-23T09:00", "reason": 5}, '"reason" must be a text'),
    ],
)  # fmt: skip
def test_a_bad_closure_is_an_error(clocks_of: ClocksOf, scenario: Line, closure: object, error: str) -> None:
    assert clocks_of(changed(scenario, closures=[closure])).error.startswith(error)


def test_a_closure_that_begins_in_a_skipped_hour_begins_an_hour_later(
    clocks_of: ClocksOf, scenario: Line
) -> None:
    nights = {"from": "2026-03-08T02:30", "to": "2026-03-08T03:15", "reason": "shuts nothing: 3:30 to 3:15"}
    (answer,) = clocks_of(changed(scenario, closures=[nights])).answers
    assert answer == clocks_of(scenario).answers[0]


@pytest.mark.slow
def test_a_desk_closed_for_centuries_is_an_error(clocks_of: ClocksOf, scenario: Line) -> None:
    closure = {"from": "2026-11-20T00:00", "to": "2400-01-01T00:00", "reason": "gone"}
    assert "not enough open time" in clocks_of(changed(scenario, closures=[closure])).error


# Policies


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("missing.toml", "cannot read the policy missing.toml: No such file or directory"),
        ("policies", "cannot read the policy policies: Is a directory"),
        ("a\0b", "cannot read the policy 'a\\x00b': embedded null byte"),
        ("\ud800", "cannot read the policy"),
        ("x" * 5000, "cannot read the policy"),
        ("/dev/zero", "cannot read the policy '/dev/zero': it is larger than 1000000 bytes"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_read_is_an_error(
    clocks_of: ClocksOf, scenario: Line, path: str, error: str
) -> None:
    assert clocks_of(changed(scenario, policy=path)).error.startswith(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_policy_without_permission_is_an_error(clocks_of: ClocksOf, scenario: Line, tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.touch(mode=0o000)
    assert "Permission denied" in clocks_of(changed(scenario, policy=str(secret))).error


def test_a_broken_policy_lists_all_its_faults(clocks_of: ClocksOf, scenario: Line, tmp_path: Path) -> None:
    text = (SCENARIOS / "policies/harbour.toml").read_text()
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace('"US"', '"XX"').replace('"10 hours"', '"a day"').replace("web", "fax"))
    error = clocks_of(changed(scenario, policy=str(broken))).error
    for path in ("hours.holidays", "hours.business_day", "tiers[1].channels[1]", "tiers[2].channels[1]"):
        assert f"{path}: found" in error


@pytest.mark.parametrize("content", [b"\xff", b"[", b"a = " + b"[" * 50_000, b"", b"a = 1" + b"0" * 5000])
def test_a_policy_that_is_no_toml_is_an_error(
    clocks_of: ClocksOf, scenario: Line, tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_bytes(content)
    assert "breaks the format" in clocks_of(changed(scenario, policy=str(broken))).error


# The process


def test_the_process_answers_from_the_folder_that_it_is_run_in(scenario: Line) -> None:
    done = run(json.dumps(scenario).encode())
    assert json.loads(done.stdout)["clocks"]
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_process_ends_with_1_after_a_bad_line_and_says_nothing_else() -> None:
    done = run(b"{}\n")
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout) == {"error": '"policy" must be a text'}


def test_every_line_is_answered_before_the_next_is_read(scenario: Line) -> None:
    command = [sys.executable, str(MANAGE), "clocks"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=SCENARIOS) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(json.dumps(scenario).encode() + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(b'{"clocks"')


@pytest.mark.parametrize("option", [pytest.param("", marks=pytest.mark.slow), "--explain"])
def test_a_reader_who_goes_away_ends_the_process_quietly(option: str) -> None:
    script = f"yes '{{}}' | '{sys.executable}' '{MANAGE}' clocks {option} | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert done.stdout
    assert not done.stderr


@pytest.mark.parametrize(
    "redirection",
    [
        pytest.param("<&-", marks=pytest.mark.slow),
        pytest.param("</dev/null >&-", marks=pytest.mark.slow),
        "<<<{} >/dev/full",
        pytest.param("<&1 1</dev/null", marks=pytest.mark.slow),
    ],
)
def test_closed_or_broken_streams_are_one_line_on_standard_error(redirection: str) -> None:
    script = f"'{sys.executable}' '{MANAGE}' clocks {redirection}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: ")
    assert done.stderr.count("\n") == 1
