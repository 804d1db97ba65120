"""What differs between two texts."""

from hypothesis import given
from hypothesis import strategies as st

from knowledgebase.comparing import Piece, Row, compare

TEXTS = st.text(alphabet="ab \n", max_size=60)


def test_the_same_text_differs_nowhere() -> None:
    assert compare("a\nb", "a\nb") == [Row("skipped", count=2)]


def test_a_changed_line_shows_its_words() -> None:
    (row,) = compare("The limit is 50 rows.", "The limit is 100 rows.")
    assert row.kind == "changed"
    assert row.before == [Piece("same", "The limit is "), Piece("removed", "50"), Piece("same", " rows.")]
    assert row.after == [Piece("same", "The limit is "), Piece("added", "100"), Piece("same", " rows.")]


def test_lines_that_have_little_in_common_stand_apart() -> None:
    assert [row.kind for row in compare("Restart the service", "x = 1")] == ["removed", "added"]


def test_lines_that_come_and_go_have_their_numbers() -> None:
    rows = compare("a\nb", "a\nnew\nb")
    assert [(row.kind, row.number_before, row.number_after) for row in rows] == [
        ("same", 1, 1),
        ("added", None, 2),
        ("same", 2, 3),
    ]


def test_long_stretches_that_are_the_same_are_left_out() -> None:
    text = "\n".join(map(str, range(20)))
    rows = compare(text, text.replace("10", "ten"))
    assert [row.count for row in rows if row.kind == "skipped"] == [7, 6]


def test_a_line_too_long_for_its_words_is_shown_whole() -> None:
    assert [row.kind for row in compare("a " * 3_000, "a " * 3_001)] == ["removed", "added"]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_rows(before: str, after: str) -> None:
    rows = compare(before, after)
    old, new = before.splitlines(), after.splitlines()
    for row in rows:
        if row.number_before is not None:
            assert "".join(piece.text for piece in row.before) == old[row.number_before - 1]
        if row.number_after is not None:
            assert "".join(piece.text for piece in row.after) == new[row.number_after - 1]
    skipped = sum(row.count for row in rows)
    assert sum(row.number_before is not None for row in rows) + skipped == len(old)
    assert sum(row.number_after is not None for row in rows) + skipped == len(new)
