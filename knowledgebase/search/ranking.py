"""Which documents come first: as BM25 has it, with title and headings weighing more, over bounded candidates.

How often a word stands in a text is kept in four classes (``CLASSES`` of the index): once, twice, four times,
eight times and more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import prod

from knowledgebase.models import SearchDocument
from knowledgebase.search.fulltext import Look, all_of, find
from knowledgebase.search.querying import Group, Scope

TITLE, HEADING, ABOUT = 6.0, 1.5, 2.0
SATURATION, BY_LENGTH, USUAL_LENGTH = 4.0, 0.45, 250
OFTEN = (8.0, 5.0, 2.5, 1.0)
ALL_IN_TITLE = 1.25
SHORT_TITLE, BY_TITLE = 0.5, 0.0625
LINE = "\n"

STRICT = 50
LOOSE, RAREST, PAIRED = 20, 6, 4
WIDE = 30
# Of the documents that have a word, about so many have it in the title, or in what they are about.
IN_TITLE, IN_HEADS = 0.05, 0.2
CANDIDATES = 90


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a document to rank it."""

    pk: int
    kind: str
    key: int
    heads: str
    body: str
    length: int
    changed_at: datetime


def rows(numbers: Sequence[int]) -> list[Row]:
    """The documents of these numbers."""
    if not numbers:
        return []
    found = SearchDocument.objects.filter(pk__in=numbers)
    fields = ("pk", "kind", "key", "heads", "body", "length", "changed_at")
    return [Row(*values) for values in found.values_list(*fields)]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and how well it fits: ``share`` of what the words say is found in it."""

    document: Row
    score: float
    share: float


def strict(groups: Sequence[Group], scope: Scope) -> list[int]:
    """Documents that have every word: in the title, in what they are most about, anywhere."""
    every, in_titles = (
        all_of(*(group.words() for group in groups)),
        all_of(*(group.words("=") for group in groups)),
    )
    rate = prod(group.rate for group in groups)
    looks = [
        Look("heads", in_titles, STRICT, rate * IN_TITLE),
        Look("heads", every, STRICT, rate * IN_HEADS),
        Look("body", every, STRICT, rate),
    ]
    return find(looks, scope.bounds)[:CANDIDATES]


def loose(groups: Sequence[Group], scope: Scope) -> list[int]:
    """Documents that have some of the rarest words: one in what they are about, two anywhere."""
    rarest = _rarest(groups, RAREST)
    pairs = combinations(rarest[:PAIRED], 2)
    looks = [Look("heads", group.words(), LOOSE, group.rate * IN_HEADS) for group in rarest]
    looks += [
        Look("body", all_of(one.words(), other.words()), LOOSE, one.rate * other.rate) for one, other in pairs
    ]
    looks += [Look("body", group.words(), LOOSE, group.rate) for group in rarest[:1]]
    return find(looks, scope.bounds)[:CANDIDATES]


def wide(groups: Sequence[Group], scope: Scope) -> list[int]:
    """Documents that have each word or a synonym of it, or two of the rarest so in what they are about."""
    if not any(group.synonyms for group in groups):
        return []
    every = all_of(*(group.wider() for group in groups))
    pairs = combinations(_rarest(groups, PAIRED), 2)
    rate = prod(group.wider_rate for group in groups)
    looks = [Look("heads", every, WIDE, rate * IN_HEADS), Look("body", every, WIDE, rate)]
    looks += [
        Look("heads", all_of(one.wider(), other.wider()), WIDE, one.wider_rate * other.wider_rate * IN_HEADS)
        for one, other in pairs
    ]
    return find(looks, scope.bounds)[:CANDIDATES]


def _rarest(groups: Sequence[Group], most: int) -> list[Group]:
    """Those that any document has, the rarest first."""
    found = (group for group in groups if group.documents)
    return sorted(found, key=lambda group: group.documents)[:most]


def rank(documents: Sequence[Row], groups: Sequence[Group]) -> list[Ranked]:
    """``documents`` that have any of the words, the best first; of equals the newer."""
    ranked = [ranked for document in documents if (ranked := _judged(document, groups)).score > 0]
    return sorted(
        ranked, key=lambda one: (-one.score, -one.document.changed_at.timestamp(), one.document.key)
    )


def _judged(document: Row, groups: Sequence[Group]) -> Ranked:
    wanted = frozenset(one for group in groups for one in (*group.weights, *group.parts))
    times = _times(document, wanted)
    score = found = missing = 0.0
    for group in groups:
        worth, said = _worth(group, times)
        score += group.idf * worth
        found += group.idf * said
        # A word that no document has says nothing about this one.
        missing += group.idf * (1 - said) * bool(group.documents)
    share = found / (found + missing) if found else 0.0
    title = f"{document.heads.split(LINE, 2)[1]} "
    is_title = all(any(f" ={one} " in title for one in group.weights) for group in groups)
    return Ranked(document, score * (ALL_IN_TITLE if is_title else 1.0) * (0.5 + 0.5 * share), share)


def _times(document: Row, wanted: frozenset[str]) -> dict[str, float]:
    """How often each of ``wanted`` stands in a document; once in the title is worth some times in the text."""
    _, title, heads, about = (line.split() for line in document.heads.split(LINE))
    norm = 1 - BY_LENGTH + BY_LENGTH * document.length / USUAL_LENGTH
    times = dict.fromkeys(wanted, 0.0)
    # Looking for a few words in the text as it stands is faster than taking the text to pieces.
    said = [one for one in wanted if one in document.body]
    for line, often in zip(document.body.split(LINE)[1:], OFTEN, strict=True) if said else ():
        words = f" {line} "
        for one in said:
            if f" {one} " in words:
                times[one] += often / norm
    in_title = wanted.intersection(word.removeprefix("=") for word in title)
    for one in in_title:
        times[one] += TITLE / (SHORT_TITLE + BY_TITLE * len(title))
    for one in wanted.intersection(heads) - in_title:
        times[one] += HEADING
    for one in wanted.intersection(about):
        times[one] += ABOUT
    return times


def _worth(group: Group, times: Mapping[str, float]) -> tuple[float, float]:
    """What a document says of a group, from 0 to 1: with how often it says it, and at all."""
    there = [(times[one], weight) for one, weight in group.weights.items() if times[one]]
    if group.parts and (together := min(times[one] for one in group.parts)):
        there.append((together, 1.0))
    worth = max((weight * often / (often + SATURATION) for often, weight in there), default=0.0)
    return worth, max((weight for _, weight in there), default=0.0)
