"""What the page of one article shows, read in few queries, so that asking whether it changed costs little, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from contracts.prepared import Prepared
from knowledgebase.models import Article, ArticleFile, ArticleProduct, OldAddress
from knowledgebase.models.articles import DEEPEST
from knowledgebase.models.audience import VISITOR, Reader

MOST_RELATED = 5
# Of the articles that are alike, as many are looked at for some that the reader may see.
LOOKED_AT = 20
# Of the headings those down to this level stand in the list of contents.
DEEPEST_LISTED = 3
# What search engines show of a description.
DESCRIBED = 160
# What stands for what in a prepared query: values that no article has.
SLUG, PK, CATEGORY = "an article's address", -1, -2
ALIKE = tuple(range(-100, -100 - LOOKED_AT, -1))
NOBODY = 0
PICTURE = re.compile(r'<img (?=[^>]*\bsrc="/kb/files/(\d{1,18})/)')


class Text(NamedTuple):
    """An article as its reader sees it: of its own row and of its published version."""

    pk: int
    slug: str
    audience: str
    category: int
    changed_at: datetime
    first_published_at: datetime | None
    related: list[int]
    version: int
    renderer: int
    title: str
    summary: str
    html: str
    plain: str
    headings: list[tuple[int, str, str]]

    @property
    def description(self) -> str:
        """The article in one sentence."""
        return described(self.summary, self.plain)


ASKED = (
    *("pk", "slug", "audience", "category_id", "changed_at", "first_published_at", "related", "published_id"),
    *(f"published__{name}" for name in ("renderer", "title", "summary", "html", "plain", "headings")),
)
PATH = tuple(f"category{'__parent' * depth}__{name}" for depth in range(DEEPEST) for name in ("name", "slug"))


class Place(NamedTuple):
    """A category on the way to the article."""

    name: str
    slug: str


class Near(NamedTuple):
    """Another article that the page leads to."""

    pk: int
    slug: str
    title: str
    audience: str
    category: int


class Attached(NamedTuple):
    """A file to be downloaded."""

    pk: int
    name: str
    size: int


class Picture(NamedTuple):
    """A picture of the text, so large that the page can keep its place free."""

    pk: int
    width: int
    height: int


class AppliesTo(NamedTuple):
    """A product, from one release until another, by their versions; "" for no bound."""

    product: str
    first: str
    last: str

    @property
    def releases(self) -> str:
        """As in "from 4.2 until 4.7"; "" for every release."""
        if self.first and self.first == self.last:
            return self.first
        bounds = ((word, bound) for word, bound in (("from", self.first), ("until", self.last)) if bound)
        return " ".join(f"{word} {bound}" for word, bound in bounds)


@dataclass(frozen=True, slots=True)
class Page:
    """An article for one reader, with all that stands around its text. ``path`` begins at the topmost category."""

    text: Text
    path: list[Place]
    before: Near | None
    after: Near | None
    related: list[Near]
    applies_to: list[AppliesTo]
    files: list[Attached]
    pictures: list[Picture]

    @property
    def html(self) -> str:
        """The rendered text, its own pictures with their sizes, so that nothing moves when they come."""
        sizes = {str(pk): f'width="{width}" height="{height}" ' for pk, width, height in self.pictures}
        return (
            PICTURE.sub(lambda found: found[0] + sizes.get(found[1], ""), self.text.html)
            if sizes
            else self.text.html
        )

    @property
    def contents(self) -> list[tuple[int, str, str]]:
        """The headings to be listed: level, anchor and words; none where there is nothing to choose from."""
        found = [
            (level, anchor, title) for level, anchor, title in self.text.headings if level <= DEEPEST_LISTED
        ]
        return found if len(found) > 1 else []

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something on the page does; what a version says never changes."""
        text = self.text
        return (
            (text.version, text.renderer, text.slug, text.audience, text.changed_at, text.first_published_at),
            (self.path, self.before, self.after, self.related, self.applies_to, self.files, self.pictures),
        )


def page_of(reader: Reader, slug: str) -> Page | None:
    """The article at ``slug`` as ``reader`` sees it, or ``None``. Two queries."""
    row = next(iter(_text(reader, slug)), None)
    if row is None:
        return None
    text, places = Text(*row[: len(ASKED)]), row[len(ASKED) :]
    near: dict[int, Near] = {}
    applies_to, files, pictures = [], [], []
    for kind, pk, one, two, three, number, second in _around(reader, text):
        if kind == "near":
            near[pk] = Near(pk, one, two, three, number)
        elif kind == "product":
            applies_to.append(AppliesTo(one, two, three))
        elif kind == "picture":
            pictures.append(Picture(pk, number, second))
        else:
            files.append(Attached(pk, one, number))
    neighbours = [one for one in near.values() if one.category == text.category]
    return Page(
        text=text,
        path=[Place(*pair) for pair in zip(places[::2], places[1::2], strict=True) if pair[0]][::-1],
        before=max((one for one in neighbours if one.pk < text.pk), default=None),
        after=min((one for one in neighbours if one.pk > text.pk), default=None),
        related=[near[pk] for pk in text.related[:LOOKED_AT] if pk in near and pk != text.pk][:MOST_RELATED],
        applies_to=sorted(applies_to),
        files=sorted(files),
        pictures=sorted(pictures),
    )


def moved_to(reader: Reader, slug: str) -> str | None:
    """Where the article that once stood at ``slug`` stands now, if ``reader`` may see it."""
    old = OldAddress.objects.filter(slug=slug, article__in=Article.objects.readable_by(reader))
    return old.values_list("article__slug", flat=True).first()


def described(summary: str, plain: str) -> str:
    """An article in one sentence: its own, or else how its text begins."""
    return summary or Truncator(" ".join(plain.split())).chars(DESCRIBED)


def _text(reader: Reader, slug: str) -> Iterable[Sequence[Any]]:
    if reader == VISITOR:
        return _prepared_text().rows({"slug": slug})
    return _text_query(reader, slug)


def _around(reader: Reader, text: Text) -> Iterable[Sequence[Any]]:
    """Neighbours, related articles, products, files and pictures, told apart by their first value."""
    alike = (text.related + [NOBODY] * LOOKED_AT)[:LOOKED_AT]
    if reader == VISITOR:
        numbered = {f"alike {n}": pk for n, pk in enumerate(alike)}
        return _prepared_around().rows({"pk": text.pk, "category": text.category, **numbered})
    return _around_query(reader, text.pk, text.category, alike)


@cache
def _prepared_text() -> Prepared:
    """For visitors, who are the most."""
    return Prepared(_text_query(VISITOR, SLUG), {SLUG: "slug"})


@cache
def _prepared_around() -> Prepared:
    names: dict[str | int, str] = {
        PK: "pk",
        CATEGORY: "category",
        **{value: f"alike {n}" for n, value in enumerate(ALIKE)},
    }
    return Prepared(_around_query(VISITOR, PK, CATEGORY, ALIKE), names)


def _text_query(reader: Reader, slug: str) -> QuerySet[Article, Any]:
    """What ``reader`` sees at ``slug``: ``ASKED`` and ``PATH``."""
    return Article.objects.readable_by(reader).filter(slug=slug).order_by().values_list(*ASKED, *PATH)


def _around_query(reader: Reader, pk: int, category: int, alike: Sequence[int]) -> QuerySet[Any, Any]:
    nothing, none = Value("", CharField()), Value(0, IntegerField())
    near = _near(reader, pk, category, alike).values_list(
        Value("near", CharField()), "pk", "slug", "published__title", "audience", "category_id", none
    )
    products = (
        ArticleProduct.objects.filter(article=pk)
        .order_by()
        .values_list(
            Value("product", CharField()),
            "pk",
            F("product__name"),
            Coalesce("from_release__version", nothing),
            Coalesce("until_release__version", nothing),
            none,
            none,
        )
    )
    of_article = ArticleFile.objects.filter(article=pk).order_by()
    files = of_article.filter(width=None).values_list(
        Value("file", CharField()), "pk", "name", nothing, nothing, "size", none
    )
    pictures = of_article.filter(width__isnull=False, height__isnull=False).values_list(
        Value("picture", CharField()), "pk", nothing, nothing, nothing, "width", "height"
    )
    return near.union(products, files, pictures, all=True)


def _near(reader: Reader, pk: int, category: int, alike: Sequence[int]) -> QuerySet[Article]:
    """The articles ``alike``, and those before and after ``pk`` in its category, in the order of their writing."""
    visible = Article.objects.readable_by(reader).order_by()
    beside = visible.filter(category=category)
    before = beside.filter(pk__lt=pk).order_by("-pk").values("pk")[:1]
    after = beside.filter(pk__gt=pk).order_by("pk").values("pk")[:1]
    return visible.filter(Q(pk__in=alike) | Q(pk=Subquery(before)) | Q(pk=Subquery(after)))
