"""Keeping the index in step with the things themselves, read through their sources."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from knowledgebase.models import SearchDocument, SearchWord
from knowledgebase.models.audience import Audience
from knowledgebase.search import fulltext, index
from knowledgebase.search.sources import Document, source_of, sources

BATCH = 100
Counts = tuple[int, int, int]
NONE: Counts = (0, 0, 0)


def refresh(kind: str, key: int) -> None:
    """Have search know one thing as its source offers it now, or forget it; called in the verb's transaction."""
    source = source_of(kind)
    documents = list(source.documents(source.indexed().filter(pk=key))) if source else []
    for document in documents:
        put(kind, document)
    if not documents:
        index.remove(kind, key)


def put(kind: str, document: Document) -> None:
    """``index.put`` of a source's document."""
    index.put(
        kind,
        document.key,
        audience=document.audience,
        product_ids=document.product_ids,
        title=document.title,
        headings=document.headings,
        text=document.text,
        changed_at=document.changed_at,
    )


def rebuild() -> int:
    """Bring the whole index in step, a batch a transaction, while others read and write; how many it holds."""
    for source in sources():
        for keys in batches(source.indexed()):
            with transaction.atomic():
                fulltext.lock()
                for document in source.documents(source.indexed().filter(pk__in=keys)):
                    put(source.kind, document)
    for kind, key in strays():
        with transaction.atomic():
            fulltext.lock()
            refresh(kind, key)
    if fulltext.faults():
        with transaction.atomic():
            fulltext.lock()
            fulltext.rebuild()
    recount()
    return SearchDocument.objects.count()


def recount() -> None:
    """Set the counts of all words to what the documents have."""
    with transaction.atomic():
        fulltext.lock()
        right = counted()
        index.learn(sorted(right.keys() - _in_use()), right)
        wrong: dict[Counts, list[str]] = defaultdict(list)
        for word in SearchWord.objects.iterator():
            if _counts(word) != (counts := right.get(word.word, NONE)):
                wrong[counts].append(word.word)
        for counts, words in wrong.items():
            for some in index.portions(words):
                SearchWord.objects.filter(word__in=some).update(**dict(zip(index.ALL, counts, strict=True)))
        SearchWord.objects.filter(documents=0).delete()


def faults() -> list[str]:
    """What the index says otherwise than the things themselves, in words; empty for an index in step."""
    return [*_faults_of_documents(), *_faults_of_words(), *fulltext.faults()]


def _faults_of_documents() -> Iterator[str]:
    for source in sources():
        for keys in batches(source.indexed()):
            rows = SearchDocument.objects.filter(kind=source.kind, key__in=keys)
            held = {row.key: row for row in rows}
            for document in source.documents(source.indexed().filter(pk__in=keys)):
                row = held.get(document.key)
                if row is None:
                    yield f"{source.kind} {document.key} is missing"
                elif not index.same(row, index.made(source.kind, document)):
                    yield f"{source.kind} {document.key} is out of date"
    yield from (f"{kind} {key} should not be there" for kind, key in strays())


def _faults_of_words() -> Iterator[str]:
    right = counted()
    for word in SearchWord.objects.iterator():
        if _counts(word) != right.pop(word.word, NONE):
            yield f"the word {word.word!r} is counted wrongly"
    yield from (f"the word {word!r} is missing" for word in right)


def counted() -> dict[str, Counts]:
    """How many documents have each word, counted anew."""
    times: dict[str, Counter[str]] = {level: Counter() for level in index.ALL}
    for audience, words in SearchDocument.objects.values_list("audience", "words").iterator():
        for level in index.LEVELS[Audience(audience)]:
            times[level].update(["", *words.split()])
    documents, customers, public = (times[level] for level in index.ALL)
    return {word: (often, customers[word], public[word]) for word, often in documents.items()}


def strays() -> Iterator[tuple[str, int]]:
    """Documents in the index that no source offers."""
    held: dict[str, set[int]] = {}
    for kind, key in SearchDocument.objects.values_list("kind", "key").iterator():
        held.setdefault(kind, set()).add(key)
    for kind, keys in held.items():
        source = source_of(kind)
        offered = set(source.indexed().values_list("pk", flat=True)) if source else set()
        yield from ((kind, key) for key in sorted(keys - offered))


def batches(things: QuerySet[Any]) -> Iterator[list[int]]:
    """The numbers of ``things``, some at a time."""
    keys = list(things.order_by("pk").values_list("pk", flat=True))
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _in_use() -> set[str]:
    return set(SearchWord.objects.values_list("word", flat=True))


def _counts(word: SearchWord) -> Counts:
    return word.documents, word.for_customers, word.in_public
