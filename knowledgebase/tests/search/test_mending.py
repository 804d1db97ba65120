"""Typing errors: which words are near, and which word is chosen."""

import pytest

from knowledgebase.search.mending import distance, mend
from knowledgebase.tests.search.conftest import Writes


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("word", "word", 0),
        ("word", "wrod", 1),
        ("word", "words", 1),
        ("word", "ward", 1),
        ("word", "", 4),
        ("", "", 0),
    ],
)
def test_distance_counts_letters(one: str, other: str, away: int) -> None:
    assert distance(one, other) == distance(other, one) == away


@pytest.mark.parametrize(
    "typed",
    [
        "authentification", "autentication", "authenticaton", "authenticatiom", "uathentication", "authentcaiton",
        "authenticattion", "autenticaton",
    ],
)  # fmt: skip
def test_a_long_word_with_one_or_two_errors_is_mended(writes: Writes, typed: str) -> None:
    writes("Authentication")
    assert mend(typed, "in_public") == "authentication"


@pytest.mark.parametrize("typed", ["prit", "pront", "rpint", "printt"])
def test_a_short_word_with_one_error_is_mended(writes: Writes, typed: str) -> None:
    writes("Print")
    assert mend(typed, "in_public") == "print"


@pytest.mark.parametrize("typed", ["prn", "abc", "e1234-5", "2.4.1", "x" * 60, "planet"])
def test_others_are_left_alone(writes: Writes, typed: str) -> None:
    writes("Print E1234-6 abd 2.4.2")
    assert mend(typed, "in_public") == ""


def test_the_commoner_of_equally_near_words_is_chosen(writes: Writes) -> None:
    writes("Printer")
    writes("Sprinter", "sprinter")
    writes("Printed", "printed")
    writes("Printed again", "printed")
    assert mend("printet", "in_public") == "printed"
