"""Writing the index: the row of a document, its full-text words and the counts of the words, in one step.

Called by the verbs, in the transaction of what they change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from knowledgebase.models import SearchDocument, SearchTypo, SearchWord
from knowledgebase.models.audience import Audience
from knowledgebase.search import fulltext
from knowledgebase.search.mending import is_mendable, pieces
from knowledgebase.search.sources import Document
from knowledgebase.search.words import STOP_WORDS, key, words_of

LONGEST_TEXT = 200_000
MOST_ABOUT = 15
LEAST_ABOUT = 3
CLASSES = (8, 4, 2, 1)
MANY = 400
LEVELS = {
    Audience.PUBLIC: ("documents", "for_customers", "in_public"),
    Audience.CUSTOMERS: ("documents", "for_customers"),
    Audience.PRODUCT: ("documents",),
    Audience.STAFF: ("documents",),
}
ALL = LEVELS[Audience.PUBLIC]
Step = tuple[tuple[str, int], ...]


@transaction.atomic
def put(
    kind: str,
    key: int,
    *,
    audience: Audience,
    product_ids: Iterable[int],
    title: str,
    headings: str,
    text: str,
    changed_at: datetime,
) -> None:
    """Let a thing be found by what it says now, by those that ``audience`` names."""
    fulltext.lock()
    document = Document(
        key=key,
        audience=audience,
        product_ids=frozenset(product_ids),
        title=title,
        headings=headings,
        text=text,
        changed_at=changed_at,
    )
    new = made(kind, document)
    old = SearchDocument.objects.filter(kind=kind, key=key).first()
    if old is not None:
        new.pk = old.pk
        if same(old, new):
            return
        fulltext.erase(old)
    new.save()
    fulltext.write(new)
    count(levels_of(old), levels_of(new))


@transaction.atomic
def remove(kind: str, key: int) -> None:
    """Let a thing be found no more; nothing happens if it was not."""
    fulltext.lock()
    old = SearchDocument.objects.filter(kind=kind, key=key).first()
    if old is None:
        return
    fulltext.erase(old)
    count(levels_of(old), {})
    old.delete()


def made(kind: str, document: Document) -> SearchDocument:
    """The row of a document, not saved."""
    in_title = list(words_of(document.title))
    in_headings = [word for word in words_of(document.headings[:LONGEST_TEXT]) if word not in STOP_WORDS]
    in_text = [word for word in words_of(document.text[:LONGEST_TEXT]) if word not in STOP_WORDS]
    of_title, of_headings = distinct(in_title), distinct(in_headings)
    times = Counter(map(key, in_text))
    times.update({found: 1 for found in of_title + of_headings if found not in times})
    about = [found for found, often in times.most_common(MOST_ABOUT) if often >= LEAST_ABOUT]
    products = sorted(document.product_ids) or [0]
    scope = [f"@{document.audience}", f"@k:{kind}", *(f"@p{pk}" for pk in products)]
    marked = [f"={found}" for found in of_title]
    return SearchDocument(
        kind=kind,
        key=document.key,
        audience=document.audience,
        heads=lines(scope, marked, dict.fromkeys(of_title + of_headings), about),
        body=lines(scope, *by_class(times)),
        words=" ".join(sorted({*in_title, *in_headings, *in_text})),
        length=len(in_text),
        changed_at=document.changed_at,
    )


def distinct(words: Iterable[str]) -> list[str]:
    """The keys of ``words``, each once, in their order."""
    return list(dict.fromkeys(map(key, words)))


def by_class(times: Counter[str]) -> list[list[str]]:
    """The keys that stand eight times and more, four, twice, once."""
    classes: list[list[str]] = [[] for _ in CLASSES]
    for found, often in times.items():
        place = next(place for place, least in enumerate(CLASSES) if often >= least)
        classes[place].append(found)
    return classes


def lines(*rows: Iterable[str]) -> str:
    """Rows of words, each with a space on either side, so that `` word `` finds it."""
    return "\n".join(f" {' '.join(row)} " for row in rows)


def same(old: SearchDocument, new: SearchDocument) -> bool:
    """Whether two rows say the same."""
    fields = ("audience", "heads", "body", "words", "length", "changed_at")
    return all(getattr(old, field) == getattr(new, field) for field in fields)


def levels_of(document: SearchDocument | None) -> dict[str, tuple[str, ...]]:
    """The counts that each word of a document stands in; the empty word stands for the document."""
    if document is None:
        return {}
    return dict.fromkeys(["", *document.words.split()], LEVELS[Audience(document.audience)])


def count(before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]) -> None:
    """Bring the counts of words from what a document had to what it has."""
    steps: dict[Step, list[str]] = defaultdict(list)
    for word in sorted({*before, *after}):
        was, now = before.get(word, ()), after.get(word, ())
        step = tuple((field, (field in now) - (field in was)) for field in ALL)
        if any(change for _, change in step):
            steps[step].append(word)
    learn([word for word in after if word not in before])
    for step, words in steps.items():
        change = {field: F(field) + by for field, by in step if by}
        for some in portions(words):
            SearchWord.objects.filter(word__in=some).update(**change)
    forget([word for word in before if word not in after])


def learn(words: list[str], counts: Mapping[str, tuple[int, ...]] | None = None) -> None:
    """Rows for words that have none, with ``counts`` or none yet."""
    for some in portions(words):
        known = set(SearchWord.objects.filter(word__in=some).values_list("word", flat=True))
        made = SearchWord.objects.bulk_create(
            SearchWord(
                word=word, stem=key(word), **dict(zip(ALL, (counts or {}).get(word, ()), strict=False))
            )
            for word in some
            if word not in known
        )
        SearchTypo.objects.bulk_create(
            SearchTypo(word=word, piece=piece)
            for word in made
            if is_mendable(word.word)
            for piece in pieces(word.word)
        )


def forget(words: list[str]) -> None:
    """Take away the rows of words that no document has any more."""
    for some in portions(words):
        SearchWord.objects.filter(word__in=some, documents=0).delete()


def portions(words: list[str]) -> Iterable[list[str]]:
    """``words`` in as many as a statement takes."""
    return (words[start : start + MANY] for start in range(0, len(words), MANY))
