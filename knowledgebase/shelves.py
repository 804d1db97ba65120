"""The tree of categories as a reader sees it: those with something in them that they may read, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from knowledgebase.models import Article, Category, ShelfCount
from knowledgebase.models.audience import Audience, Reader

# What a list shows of an article.
LISTED = ("pk", "slug", "published__title", "published__summary", "audience", "changed_at")


class Listed(Protocol):
    """What the query gives of an article: ``LISTED``."""

    pk: int
    slug: str
    published__title: str
    published__summary: str
    audience: str
    changed_at: datetime


@dataclass(slots=True)
class Shelf:
    """A category: what is below it, and how many articles the reader may read in it and below it."""

    pk: int
    name: str
    slug: str
    own: int
    parent: Shelf | None = None
    below: list[Shelf] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.own + sum(shelf.count for shelf in self.below)

    @property
    def path(self) -> list[Shelf]:
        """Those above it, the topmost first."""
        return [*self.parent.path, self.parent] if self.parent else []

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something that is shown of it does."""
        return (self.name, self.slug, self.own, [shelf.state() for shelf in self.below])


def shelves_of(reader: Reader) -> list[Shelf]:
    """The topmost categories with all that is below them, the empty ones left out. One query."""
    rows = Category.objects.annotate(own=_own(reader)).values_list("pk", "name", "slug", "own", "parent")
    return _without_empty(_tree(rows))


def shelf_at(shelves: Iterable[Shelf], slug: str) -> Shelf | None:
    """The category at that address, wherever it stands in the tree."""
    return next((shelf for shelf in all_of(shelves) if shelf.slug == slug), None)


def articles_on(reader: Reader, shelf: Shelf, *, after: int, most: int) -> list[Listed]:
    """What stands in the category itself, in the order of its writing, from the article after ``after``."""
    found = Article.objects.readable_by(reader).filter(category=shelf.pk, pk__gt=after)
    return list(found.order_by("pk").values_list(*LISTED, named=True)[:most])


def newest(reader: Reader, most: int) -> list[Listed]:
    """What was changed last."""
    found = Article.objects.readable_by(reader).order_by("-changed_at", "-pk")
    return list(found.values_list(*LISTED, named=True)[:most])


def _own(reader: Reader) -> Combinable:
    """How many articles a category has itself for ``reader``.

    Of the audiences that the reader belongs to all is counted already. What is for the customers of some product is
    counted for each reader anew: one article may be about several products.
    """
    whole = ShelfCount.objects.filter(category=OuterRef("pk"), audience__in=reader.audiences)
    own = _or_none(whole.values("category").annotate(count=Sum("articles")))
    if not reader.products or reader.is_staff:
        return own
    theirs = Article.objects.readable_by(reader).filter(category=OuterRef("pk"), audience=Audience.PRODUCT)
    return own + _or_none(theirs.order_by().values("category").annotate(count=Count("pk")))


def _or_none(counted: QuerySet[Any, Any]) -> Coalesce:
    """The ``count`` of a query with at most one row; nought without one."""
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)


def _tree(rows: Iterable[tuple[int, str, str, int, int | None]]) -> list[Shelf]:
    known: dict[int, tuple[Shelf, int | None]] = {
        pk: (Shelf(pk, name, slug, own), parent) for pk, name, slug, own, parent in rows
    }
    top = []
    for shelf, parent in known.values():
        if parent is None:
            top.append(shelf)
        else:
            shelf.parent = known[parent][0]
            shelf.parent.below.append(shelf)
    return top


def _without_empty(shelves: list[Shelf]) -> list[Shelf]:
    for shelf in shelves:
        shelf.below = _without_empty(shelf.below)
    return [shelf for shelf in shelves if shelf.count]


def all_of(shelves: Iterable[Shelf]) -> Iterator[Shelf]:
    """Every one of them and below them."""
    for shelf in shelves:
        yield shelf
        yield from all_of(shelf.below)
