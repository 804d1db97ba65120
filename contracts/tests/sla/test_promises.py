"""The grammar of promises (policy-format.md §1 "Grammar" and §2), read and printed back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sla.promises import (
    Every,
    Kind,
    Length,
    Promise,
    Unit,
    Unreadable,
    Within,
    Wordless,
    read_length,
    read_promise,
    read_update_promise,
)

all_lengths = st.builds(Length, st.integers(1, 1000), st.sampled_from(Unit))


@given(all_lengths)
def test_a_length_prints_back_as_read(length: Length) -> None:
    assert read_length(str(length)) == length


@given(all_lengths.map(Within) | st.sampled_from(Wordless))
def test_a_promise_prints_back_as_read(promise: Promise) -> None:
    assert read_promise(str(promise)) == promise


@given(all_lengths.map(Every) | st.just(Wordless.BEST_EFFORT))
def test_an_update_promise_prints_back_as_read(promise: Promise) -> None:
    assert read_update_promise(str(promise)) == promise


@given(st.text() | st.from_regex(r"(within |every )?[0-9]{0,9} ?(business )?[a-z]{0,9}", fullmatch=True))
def test_any_text_is_read_or_refused_with_what_may_stand_there(text: str) -> None:
    for read in (read_length, read_promise, read_update_promise):
        try:
            assert str(read(text)).rstrip("s") == text.rstrip("s")
        except Unreadable as problem:
            assert "as in" in str(problem)  # noqa: PT017 -- either may happen


@pytest.mark.parametrize(
    ("text", "number", "unit", "kind"),
    [
        ("15 business minutes", 15, Unit.BUSINESS_MINUTE, Kind.OPEN),
        ("4 business hours", 4, Unit.BUSINESS_HOUR, Kind.OPEN),
        ("2 business days", 2, Unit.BUSINESS_DAY, Kind.OPEN),
        ("90 minutes", 90, Unit.MINUTE, Kind.ELAPSED),
        ("48 hours", 48, Unit.HOUR, Kind.ELAPSED),
        ("30 days", 30, Unit.DAY, Kind.CALENDAR),
        ("2 weeks", 2, Unit.WEEK, Kind.CALENDAR),
        ("3 months", 3, Unit.MONTH, Kind.CALENDAR),
    ],
)  # fmt: skip
def test_every_unit_is_read_and_knows_its_kind(text: str, number: int, unit: Unit, kind: Kind) -> None:
    length = read_length(text)
    assert (length, length.kind, str(length)) == (Length(number, unit), kind, text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("1 hours", "1 hour"),
        ("2 hour", "2 hours"),
        ("1 business days", "1 business day"),
        ("5 business day", "5 business days"),
        ("60 minutes", "60 minutes"),
        ("24 hours", "24 hours"),
        ("7 days", "7 days"),
        ("12 months", "12 months"),
    ],
)  # fmt: skip
def test_singular_and_plural_are_read_alike_and_printed_right_in_the_unit_as_written(
    text: str, printed: str
) -> None:
    assert str(read_length(text)) == printed


@pytest.mark.parametrize(
    "text",
    ["", "hours", "0 hours", "-1 hours", "+1 hours", "1.5 hours", "1,5 hours", "01 hours", "four hours", "4  hours",
     " 4 hours", "4 hours ", "4hours", "4 Hours", "4 business weeks", "4 business months", "4 working days",
     "4 years", "4 seconds", "٤ hours", "4 hours and 5 minutes", "4 hourss", "1_000 hours", "1e3 hours", "4 hours\n",
     "99999999 minutes", "36526 days", "1200000 hours"],
)  # fmt: skip
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="whole number"):
        read_length(text)


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("within 4 business hours", Within(Length(4, Unit.BUSINESS_HOUR))),
        ("within 1 month", Within(Length(1, Unit.MONTH))),
        ("immediately", Wordless.IMMEDIATELY),
        ("next maintenance release", Wordless.NEXT_MAINTENANCE_RELEASE),
        ("as mutually agreed", Wordless.AS_MUTUALLY_AGREED),
        ("best effort", Wordless.BEST_EFFORT),
    ],
)  # fmt: skip
def test_a_response_workaround_or_resolution_takes_anything_but_every(text: str, promise: Promise) -> None:
    assert read_promise(text) == promise


@pytest.mark.parametrize(
    "text", ["every 24 hours", "no promise", "4 hours", "within", "within 4", "Immediately", "best efforts"]
)  # fmt: skip
def test_a_response_workaround_or_resolution_takes_nothing_else(text: str) -> None:
    with pytest.raises(Unreadable, match='"within …" and a length'):
        read_promise(text)


@pytest.mark.parametrize(
    ("text", "promise"),
    [("every 24 hours", Every(Length(24, Unit.HOUR))), ("best effort", Wordless.BEST_EFFORT)],
)  # fmt: skip
def test_an_update_takes_every_or_best_effort(text: str, promise: Promise) -> None:
    assert read_update_promise(text) == promise


@pytest.mark.parametrize(
    "text", ["within 24 hours", "immediately", "next maintenance release", "as mutually agreed", "every", "every day"]
)  # fmt: skip
def test_an_update_takes_nothing_else(text: str) -> None:
    with pytest.raises(Unreadable, match='"every …" and a length'):
        read_update_promise(text)


def test_lengths_of_a_kind_compare_roughly_for_the_warning_of_a_stricter_lesser_severity() -> None:
    assert Length(8, Unit.BUSINESS_HOUR).rough < Length(2, Unit.BUSINESS_DAY).rough
    assert Length(1, Unit.MONTH).rough == timedelta(days=31)


def test_a_length_in_hours_or_minutes_is_exact_and_no_other_is() -> None:
    assert Length(3, Unit.HOUR).elapsed == timedelta(hours=3)
    assert Length(50, Unit.MINUTE).elapsed == timedelta(minutes=50)
    for unit in set(Unit) - {Unit.HOUR, Unit.MINUTE}:
        with pytest.raises(ValueError, match="depends"):
            _ = Length(1, unit).elapsed
