"""A file that breaks the format (policy-format.md §1): every fault with its path, what stands there, what may."""

import json
from datetime import date, time
from typing import Any

import pytest

from contracts.policy_file import PolicyFaults, decode_policy, read_policy
from contracts.policy_reader import Fault
from contracts.tests.policy.documents import (
    PUBLISHED,
    REMOVED,
    Document,
    as_toml,
    changed,
    faults_of,
    fullest,
    read,
    smallest,
)


def fault_of(document: Document) -> Fault:
    (fault,) = faults_of(document).values()
    return fault


def test_the_smallest_file_and_the_fullest_are_whole() -> None:
    assert faults_of(smallest()) == faults_of(fullest()) == {}


@pytest.mark.parametrize("slug", sorted(PUBLISHED))
def test_the_published_policies_are_whole_and_raise_no_warning(slug: str) -> None:
    assert read_policy(PUBLISHED[slug]).warnings == ()


# Required keys

REQUIRED = [
    *[f"policy.{key}" for key in ("slug", "title", "vendor", "effective_from", "languages", "assumptions")],
    *[f"hours.{key}" for key in ("time_zone", "holidays", "business_day")],
    *[f"tiers.0.{key}" for key in ("code", "name", "channels")],
    *[f"severities.1.{key}" for key in ("code", "name", "definition")],
    *[f"clocks.{key}" for key in ("response_stops_at", "immediately", "paused_while_waiting_on_customer")],
]


def as_told(path: str) -> str:
    """``tiers.0.code`` as a fault names it: ``tiers[1].code``."""
    steps = [f"[{int(step) + 1}]" if step.isdigit() else f".{step}" for step in path.split(".")]
    return "".join(steps).removeprefix(".")


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_key_that_is_missing_is_a_fault(path: str) -> None:
    fault = fault_of(changed(smallest(), path, REMOVED))
    assert (fault.path, fault.found) == (as_told(path), "nothing")


@pytest.mark.parametrize("path", ["policy", "hours", "tiers", "severities", "clocks"])
def test_a_required_table_that_is_missing_is_a_fault_with_all_that_it_should_hold(path: str) -> None:
    found = faults_of(changed(smallest(), path, REMOVED))
    assert found[path].found == "nothing"
    assert {
        as_told(key)
        for key in REQUIRED
        if key.startswith(f"{path}.") and ".0." not in key and ".1." not in key
    } <= {*found}


@pytest.mark.parametrize("path", ["tiers", "severities"])
def test_an_empty_list_of_tiers_or_severities_is_a_fault(path: str) -> None:
    assert faults_of(changed(smallest(), path, []))[path].allowed == f"one or more tables [[{path}]]"


def test_hours_without_any_span_are_a_fault() -> None:
    assert "at least one span" in fault_of(changed(smallest(), "hours.mon-fri", REMOVED)).allowed
    assert "at least one span" in fault_of(changed(smallest(), "hours.mon-fri", [])).allowed


def test_hours_without_any_span_are_a_fault_beside_others_of_the_hours() -> None:
    document = changed(changed(smallest(), "hours.mon-fri", []), "hours.time_zone", "Mars/Olympus")
    assert set(faults_of(document)) == {"hours.mon … sun", "hours.time_zone"}


# Wrong types


def leaves(value: Any, path: str = "") -> list[str]:
    """The path of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    inner = [place for key, item in items for place in leaves(item, f"{path}.{key}".removeprefix("."))]
    return [path, *inner] if path else inner


WRONG: list[object] = [
    5,
    1.5,
    float("nan"),
    True,
    "",
    "?",
    date(2026, 1, 1),
    time(9, 30),
    [],
    [5],
    [[]],
    {"x": 1},
]


def wrong_for(value: object) -> list[object]:
    """Values of other types, each as TOML may hold it; of a list also one whose entries are wrong."""
    match value:
        case str():
            return [" " if other in ("", "?") else other for other in WRONG]
        case list():
            return [other for other in WRONG if other != []]
        case float():
            return [other for other in WRONG if other not in (5, 1.5)]
        case dict():
            return [other for other in WRONG if not isinstance(other, dict)]
    return [other for other in WRONG if type(other) is not type(value)]


@pytest.mark.parametrize(
    "path", [path for path in leaves(fullest()) if not path.startswith("policy.assumptions")]
)
def test_a_value_of_another_type_is_a_fault_where_it_stands(path: str) -> None:
    place: Any = fullest()
    for step in path.split("."):
        place = place[int(step)] if isinstance(place, list) else place[step]
    for wrong in wrong_for(place):
        found = faults_of(changed(fullest(), path, wrong))
        told = as_told(path)
        assert any(fault == told or fault.startswith((f"{told}.", f"{told}[")) for fault in found), (
            path,
            wrong,
        )


# Unknown keys


@pytest.mark.parametrize("path", ["", *[path for path in leaves(fullest()) if path]])
def test_an_unknown_key_is_a_fault_at_every_level(path: str) -> None:
    document = fullest()
    table: Any = document
    for step in path.split(".") if path else []:
        table = table[int(step)] if isinstance(table, list) else table[step]
    if isinstance(table, dict):
        table["surprise"] = 1
        fault = fault_of(document)
        assert fault.path == f"{as_told(path)}.surprise".removeprefix(".")
        assert fault.found == 'the unknown key "surprise"'


def test_a_key_that_was_mistyped_is_told_the_nearest() -> None:
    assert fault_of(changed(smallest(), "policy.asumptions", [])).allowed == '"assumptions"'


def test_a_key_with_spaces_or_breaks_is_quoted() -> None:
    fault = fault_of({**smallest(), "a key\nof two lines": 1})
    assert (fault.path, fault.found) == ('"a key\\nof two lines"', 'the unknown key "a key\\nof two lines"')


def test_a_tier_that_a_severity_names_must_be_there() -> None:
    fault = fault_of(changed(smallest(), "severities.0.tiers", {"gold": {"response": "best effort"}}))
    assert (fault.path, fault.allowed) == ("severities[1].tiers.gold", 'one of "all"')


# Days and spans


@pytest.mark.parametrize(
    ("days", "path", "words"),
    [
        ({"mon-fri": ["09:00-17:00"], "fri": ["09:00-12:00"]}, "hours.fri", "fri again, named by mon-fri already"),
        ({"mon-wed": ["09:00-17:00"], "wed-fri": ["09:00-12:00"]}, "hours.wed-fri", "wed again"),
        ({"fri-mon": ["09:00-17:00"]}, "hours.fri-mon", "a range that runs backwards"),
        ({"mon": ["09:00-12:00", "11:00-17:00"]}, "hours.mon[2]", "11:00-17:00"),
        ({"mon": ["09:00-17:00", "09:00-17:00"]}, "hours.mon[2]", "09:00-17:00"),
        ({"mon": ["22:00-06:00", "23:00-24:00"]}, "hours.mon[2]", "23:00-24:00"),
        ({"mon": ["09:00-09:00"]}, "hours.mon[1]", "09:00-09:00"),
        ({"mon": ["22:00-06:00"], "tue": ["05:00-09:00"]}, "hours.mon", "of mon that overlaps a span of tue"),
        ({"sun": ["22:00-06:00"], "mon": ["00:00-24:00"]}, "hours.sun", "of sun that overlaps a span of mon"),
        ({"mon-sun": ["20:00-19:00", "19:00-20:30"]}, "hours.mon-sun[2]", "19:00-20:30"),
        ({"mon-sun": ["19:00-21:00", "22:00-19:30"]}, "hours.mon-sun", "a night shift of mon that overlaps"),
    ],
)  # fmt: skip
def test_days_and_spans_that_contradict_each_other_are_faults(days: Document, path: str, words: str) -> None:
    document = smallest()
    del document["hours"]["mon-fri"]
    document["hours"] |= days
    assert words in faults_of(document)[path].found


@pytest.mark.parametrize(
    "span",
    ["9:00-17:00", "09:00–17:00", "09:00 - 17:00", "09:00", "09:60-17:00", "24:00-06:00", "09:00-24:01", "25:00-26:00",
     "09.00-17.00", "09:00-17:00 ", "٠٩:٠٠-١٧:٠٠", "", "all day"],
)  # fmt: skip
def test_a_span_that_cannot_be_read_is_a_fault(span: str) -> None:
    fault = fault_of(changed(smallest(), "hours.mon-fri", [span]))
    assert (fault.path, fault.found) == ("hours.mon-fri[1]", json.dumps(span, ensure_ascii=False))
    assert fault.allowed.startswith('"HH:MM-HH:MM"')


@pytest.mark.parametrize("span", ["00:00-24:00", "22:00-06:00", "22:00-00:00", "23:59-24:00", "00:00-00:01"])
def test_whole_days_night_shifts_and_single_minutes_are_spans(span: str) -> None:
    assert faults_of(changed(smallest(), "hours.mon-fri", [span])) == {}


@pytest.mark.parametrize("day", ["monday", "Mon", "mon-", "-fri", "mon-fri-sun", "mon_fri", "mon - fri"])
def test_a_day_of_another_name_is_an_unknown_key(day: str) -> None:
    assert "the unknown key" in fault_of(changed(smallest(), f"hours.{day}", ["09:00-17:00"])).found


def test_a_standing_window_is_read_like_a_week() -> None:
    document = fullest()
    document["maintenance"]["standing_windows"] = [{"sun": ["2-4"]}, {}]
    assert set(faults_of(document)) == {
        "maintenance.standing_windows[1].sun[1]",
        "maintenance.standing_windows[2].mon … sun",
    }


# Single values


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *[("hours.time_zone", zone) for zone in ("PST", "Mars/Olympus", "europe/berlin", "GMT+1", "../UTC", "Factory")],
        *[("hours.holidays", code) for code in ("XX", "us", "US-XX", "US-", "-CA", "Serbia")],
        *[("hours.business_day", text) for text in ("1 day", "8", "8 business hours", "eight hours", "0 hours")],
        *[("policy.slug", text) for text in ("", "two words", "-", "ä", "a" * 41)],
        ("policy.effective_from", "2026-01-01"),
        ("policy.languages", []),
        ("policy.wording", "promise"),
        ("tiers.0.channels", ["fax"]),
        ("severities.0.promises.response", "every 4 hours"),
        ("severities.0.promises.response", "no promise"),
        ("severities.0.promises.response", "within 4 hrs"),
        ("severities.0.promises.update", "within 4 hours"),
        ("severities.0.tiers.all.update", "immediately"),
        ("severities.0.suggest.affected_percent_at_least", 101),
        ("severities.0.suggest.affected_percent_at_least", -1),
        ("severities.0.suggest.workaround", "no"),
        ("clocks.response_stops_at", "resolved"),
        ("clocks.immediately", "now"),
        ("clocks.paused_while_waiting_on_customer", ["answer"]),
        *[("escalations.0.when", text) for text in ("late", "100% used", "0% used", "75 % used", "75.5% used", "75%")],
        ("escalations.0.severities", ["C"]),
        ("escalations.0.promises", ["answer"]),
        ("escalations.0.to", []),
        ("escalations.0.acknowledge_within", "at once"),
        ("escalations.0.notify", "by day"),
        ("contacts.named_contacts", 0),
        ("form.asks", ["weather"]),
        ("acceptance.silence_accepts_after", "a while"),
        ("maintenance.notice", "3"),
        ("maintenance.monthly_limit", "1 month"),
        *[("availability.target_percent", number) for number in (0, -1, 100.1, float("inf"))],
    ],
)  # fmt: skip
def test_a_value_that_may_not_stand_there_is_a_fault(path: str, value: object) -> None:
    fault = fault_of(changed(fullest(), path, value))
    assert fault.path in (as_told(path), f"{as_told(path)}[1]")
    assert fault.allowed


@pytest.mark.parametrize(
    "path", ["tiers", "severities", "exclusions", "not_provided", "request_types", "availability.excluded"]
)
def test_a_code_that_stands_twice_is_a_fault(path: str) -> None:
    document: Any = fullest()
    entries = document
    for step in path.split("."):
        entries = entries[step]
    entries.append(entries[0])
    assert (
        faults_of(document)[f"{path}[{len(entries)}].code"].allowed == "a value that no entry before it has"
    )


def test_a_term_that_stands_twice_is_a_fault() -> None:
    document = fullest()
    document["terms"] *= 2
    assert fault_of(document).path == "terms[2].word"


def test_an_entry_that_stands_twice_in_a_list_is_a_fault() -> None:
    assert (
        fault_of(changed(smallest(), "tiers.0.channels", ["web", "email", "web"])).path
        == "tiers[1].channels[3]"
    )


def test_each_bad_entry_of_a_list_is_a_fault_of_its_own() -> None:
    assert set(faults_of(changed(smallest(), "tiers.0.channels", ["fax", "web", 5, ["x"], "telex"]))) == {
        f"tiers[1].channels[{place}]" for place in (1, 3, 4, 5)
    }


def test_a_bad_entry_does_not_hide_the_faults_of_the_others() -> None:
    document = changed(smallest(), "severities", [5, {"code": "A", "name": "A"}])
    assert set(faults_of(document)) == {"severities[1]", "severities[2].definition"}


def test_promised_hours_that_never_come_are_a_fault() -> None:
    document = changed(smallest(), "severities.0.promises.response", "within 90000 business days")
    document["hours"]["mon-fri"] = ["09:00-09:01"]
    assert fault_of(document).path == "hours"
    assert "90000 business days" in fault_of(document).found


# All at once


def test_every_fault_is_listed_at_once_and_each_says_path_found_and_allowed() -> None:
    document = fullest()
    for path, value in {
        "policy.slug": 5,
        "hours.holidays": "XX",
        "hours.fri": [],
        "clocks.immediately": "soon",
        "zzz": 1,
    }.items():
        changed(document, path, value)
    assert set(faults_of(document)) == {
        "policy.slug",
        "hours.holidays",
        "hours.fri",
        "clocks.immediately",
        "zzz",
    }
    with pytest.raises(PolicyFaults) as caught:
        read(document)
    assert 'hours.holidays: found "XX"; may be "" or a country such as "US"' in str(caught.value)
    assert len(str(caught.value).splitlines()) == 5


def test_a_number_of_any_size_can_be_told() -> None:
    text = as_toml(smallest()).replace('"UTC"', hex(10**5000))
    assert faults_of(text)["hours.time_zone"].found == "a number of more than 80 digits"


def test_what_stands_there_is_told_in_a_line_and_shortened() -> None:
    fault = fault_of(changed(smallest(), "hours.time_zone", "x\n" * 500))
    assert len(fault.found) == 80
    assert "\n" not in fault.found


@pytest.mark.parametrize(
    "text", ["[", "a", "a=", "a=1\na=2", "[a]\n[a]", "\0", "a = " + "[" * 9000, "a={b=" * 9000, "a=1" + "0" * 9000]
)  # fmt: skip
def test_a_text_that_is_no_toml_is_one_fault(text: str) -> None:
    found = faults_of(text)
    assert list(found) == ["(file)"]
    assert found["(file)"].found.startswith("text that is not TOML")


def test_nested_lists_as_deep_as_toml_reads_them_are_told() -> None:
    deepest = next(
        depth
        for depth in range(2000, 0, -10)
        if "(file)" not in faults_of("x = " + "[" * depth + "]" * depth)
    )
    text = as_toml(smallest()).replace('"UTC"', "[" * deepest + "]" * deepest)
    assert "hours.time_zone" in faults_of(text) or "(file)" in faults_of(text)


def test_bytes_that_are_no_utf_8_are_one_fault() -> None:
    with pytest.raises(PolicyFaults, match=r"\(file\): found byte 3 that is not UTF-8"):
        decode_policy(b"a =\xff")


def test_a_file_saved_on_windows_reads_the_same() -> None:
    text = PUBLISHED["vivvo"]
    assert decode_policy(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == text


# Warnings


def test_a_lesser_severity_with_a_stricter_promise_is_a_warning() -> None:
    document = changed(smallest(), "severities.1.promises", {"response": "within 2 business hours"})
    assert read(document).warnings == (
        "Slow promises its response sooner (2 business hours) than Stopped (4 business hours) in the tier all",
    )


def test_promises_of_different_kinds_are_not_compared() -> None:
    document = changed(smallest(), "severities.1.promises", {"response": "within 1 hour"})
    assert read(document).warnings == ()


def test_a_stricter_promise_two_steps_below_is_a_warning_too() -> None:
    document = changed(smallest(), "severities.1.promises", {"response": "best effort"})
    document["severities"].append(
        {"code": "C", "name": "Small", "definition": "…", "promises": {"response": "within 1 business hour"}}
    )
    assert read(document).warnings == (
        "Small promises its response sooner (1 business hour) than Stopped (4 business hours) in the tier all",
    )


@pytest.mark.parametrize(
    "path", ["acceptance.silence_accepts_after", "acceptance.reopen_within", "maintenance.notice"]
)
def test_hours_must_hold_every_length_that_counts_them(path: str) -> None:
    """A minute a week is less than 200 hours in two hundred years."""
    document = fullest()
    document["hours"] = {
        "time_zone": "UTC", "mon": ["09:00-09:01"], "holidays": "", "business_day": "1 minute",
    }  # fmt: skip
    assert faults_of(document) == {}
    fault = fault_of(changed(document, path, "500 business hours"))
    assert (fault.path, fault.found) == ("hours", "hours that do not hold 500 business hours")
