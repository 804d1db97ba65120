"""Accents are put together and taken away, exactly and soon."""

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from contracts.accents import bare, composed

TEXTS = (
    "Gru\u0308ße",
    "e\u0301te\u0301 a\u0300 Paris…",
    "カ\u3099キ\u3099",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "",
    "plain",
)


def test_letters_and_accents_grow_together_as_unicode_says() -> None:
    for text in TEXTS:
        assert composed(text) == unicodedata.normalize("NFC", text)


def test_what_only_looks_different_is_alike_without_its_accents() -> None:
    assert [bare(text) for text in ("Gru\u0308n", "Grün", "ﬁn", "Ｖｉｅｗ")] == [
        "Grun",
        "Grun",
        "fin",
        "View",
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_of_any_text_with_few_marks_in_a_row_the_pieces_make_the_whole(text: str) -> None:
    spaced = " ".join(text[place : place + 20] for place in range(0, len(text), 20))
    assert composed(spaced) == unicodedata.normalize("NFC", spaced)


def test_a_hundred_thousand_marks_on_one_letter_take_a_moment() -> None:
    marks = "a" + "\u0315\u0300" * 50_000
    started = time.process_time()
    assert bare(marks) == "a"
    assert composed(marks).startswith("à")
    assert time.process_time() - started < 1
