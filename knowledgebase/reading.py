"""What the page of one article shows, read in few queries, so that asking whether it changed costs little, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import CharField, F, IntegerField, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from knowledgebase.models import Article, ArticleFile, ArticleProduct, ArticleVersion, Category, OldAddress
from knowledgebase.models.articles import ArticleQuerySet
from knowledgebase.models.audience import Reader

MOST_RELATED = 5
# Of the articles that are alike, as many are looked at for some that the reader may see.
LOOKED_AT = 20
# Of the headings those down to this level stand in the list of contents.
DEEPEST_LISTED = 3
# What search engines show of a description.
DESCRIBED = 160
PATH = "category__parent__parent__parent"
# Of what is joined, the page needs no more than this.
JOINED = tuple(
    f"{'category' + '__parent' * depth}__{name}" for depth in range(4) for name in ("name", "slug", "parent")
)
SHOWN = (
    "slug",
    "category",
    "audience",
    "published",
    "first_published_at",
    "changed_at",
    "related",
    *(f"published__{name}" for name in ("title", "summary", "html", "headings", "plain", "renderer")),
    *JOINED,
)


@dataclass(frozen=True, slots=True)
class Near:
    """Another article that the page leads to."""

    pk: int
    slug: str
    title: str
    audience: str
    category: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to be downloaded."""

    pk: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class AppliesTo:
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
    """An article for one reader, with all that stands around its text."""

    article: Article
    version: ArticleVersion
    before: Near | None
    after: Near | None
    related: list[Near]
    applies_to: list[AppliesTo]
    files: list[Attached]

    @property
    def description(self) -> str:
        return description_of(self.version)

    @property
    def contents(self) -> list[tuple[int, str, str]]:
        """The headings to be listed: level, anchor and words; none where there is nothing to choose from."""
        found = [
            (level, anchor, title)
            for level, anchor, title in self.version.headings
            if level <= DEEPEST_LISTED
        ]
        return found if len(found) > 1 else []

    @property
    def path(self) -> list[Category]:
        """The article's category under its parents, the topmost first."""
        return list(_upwards(self.article.category))[::-1]

    def state(self) -> tuple[object, ...]:
        """Differs as soon as something on the page does."""
        article, version = self.article, self.version
        return (
            (version.pk, version.renderer, article.slug, article.audience, article.changed_at),
            [(category.name, category.slug) for category in self.path],
            (self.before, self.after, self.related, self.applies_to, self.files),
        )


def page_of(reader: Reader, slug: str) -> Page | None:
    """The article at ``slug`` as ``reader`` sees it, or ``None``. Two queries."""
    found = (
        Article.objects.readable_by(reader).filter(slug=slug).select_related("published", PATH).only(*SHOWN)
    )
    article = found.first()
    if article is None or article.published is None:
        return None
    near: dict[int, Near] = {}
    applies_to, files = [], []
    for kind, pk, one, two, three, number in _around(article, reader):
        if kind == "near":
            near[pk] = Near(pk, one, two, three, number)
        elif kind == "product":
            applies_to.append(AppliesTo(one, two, three))
        else:
            files.append(Attached(pk, one, number))
    neighbours = [one for one in near.values() if one.category == article.category_id]
    return Page(
        article=article,
        version=article.published,
        before=max((one for one in neighbours if one.pk < article.pk), key=lambda one: one.pk, default=None),
        after=min((one for one in neighbours if one.pk > article.pk), key=lambda one: one.pk, default=None),
        related=[near[pk] for pk in article.related[:LOOKED_AT] if pk in near][:MOST_RELATED],
        applies_to=sorted(applies_to, key=lambda one: one.product),
        files=sorted(files, key=lambda file: file.pk),
    )


def moved_to(reader: Reader, slug: str) -> str | None:
    """Where the article that once stood at ``slug`` stands now, if ``reader`` may see it."""
    old = OldAddress.objects.filter(slug=slug, article__in=Article.objects.readable_by(reader))
    return old.values_list("article__slug", flat=True).first()


def description_of(version: ArticleVersion) -> str:
    """An article in one sentence: its own, or else how its text begins."""
    return version.summary or Truncator(" ".join(version.plain.split())).chars(DESCRIBED)


def _around(article: Article, reader: Reader) -> Iterator[tuple[str, int, str, str, str, int]]:
    """Neighbours, related articles, products and files, told apart by their first value. One query."""
    nothing, none = Value("", CharField()), Value(0, IntegerField())
    near = _near(article, Article.objects.readable_by(reader).order_by()).values_list(
        Value("near", CharField()), "pk", "slug", "published__title", "audience", "category_id"
    )
    products = (
        ArticleProduct.objects.filter(article=article)
        .order_by()
        .values_list(
            Value("product", CharField()),
            "pk",
            F("product__name"),
            Coalesce("from_release__version", nothing),
            Coalesce("until_release__version", nothing),
            none,
        )
    )
    files = (
        ArticleFile.objects.filter(article=article, width=None)
        .order_by()
        .values_list(Value("file", CharField()), "pk", "name", nothing, nothing, "size")
    )
    yield from near.union(products, files, all=True)


def _near(article: Article, visible: ArticleQuerySet) -> ArticleQuerySet:
    """The articles like this one, and those before and after it in its category, in the order of their writing."""
    beside = visible.filter(category=article.category_id)
    before = beside.filter(pk__lt=article.pk).order_by("-pk").values("pk")[:1]
    after = beside.filter(pk__gt=article.pk).order_by("pk").values("pk")[:1]
    alike = [pk for pk in article.related[:LOOKED_AT] if pk != article.pk]
    return visible.filter(Q(pk__in=alike) | Q(pk=Subquery(before)) | Q(pk=Subquery(after)))


def _upwards(category: Category | None) -> Iterator[Category]:
    while category is not None:
        yield category
        category = category.parent
