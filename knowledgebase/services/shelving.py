"""How many live articles each category has for each audience, kept in step in the transaction of every verb."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F

from knowledgebase.models import Article, ShelfCount


class Place(NamedTuple):
    """Where a live article is counted."""

    category: int
    audience: str


def place_of(article: Article) -> Place | None:
    """Where the article is counted now; ``None`` while readers do not see it."""
    return Place(article.category_id, article.audience) if article.is_live else None


def move(before: Place | None, after: Place | None) -> None:
    """Count an article no more at one place, and at another; called in the transaction that moves it."""
    if before == after:
        return
    steps = [(place, by) for place, by in ((before, -1), (after, 1)) if place is not None]
    # Always in the same order, so that two who move articles to and fro do not wait for each other for ever.
    for (category, audience), by in sorted(steps):
        count, _ = ShelfCount.objects.get_or_create(category_id=category, audience=audience)
        known = ShelfCount.objects.filter(pk=count.pk)
        (known if by > 0 else known.filter(articles__gt=0)).update(articles=F("articles") + by)


@transaction.atomic
def recount() -> None:
    """Set every count to what stands there, after articles were written in bulk."""
    right = _counted()
    ShelfCount.objects.all().delete()
    ShelfCount.objects.bulk_create(
        ShelfCount(category_id=category, audience=audience, articles=articles)
        for (category, audience), articles in right.items()
    )


def faults() -> Iterator[str]:
    """What is counted otherwise than it stands, in words; none for counts in step."""
    right = _counted()
    for count in ShelfCount.objects.select_related("category").order_by("pk"):
        there = right.pop(Place(count.category_id, count.audience), 0)
        if there != count.articles:
            yield f"{count}, and {there} stand there"
    yield from (f"{place} is not counted: {articles}" for place, articles in right.items())


def _counted() -> dict[Place, int]:
    found = Article.objects.live().order_by().values_list("category", "audience")
    return {Place(*row): articles for *row, articles in found.annotate(articles=Count("pk"))}
