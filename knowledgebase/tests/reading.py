"""What the tests of the readers' pages share: hidden articles, and all the pages that could name them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from contracts.models import Product, User
from knowledgebase.models import Article, ArticleFile, Category, OldAddress
from knowledgebase.models.audience import Audience
from knowledgebase.search import index
from knowledgebase.tests.factories import CategoryFactory, article_file, live_article

# A word that stands in every article, so that one search could find them all.
WORD = "harbour"


def client_of(user: User | None) -> Client:
    """A browser in which ``user`` is signed in; a visitor's for ``None``."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def status_of(client: Client, address: str) -> int:
    """How ``address`` answers, a file read to its end."""
    answer: Any = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


@dataclass(frozen=True)
class Shelf:
    """A public article in the middle of a category, and a hidden one on each side of it."""

    shown: Article
    hidden: list[Article]
    files: list[ArticleFile]
    inner: Category

    @property
    def telling(self) -> list[str]:
        """What would give a hidden article away."""
        words = [text for article in self.hidden for text in (str(article), article.slug)]
        return [*words, *(file.name for file in self.files), self.inner.name, self.inner.slug]


def found_by_search(article: Article) -> None:
    """Have search know the article, as publishing does."""
    version = article.published
    assert version is not None
    index.put(
        "article",
        article.pk,
        audience=Audience(article.audience),
        product_ids=[product.pk for product in article.products.all()],
        title=version.title,
        headings="",
        text=version.plain,
        changed_at=article.changed_at,
    )


def shelf_hiding(audience: Audience, products: tuple[Product, ...] = (), **fields: Any) -> Shelf:
    """Three articles for ``audience`` around a public one: before it, after it, and alone in a category below."""
    category = CategoryFactory.create(name="Cranes", slug="cranes")
    inner = CategoryFactory.create(name="Gantries", slug="gantries", parent=category)

    def hidden(title: str, place: Category) -> Article:
        given: dict[str, Any] = {"audience": audience, "products": products, "category": place} | fields
        return live_article(title, f"The {WORD} keeps it.", **given)

    before = hidden("Quokka before", category)
    shown = live_article("Seen by all", f"The {WORD} shows it.", category=category)
    all_hidden = [before, hidden("Quokka after", category), hidden("Quokka below", inner)]
    shown.related = [article.pk for article in all_hidden]
    shown.save()
    for article in (shown, *all_hidden):
        found_by_search(article)
    files = [
        article_file(before, "quokka-plan.pdf"),
        article_file(before, "quokka.png", content_type="image/png", width=4, height=3),
    ]
    OldAddress.objects.create(slug="quokka-once", article=before)
    return Shelf(shown, all_hidden, files, inner)


def list_pages(shelf: Shelf) -> Iterator[str]:
    """Every page that could name a hidden article and is there without it."""
    yield from ("/", "/kb/", "/kb/categories/cranes/", f"/kb/articles/{shelf.shown.slug}/")
    yield f"/kb/articles/{shelf.shown.slug}/feedback/"
    yield from (f"/kb/search/?q={WORD}", "/kb/search/?q=quokk", "/kb/search/?q=quoka&kind=article")
    yield from (f"/search/?q={WORD}", "/search/?q=quokka", "/kb/feed.atom")
    yield from ("/sitemap.xml", "/sitemap-articles.xml", "/sitemap-categories.xml", "/policies/")


def own_pages(shelf: Shelf) -> Iterator[str]:
    """The addresses of the hidden things themselves."""
    for article in shelf.hidden:
        yield f"/kb/articles/{article.slug}/"
        yield f"/kb/articles/{article.slug}/feedback/"
        yield f"/kb/articles/{article.slug}/feedback/?given=yes"
    yield from (f"/kb/files/{file.pk}/{file.name}" for file in shelf.files)
    yield from ("/kb/articles/quokka-once/", "/kb/categories/gantries/")


def missing_like(address: str) -> str:
    """An address of the same form at which there is nothing."""
    return (
        address.replace("quokka", "wombat").replace("gantries", "davits").replace("/kb/files/", "/kb/files/9")
    )
