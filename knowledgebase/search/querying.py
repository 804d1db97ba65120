"""What somebody looks for: the words of a query, as groups of which any document must have one each."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import log

from django.db.models import Q

from contracts.models import Product
from knowledgebase.models import SearchWord
from knowledgebase.models.audience import Reader
from knowledgebase.search.fulltext import Bounds, Words, all_of, any_of
from knowledgebase.search.synonyms import synonyms
from knowledgebase.search.words import STOP_WORDS, TOKEN, WEAK_WORDS, forms, key

LONGEST_QUERY = 400
MOST_WORDS = 12
MOST_BEGUN = 12
SHORTEST_BEGUN = 2
BEGUN_WEIGHT = 0.5
SYNONYM_WEIGHT = 0.5
WEAK = 0.5


@dataclass(frozen=True, slots=True)
class Term:
    """A word as typed and folded; ``parts`` are those of a compound, ``is_last`` whether it may go on."""

    word: str
    parts: tuple[str, ...] = ()
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The keys that stand for one word: each with its weight; ``idf`` is the greater the rarer they are.

    ``keys`` are those of the word itself. A synonym says no more than it would by itself, so common ones weigh less.
    ``rate`` is the part of all documents that have the word, ``wider_rate`` about that with synonyms; from 0 to 1.
    """

    keys: dict[str, float]
    parts: tuple[str, ...] = ()
    documents: int = 0
    idf: float = 1.0
    synonyms: dict[str, float] = field(default_factory=dict)
    rate: float = 0.0
    wider_rate: float = 0.0

    @property
    def weights(self) -> dict[str, float]:
        """All keys, synonyms with the rest."""
        return self.synonyms | self.keys

    def words(self, mark: str = "") -> Words:
        """The condition that a document has the word itself."""
        return self._either([mark + found for found in self.keys], mark)

    def wider(self) -> Words:
        """The condition that a document has the word or a synonym."""
        return self._either(list(self.weights), "")

    def _either(self, found: list[str], mark: str) -> Words:
        either: list[Words | str] = [*found]
        if self.parts:
            either.append(all_of(*(mark + part for part in self.parts)))
        return any_of(*either)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and within what: a bound on what is looked at, not a judgement on what is shown."""

    reader: Reader
    product: Product | None = None
    kind: str = ""

    @property
    def count(self) -> str:
        """The count of documents that tells what this reader may know of a word."""
        if self.reader.is_staff:
            return "documents"
        return "in_public" if self.reader.products is None else "for_customers"

    @property
    def looked_for(self) -> str:
        """The count that tells which words are worth looking for, of those that the reader has typed themself.

        ``count`` knows nothing of words that stand in articles for one product's customers alone.
        """
        return "documents" if self.reader.products else self.count

    @property
    def bounds(self) -> Bounds:
        """The same for the index."""
        return Bounds(
            audiences=None if self.reader.is_staff else tuple(map(str, self.reader.audiences)),
            theirs=tuple(sorted(self.reader.products or ())),
            product=self.product.pk if self.product else None,
            kind=self.kind,
        )


@dataclass(slots=True)
class Known:
    """What the reader may know of the words in use: how many documents have them."""

    words: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """How many documents there are."""
        return max(self.words.get("", 0), 1)

    def idf(self, documents: int) -> float:
        """How much a word says that so many documents have."""
        return log(1 + (self.all + 0.5) / (documents + 0.5))

    def rate(self, documents: int) -> float:
        """Which part of all documents so many are, at most 1."""
        return min(documents / self.all, 1.0)


def terms(query: str) -> list[Term]:
    """The words of a query; those that say nothing are left out, unless there are no others."""
    query = query[:LONGEST_QUERY]
    found = [
        Term(*_cut(forms(token.group())), is_last=token.end() == len(query))
        for token in TOKEN.finditer(query)
    ]
    found = [term for term in found if term.word]
    telling = [term for term in found if term.word not in STOP_WORDS]
    once = {term.word: term for term in telling or found}
    return list(once.values())[:MOST_WORDS]


def _cut(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return (words[0], words[1:]) if words else ("", ())


def known(words: Iterable[str], count: str) -> Known:
    """What is known of ``words``, of those that share a key with them, and of synonyms."""
    asked = {"", *words}
    keys = {key(word) for word in asked if word}
    keys |= {other for one in keys for other in synonyms(one)}
    rows = SearchWord.objects.filter(Q(word__in=asked) | Q(stem__in=keys))
    found = Known()
    for word, stem, documents in rows.filter(**{f"{count}__gt": 0}).values_list("word", "stem", count):
        found.words[word] = documents
        found.keys[stem] = found.keys.get(stem, 0) + documents
    return found


def group_of(term: Term, about: Known) -> Group:
    """The group of a term: its key and, of a compound, all of its parts together (or in one: wifi for wi-fi)."""
    keys = {key(term.word): 1.0}
    parts = [part for part in term.parts if part not in STOP_WORDS]
    if parts and parts[-1] == "".join(parts[:-1]):
        keys[key(parts.pop())] = 1.0
    others = {other for found in keys for other in synonyms(found)} - keys.keys()
    documents = sum(about.keys.get(found, 0) for found in keys)
    if not documents and parts:
        documents = min(about.keys.get(key(part), 0) for part in parts)
    if not documents:
        documents = sum(about.keys.get(other, 0) for other in others)
    documents = min(documents, about.all)
    idf = about.idf(documents)
    wider = sum(about.keys.get(found, 0) for found in others | keys.keys())
    return Group(
        keys,
        parts=tuple(map(key, parts)),
        documents=documents,
        idf=idf * (WEAK if term.word in WEAK_WORDS else 1.0),
        synonyms={
            other: SYNONYM_WEIGHT * min(1.0, about.idf(about.keys.get(other, 0)) / idf) for other in others
        },
        rate=about.rate(documents),
        wider_rate=about.rate(wider),
    )


def begun(group: Group, word: str, count: str, about: Known) -> Group:
    """``group`` with the words that begin with ``word``, the commonest for the reader first.

    Words without a document of the reader's are taken, too: of an article for customers of one product, say.
    They are looked for alone, never shown.
    """
    if len(word) < SHORTEST_BEGUN:
        return group
    rows = SearchWord.objects.starting_with(word).exclude(word="").order_by(f"-{count}", "-documents", "word")
    stems = list(rows.values_list("stem", count)[:MOST_BEGUN])
    keys = dict.fromkeys((stem for stem, _ in stems), BEGUN_WEIGHT) | group.keys
    documents = min(group.documents + sum(documents for _, documents in stems), about.all)
    return replace(
        group, keys=keys, documents=documents, idf=about.idf(documents), rate=about.rate(documents)
    )
