"""Searching, suggesting, and what is like an article.

The index says what to look at; what is found has passed the ``visible`` of its source, and is read from the
thing itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.models import Product
from knowledgebase.models import Article, SearchDocument
from knowledgebase.models.audience import Reader, Visitor, reader_of
from knowledgebase.search import ranking
from knowledgebase.search.excerpts import Pieces, excerpt, marked
from knowledgebase.search.mending import mend
from knowledgebase.search.querying import Group, Known, Scope, Term, begun, group_of, known, terms
from knowledgebase.search.ranking import Ranked, Row
from knowledgebase.search.sources import source_of
from knowledgebase.search.words import STOP_WORDS, key, words_of

PER_PAGE = 10
ENOUGH = 10
LEAST_SHARE = 0.34
FEW_WORDS = 2

LONGEST_SUGGESTED = 4_000
MOST_SUGGESTED_WORDS = 80
TELLING = 8
LEAST_SUGGESTED_SHARE = 0.3

MOST_LIKE_WORDS = 10
MOST_READ = 300


@dataclass(frozen=True, slots=True)
class Result:
    """One thing found. ``title`` and ``excerpt`` are pieces of text and whether each is marked; none is escaped."""

    kind: str
    label: str
    title: Pieces
    url: str
    detail: str
    excerpt: Pieces
    changed_at: datetime
    key: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. ``mended`` is what was searched instead of what was typed, "" for nothing else."""

    results: list[Result] = field(default_factory=list)
    mended: str = ""
    has_more: bool = False
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """One search under way: who asks for what, and what is known of the words."""

    user: Visitor
    scope: Scope
    terms: list[Term]
    about: Known
    mended: bool = False

    @property
    def groups(self) -> list[Group]:
        return [group_of(term, self.about) for term in self.terms]


def search(
    user: Visitor, query: str, *, product: Product | None = None, kind: str = "", page: int = 1, at: datetime
) -> Found:
    """What ``user`` may read and finds by ``query``, ten a page; whatever is typed, it is no error.

    Documents with every word stand before those with some. Typing errors are mended with words that the reader
    may know; the last word may be the beginning of one, and all of them where nothing else is found.
    """
    asked_for = terms(query)
    if not asked_for or (kind and source_of(kind) is None):
        return Found(words=[term.word for term in asked_for])
    scope = Scope(reader_of(user), product, kind)
    words = [word for term in asked_for for word in (term.word, *term.parts)]
    asked = Asked(user, scope, asked_for, known(words, scope.count))
    ranked, groups = _found(asked)
    page = max(page, 1)
    shown = ranked[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Found(
        results=_results(user, shown, groups),
        mended=" ".join(term.word for term in asked.terms) if asked.mended and ranked else "",
        has_more=len(ranked) > page * PER_PAGE,
        words=[term.word for term in asked.terms],
    )


def suggest(
    user: Visitor, text: str, *, product: Product | None = None, limit: int = 5, kind: str = "article"
) -> list[Result]:
    """What fits a longer text, by the rarest of its words that are in use; ``kind`` "" for all kinds."""
    once = dict.fromkeys(word for word in words_of(text[:LONGEST_SUGGESTED]) if word not in STOP_WORDS)
    words = list(once)[:MOST_SUGGESTED_WORDS]
    if not words:
        return []
    scope = Scope(reader_of(user), product, kind)
    about = known(words, scope.looked_for)
    telling = [group for group in _by_key(words, about) if group.documents]
    groups = sorted(telling, key=lambda group: group.documents)[:TELLING]
    if not groups:
        return []
    ranked = _judged(user, scope, ranking.loose(groups, scope), groups)
    least = LEAST_SUGGESTED_SHARE if len(groups) > FEW_WORDS else 0.0
    return _results(user, [one for one in ranked if one.share >= least][:limit], groups)


def like(article: Article, *, limit: int = 10) -> list[int]:
    """The numbers of the articles that are most like ``article`` by their words, whoever may read them.

    The audience is judged where they are shown: ``visible_to`` there.
    """
    own = SearchDocument.objects.filter(kind="article", key=article.pk).first()
    if own is None:
        return []
    everything = Scope(Reader(is_staff=True), kind="article")
    words = _most_telling(own)
    groups = [group for group in _by_key(words, known(words, everything.count)) if group.documents > 1]
    groups = sorted(groups, key=lambda group: group.documents)[:MOST_LIKE_WORDS]
    if not groups:
        return []
    candidates = ranking.rows(ranking.loose(groups, everything))
    others = [document for document in candidates if document.key != article.pk]
    return [one.document.key for one in ranking.rank(others, groups) if one.share >= LEAST_SUGGESTED_SHARE][
        :limit
    ]


def _found(asked: Asked) -> tuple[list[Ranked], list[Group]]:
    """What is found, by the narrowest way that finds enough, and the groups that found it."""
    groups = asked.groups
    found = _judged(asked.user, asked.scope, ranking.strict(groups, asked.scope), groups)
    if len(found) < ENOUGH and asked.terms[-1].is_last:
        groups = [*groups[:-1], begun(groups[-1], asked.terms[-1].word, asked.scope.count, asked.about)]
        found = _judged(asked.user, asked.scope, ranking.strict(groups, asked.scope), groups)
    if not found and _mend(asked):
        groups = asked.groups
        found = _judged(asked.user, asked.scope, ranking.strict(groups, asked.scope), groups)
    if len(found) < ENOUGH:
        numbers = ranking.wide(groups, asked.scope)
        if len(groups) > FEW_WORDS or not found:
            numbers = [*ranking.loose(groups, asked.scope), *numbers]
        some = _judged(asked.user, asked.scope, numbers, groups)
        known_already = {one.document.pk for one in found}
        found += [one for one in some if one.share >= LEAST_SHARE and one.document.pk not in known_already]
        found.sort(key=lambda one: -one.score)
    if not found:
        groups = [
            begun(group, term.word, asked.scope.count, asked.about)
            for group, term in zip(groups, asked.terms, strict=True)
        ]
        found = _judged(asked.user, asked.scope, ranking.strict(groups, asked.scope), groups)
    return found, groups


def _mend(asked: Asked) -> bool:
    """Put words that the reader may know into the places of those that they do not; whether there was one."""
    mended = []
    for term in asked.terms:
        is_known = key(term.word) in asked.about.keys or term.parts
        instead = "" if is_known else mend(term.word, asked.scope.count)
        mended.append(Term(instead) if instead else term)
    asked.mended = mended != asked.terms
    asked.terms = mended
    if asked.mended:
        asked.about = known([word for term in mended for word in (term.word, *term.parts)], asked.scope.count)
    return asked.mended


def _judged(user: Visitor, scope: Scope, numbers: Sequence[int], groups: Sequence[Group]) -> list[Ranked]:
    """Those of the candidates that ``user`` may see, in their order."""
    documents = ranking.rows(numbers)
    seen: set[tuple[str, int]] = set()
    for kind, keys in _keys(documents).items():
        if source := source_of(kind):
            visible = source.visible(user)
            if scope.product is not None:
                visible = source.for_product(visible, scope.product)
            seen |= {(kind, pk) for pk in visible.filter(pk__in=keys).order_by().values_list("pk", flat=True)}
    visible_documents = [document for document in documents if (document.kind, document.key) in seen]
    return ranking.rank(visible_documents, groups)


def _keys(documents: Iterable[Row]) -> dict[str, list[int]]:
    keys = defaultdict(list)
    for document in documents:
        keys[document.kind].append(document.key)
    return keys


def _results(user: Visitor, ranked: Sequence[Ranked], groups: Sequence[Group]) -> list[Result]:
    """What is shown, read from the things themselves, once more through the door."""
    looked_for = {found for group in groups for found in (*group.weights, *group.parts)}
    results: dict[tuple[str, int], Result] = {}
    for kind, keys in _keys(one.document for one in ranked).items():
        source = source_of(kind)
        if source is None:
            continue
        visible = source.visible(user).filter(pk__in=keys)
        texts = {document.key: document for document in source.documents(visible)}
        for thing in visible:
            document = texts[thing.pk]
            results[kind, thing.pk] = Result(
                kind=kind,
                label=source.label,
                title=marked(source.title(thing), looked_for),
                url=source.url(thing),
                detail=source.detail(thing),
                excerpt=excerpt(document.text, looked_for),
                changed_at=document.changed_at,
                key=thing.pk,
            )
    order = [(one.document.kind, one.document.key) for one in ranked]
    return [results[place] for place in order if place in results]


def _by_key(words: Iterable[str], about: Known) -> list[Group]:
    """A group a key, of plain words."""
    once = {key(word): Term(word) for word in words}
    return [group_of(term, about) for term in once.values()]


def _most_telling(document: SearchDocument) -> list[str]:
    """The words of a document's title and headings, and those that it uses more than once."""
    heads, about = (line.split() for line in document.heads.split("\n")[2:])
    often = {*heads, *about, *" ".join(document.body.split("\n")[1:4]).split()}
    telling = [word for word in document.words.split() if key(word) in often and word not in STOP_WORDS]
    return telling[:MOST_READ]
