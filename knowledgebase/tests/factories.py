# factory-boy declares its classes, not its calls:
# mypy: disable-error-code="no-untyped-call"
"""Rows for tests, made directly; what verbs do is tested through the verbs."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from contracts.models import Product, User
from contracts.tests.factories import UserFactory
from knowledgebase.models import Article, ArticleFile, ArticleProduct, ArticleVersion, Category
from knowledgebase.services import shelving

WRITTEN = datetime(2026, 11, 2, 9, tzinfo=UTC)


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    name = Sequence(lambda n: f"Category {n}")
    slug = Sequence(lambda n: f"category-{n}")


def live_article(
    title: str = "Headsets lose their session",
    text: str = "Restart the session service.",
    *,
    owner: User | None = None,
    category: Category | None = None,
    products: tuple[Product, ...] = (),
    at: datetime = WRITTEN,
    **fields: Any,
) -> Article:
    """A live article of one version; ``fields`` are those of the article, the slug made of the title."""
    owner = owner or UserFactory.create(is_staff=True)
    slug = title.lower().replace(" ", "-")
    given = {"slug": slug, "owner": owner, "created_at": at, "changed_at": at} | fields
    article = Article.objects.create(category=category or CategoryFactory.create(), **given)
    version = ArticleVersion.objects.create(
        article=article,
        number=1,
        title=title,
        text=text,
        html=f"<p>{text}</p>",
        plain=text,
        renderer=1,
        author=owner,
        saved_at=at,
    )
    article.latest = article.published = version
    article.first_published_at = at
    article.save()
    shelving.move(None, shelving.place_of(article))
    for product in products:
        ArticleProduct.objects.create(article=article, product=product)
    return article


def article_file(
    article: Article,
    name: str = "cables.pdf",
    content: bytes = b"%PDF-",
    *,
    at: datetime = WRITTEN,
    **fields: Any,
) -> ArticleFile:
    """A file of ``article``; a picture where ``width`` and ``height`` are given."""
    given = {
        "content_type": "application/pdf",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "added_by": article.owner,
        "added_at": at,
    } | fields
    return ArticleFile.objects.create(
        article=article, file=ContentFile(content, name=name), name=name, **given
    )
