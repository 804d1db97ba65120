"""Texts with the words that were looked for marked: as pieces, which the template escapes."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise

from knowledgebase.search.words import TOKEN, forms, key

Pieces = list[tuple[str, bool]]
LONGEST_READ = 15_000
WINDOW = 200
BEFORE, LENGTH = 60, 260
SAME = 3
FOREIGN = re.compile(r"[^\W\d_a-zA-Z]")
REST = r"[^\W_]*(?:[-._'’][^\W_]+)*(?:\+\+|#(?!\w))?"


def marked(text: str, keys: Collection[str]) -> Pieces:
    """The whole of ``text``, cut where words begin and end that were looked for."""
    return _cut(text, _hits(text, keys))


def excerpt(text: str, keys: Collection[str]) -> Pieces:
    """A few lines of ``text`` around the most of the words; its beginning when it has none."""
    text = " ".join(text[:LONGEST_READ].split())
    hits = _hits(text, keys)
    start = _start(text, hits)
    end = _end(text, start)
    within = [
        (first - start, last - start, found) for first, last, found in hits if first >= start and last <= end
    ]
    pieces = _cut(text[start:end], within)
    return [*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(text) else [])]


Hit = tuple[int, int, str]


def _hits(text: str, keys: Collection[str]) -> list[Hit]:
    # Every word could be taken to its key. Most texts are spared that: a word begins as its key does.
    worth_a_look = TOKEN if FOREIGN.search(text) else _beginnings(frozenset(one[:SAME] for one in keys))
    found = []
    for token in worth_a_look.finditer(text):
        for word in forms(token.group()):
            if (one := key(word)) in keys:
                found.append((token.start(), token.end(), one))
                break
    return found


@lru_cache(maxsize=1_000)
def _beginnings(starts: frozenset[str]) -> re.Pattern[str]:
    """Tokens of ASCII, and their parts, whose keys may begin so; a key has i for y, and a for ae."""
    either = "|".join(
        re.sub("i", "[iy]", re.sub("([aou])", "\\1e?", re.escape(one))) for one in sorted(starts)
    )
    return re.compile(rf"(?:(?<![^\W_])|(?<=[a-z0-9])(?=[A-Z]))(?i:{either})(?:{REST})", re.ASCII)


def _start(text: str, hits: Sequence[Hit]) -> int:
    """Where the excerpt begins: at a word, before the stretch that has the most different words."""
    best, most = 0, 0
    for place, (first, _, _) in enumerate(hits):
        different = {found for begin, _, found in hits[place : place + 20] if begin - first < WINDOW}
        if len(different) > most:
            best, most = first, len(different)
    if best <= BEFORE:
        return 0
    return text.index(" ", best - BEFORE) + 1 if " " in text[best - BEFORE : best] else best


def _end(text: str, start: int) -> int:
    if len(text) - start <= LENGTH:
        return len(text)
    space = text.rfind(" ", start, start + LENGTH)
    return space if space > start else start + LENGTH


def _cut(text: str, hits: Sequence[Hit]) -> Pieces:
    edges = [0, *(edge for first, last, _ in hits for edge in (first, last)), len(text)]
    pieces = [(text[begin:end], place % 2 == 1) for place, (begin, end) in enumerate(pairwise(edges))]
    return [piece for piece in pieces if piece[0]]
