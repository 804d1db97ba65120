"""Which documents come first: as BM25 has it, with title and headings weighing more, over bounded candidates.

How often a word stands in a text is kept in four classes (``CLASSES`` of the index): once, twice, four times,
eight times and more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from knowledgebase.models import SearchDocument
from knowledgebase.search.fulltext import Look, all_of, find
from knowledgebase.search.querying import Group, Scope

TITLE, HEADING, ABOUT = 6.0, 2.5, 2.0
SATURATION, BY_LENGTH, USUAL_LENGTH = 2.5, 0.45, 250
OFTEN = (8.0, 5.0, 2.5, 1.0)
ALL_IN_TITLE = 1.25

STRICT = 50
LOOSE, RAREST, PAIRED = 30, 6, 4
CANDIDATES = 120


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
    looks = [Look("heads", in_titles, STRICT), Look("heads", every, STRICT), Look("body", every, STRICT)]
    return find(looks, scope.bounds)[:CANDIDATES]


def loose(groups: Sequence[Group], scope: Scope) -> list[int]:
    """Documents that have some of the rarest words: one in what they are about, two anywhere."""
    rarest = sorted((group for group in groups if group.documents), key=lambda group: group.documents)[
        :RAREST
    ]
    pairs = combinations(rarest[:PAIRED], 2)
    looks = [Look("heads", group.words(), LOOSE) for group in rarest]
    looks += [Look("body", all_of(one.words(), other.words()), LOOSE) for one, other in pairs]
    looks += [Look("body", group.words(), LOOSE) for group in rarest[:1]]
    return find(looks, scope.bounds)[:CANDIDATES]


def rank(documents: Sequence[Row], groups: Sequence[Group]) -> list[Ranked]:
    """``documents`` that have any of the words, the best first; of equals the newer."""
    ranked = [ranked for document in documents if (ranked := _judged(document, groups)).score > 0]
    return sorted(
        ranked, key=lambda one: (-one.score, -one.document.changed_at.timestamp(), one.document.key)
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a document, taken apart once; the norms say how long text and title are beside usual ones."""

    title: str
    heads: str
    about: str
    body: list[str]
    norm: float
    title_norm: float

    def times(self, group: Group) -> float:
        """How often one of a group's words stands in it."""
        times = max(self.times_of(key) * weight for key, weight in group.keys.items())
        if not times and group.parts:
            times = min(map(self.times_of, group.parts))
        return times

    def times_of(self, key: str) -> float:
        """How often a key stands in it, so to say: once in the title is worth some times in the text."""
        word = f" {key} "
        often = next((worth for line, worth in zip(self.body, OFTEN, strict=True) if word in line), 0.0)
        often /= self.norm
        if word in self.heads:
            often += TITLE / self.title_norm if f" ={key} " in self.title else HEADING
        return often + ABOUT * (word in self.about)


def _text(document: Row) -> _Text:
    _, title, heads, about = document.heads.split("\n")
    return _Text(
        title=title,
        heads=heads,
        about=about,
        body=document.body.split("\n")[1:],
        norm=1 - BY_LENGTH + BY_LENGTH * document.length / USUAL_LENGTH,
        title_norm=0.6 + 0.1 * (title.count(" ") - 1),
    )


def _judged(document: Row, groups: Sequence[Group]) -> Ranked:
    text = _text(document)
    score = found = missing = 0.0
    for group in groups:
        times = text.times(group)
        score += group.idf * times / (times + SATURATION)
        # A word that no document has says nothing about this one.
        found, missing = (
            (found + group.idf, missing) if times else (found, missing + group.idf * bool(group.documents))
        )
    share = found / (found + missing) if found else 0.0
    is_title = all(any(f" ={key} " in text.title for key in group.keys) for group in groups)
    return Ranked(document, score * (ALL_IN_TITLE if is_title else 1.0) * (0.5 + 0.5 * share), share)
