"""Keys and places that anybody may have typed."""

from datetime import UTC, datetime

import pytest

from contracts.keys import key_in, read_place, written_place

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "key"),
    [("7", 7), ("9" * 18, int("9" * 18)), ("9" * 19, None), ("", None), ("-1", None), ("²", None)],
)
def test_a_key_is_a_whole_number_that_a_column_holds(typed: str, key: int | None) -> None:
    assert key_in(typed) == key


def test_a_place_is_read_as_it_was_written() -> None:
    assert read_place(written_place(NOON, 7)) == (NOON, 7)


@pytest.mark.parametrize(
    "typed", ["", "_", "x_7", "2026-11-28T12:00:00_7", "2026-99-99T12:00:00+00:00_7", f"{NOON.isoformat()}_x"]
)
def test_what_names_no_place_is_none(typed: str) -> None:
    assert read_place(typed) is None
