"""Articles: what readers find, the versions behind it, and what happened to it.

The published version is what readers see; the latest is what staff are writing. Both are rows that
never change, so that any two can be compared and an old one brought back.
"""

from __future__ import annotations

import secrets
from datetime import date

from django.db import models
from django.db.models import Q

from contracts.models import Product, Release, User
from knowledgebase.models.audience import Audience, Reader, Visitor, reader_of

DEEPEST = 4


class Category(models.Model):
    """A place in the tree of articles, at most ``DEEPEST`` levels deep."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller ones stand first.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="category_name_once")]
        ordering = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    """Questions about articles."""

    def live(self) -> ArticleQuerySet:
        """Published and not archived."""
        return self.filter(published__isnull=False, archived_at=None)

    def visible_to(self, user: Visitor) -> ArticleQuerySet:
        """What ``user`` may read: the one door for page, list, search, suggestion, related, feed and sitemap."""
        return self.readable_by(reader_of(user))

    def readable_by(self, reader: Reader) -> ArticleQuerySet:
        """``visible_to`` for a reader who is known already."""
        allowed = Q(audience__in=reader.audiences)
        if reader.products and not reader.is_staff:
            of_product = ArticleProduct.objects.filter(product__in=reader.products).order_by()
            allowed |= Q(audience=Audience.PRODUCT, pk__in=of_product.values("article"))
        return self.live().filter(allowed)

    def for_product(self, product: Product) -> ArticleQuerySet:
        """Those about ``product``, and those about no product in particular."""
        return self.filter(Q(article_products__product=product) | Q(article_products=None)).distinct()

    def overdue(self, on: date) -> ArticleQuerySet:
        """Live ones whose review date is ``on`` or earlier, the oldest date first."""
        return self.live().filter(review_on__lte=on).order_by("review_on", "pk")


class Article(models.Model):
    """One article at one address. What it says stands in its versions; services alone change it.

    ``tickets_answered`` and ``deflections`` are projections: of the replies it was put into, and of the
    requests that it made unnecessary. ``related`` holds the numbers of articles like it, the nearest first,
    computed when it is published and every night.
    """

    slug = models.SlugField(max_length=120, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="articles")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_articles")
    audience = models.CharField(max_length=9, choices=Audience.choices, default=Audience.PUBLIC)
    products = models.ManyToManyField(Product, through="ArticleProduct", related_name="articles")
    review_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    latest = models.ForeignKey("ArticleVersion", on_delete=models.PROTECT, related_name="+", null=True)
    published = models.ForeignKey("ArticleVersion", on_delete=models.PROTECT, related_name="+", null=True)
    first_published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(help_text="When what readers see was changed last.")
    review_asked_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    related = models.JSONField(default=list)
    tickets_answered = models.PositiveIntegerField(default=0)
    deflections = models.PositiveIntegerField(default=0)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="article_newest"),
            # How many its owner should look through stands beside every page of the desk.
            models.Index(fields=["owner", "review_on"], name="article_due"),
            # Neighbours and counts of a category are read from the index alone.
            models.Index(
                fields=["category", "audience", "id", "archived_at", "published"], name="article_on_shelf"
            ),
        ]
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        shown = self.published or self.latest
        return shown.title if shown else self.slug

    @property
    def is_live(self) -> bool:
        return self.published_id is not None and self.archived_at is None

    @property
    def has_changes(self) -> bool:
        """Whether staff have written what readers do not see yet."""
        return self.latest_id != self.published_id

    @property
    def state(self) -> str:
        """``draft``, ``in review``, ``live`` or ``archived``; a live one stays live while a change is in review."""
        if self.archived_at is not None:
            return "archived"
        if self.published_id is not None:
            return "live"
        return "in review" if self.review_asked_at else "draft"


class ArticleProduct(models.Model):
    """A product that an article is about, from one release on until another; both included, none: no bound."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="article_products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    from_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    until_release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "product"], name="article_product_once")]

    def __str__(self) -> str:
        return f"{self.product}"


class ArticleVersion(models.Model):
    """What an article said from one saving to the next; never changed.

    ``html``, ``headings`` (level, id, title) and ``plain`` are made of ``text`` by the renderer of the
    number ``renderer``, and made anew when that rises.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True, help_text="One sentence for lists and feeds.")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headings = models.JSONField(default=list)
    plain = models.TextField(blank=True)
    renderer = models.PositiveSmallIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    comment = models.CharField(max_length=200, blank=True, help_text="What was changed, and why.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="article_version_once")]
        ordering = ["article", "-number"]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class ArticleEventKind(models.TextChoices):
    """What happens to an article."""

    CREATED = "created", "begun"
    SAVED = "saved", "saved"
    RESTORED = "restored", "older version brought back"
    REVIEW_ASKED = "review_asked", "review asked for"
    RETURNED = "returned", "returned to its author"
    PUBLISHED = "published", "published"
    REVIEWED = "reviewed", "looked through, and still right"
    SETTLED = "settled", "place, audience or products changed"
    MOVED = "moved", "given another address"
    FILE_ADDED = "file_added", "file added"
    FILE_REMOVED = "file_removed", "file removed"
    ARCHIVED = "archived", "archived"
    REVIVED = "revived", "taken out of the archive"


class ArticleEvent(models.Model):
    """One thing that happened to an article; never changed."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=ArticleEventKind.choices)
    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="+", null=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["article", "pk"]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_kind_display()}"


class OldAddress(models.Model):
    """Where an article stood before; leads to it for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="old_addresses")

    class Meta:
        verbose_name_plural = "old addresses"

    def __str__(self) -> str:
        return self.slug


def random_path(_: ArticleFile, __: str) -> str:
    """Where a file is kept: names are drawn, so that nothing that was sent in decides them."""
    return f"articles/{secrets.token_hex(16)}"


class ArticleFile(models.Model):
    """A picture or an attachment of an article. ``name`` is what its sender called it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(upload_to=random_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, help_text="Of a picture, in pixels.")
    height = models.PositiveIntegerField(null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["article", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.width is not None
