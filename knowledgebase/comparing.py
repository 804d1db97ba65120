"""What differs between two texts: line by line, and within a changed line word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, REMOVED, ADDED, CHANGED, SKIPPED = "same", "removed", "added", "changed", "skipped"
CONTEXT = 3
# Longer lines are shown whole: comparing their words would take longer than anybody waits.
LONGEST_LINE = 4_000
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.4  # lines less alike than this are shown as one removed and one added


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: ``same``, ``removed`` or ``added``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line before and after; ``None`` for a number where there is none. ``count`` is of lines skipped."""

    kind: str
    number_before: int | None = None
    number_after: int | None = None
    before: Sequence[Piece] = ()
    after: Sequence[Piece] = ()
    count: int = 0


def compare(before: str, after: str) -> list[Row]:
    """The rows of a comparison; stretches that are the same but for ``CONTEXT`` lines are left out."""
    old, new = before.splitlines(), after.splitlines()
    rows = [row for step in _steps(old, new) for row in step]
    return list(_without_long_stretches(rows))


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[Iterator[Row]]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield (_same(i + 1, j + 1, old[i]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            yield _changed(old, new, range(i1, i2), range(j1, j2))


def _changed(old: Sequence[str], new: Sequence[str], gone: range, come: range) -> Iterator[Row]:
    """Lines replaced: those that are alike stand side by side, the rest apart."""
    pairs = min(len(gone), len(come))
    for i, j in zip(gone[:pairs], come[:pairs], strict=True):
        yield from _side_by_side(old[i], new[j], i + 1, j + 1)
    for i in gone[pairs:]:
        yield Row(REMOVED, number_before=i + 1, before=(Piece(REMOVED, old[i]),))
    for j in come[pairs:]:
        yield Row(ADDED, number_after=j + 1, after=(Piece(ADDED, new[j]),))


def _side_by_side(before: str, after: str, i: int, j: int) -> Iterator[Row]:
    if max(len(before), len(after)) <= LONGEST_LINE:
        old, new = WORDS.findall(before), WORDS.findall(after)
        if _alike(old, new) >= ALIKE:
            yield Row(CHANGED, i, j, *_words(SequenceMatcher(None, old, new, autojunk=False), old, new))
            return
    yield Row(REMOVED, number_before=i, before=(Piece(REMOVED, before),))
    yield Row(ADDED, number_after=j, after=(Piece(ADDED, after),))


def _alike(old: Sequence[str], new: Sequence[str]) -> float:
    """How much two lines have in common, 1 at most; the spaces that every line has do not count."""
    before, after = ([word for word in line if not word.isspace()] for line in (old, new))
    return SequenceMatcher(None, before, after, autojunk=False).ratio()


def _words(
    matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]
) -> tuple[list[Piece], list[Piece]]:
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        if gone:
            before.append(Piece(SAME if kind == "equal" else REMOVED, gone))
        if come:
            after.append(Piece(SAME if kind == "equal" else ADDED, come))
    return before, after


def _same(i: int, j: int, line: str) -> Row:
    pieces = (Piece(SAME, line),)
    return Row(SAME, i, j, pieces, pieces)


def _without_long_stretches(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that changed with those around them; how many are left out stands in their place."""
    shown: set[int] = set()
    for place, row in enumerate(rows):
        if row.kind != SAME:
            shown.update(range(place - CONTEXT, place + CONTEXT + 1))
    skipped = 0
    for place, row in enumerate(rows):
        if place not in shown:
            skipped += 1
            continue
        if skipped:
            yield Row(SKIPPED, count=skipped)
            skipped = 0
        yield row
    if skipped:
        yield Row(SKIPPED, count=skipped)
