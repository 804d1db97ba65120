"""A visitor who comes back is told that nothing changed, and never anything else once it did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.models import Closure, Contact, Product
from contracts.tests.factories import ClosureFactory, ContactFactory, UserFactory, published
from knowledgebase.models import Article, ArticleVersion, Category
from knowledgebase.models.audience import Audience
from knowledgebase.tests.factories import WRITTEN, CategoryFactory, article_file, live_article
from knowledgebase.tests.reading import client_of

pytestmark = pytest.mark.django_db
PAGES = ("/kb/", "/kb/categories/cranes/", "/kb/articles/shown/", "/kb/feed.atom")
PUBLIC = (*PAGES, "/", "/policies/", "/kb/search/?q=crane", "/search/?q=crane", "/robots.txt", "/sitemap.xml")
Change = Callable[[Article], object]


@pytest.fixture
def article(product: Product) -> Article:
    """One with everything around it."""
    category = CategoryFactory.create(name="Cranes", slug="cranes")
    live_article("Before", category=category)
    shown = live_article("Shown", category=category, products=(product,))
    live_article("After", category=category)
    article_file(shown)
    shown.related = [live_article("Alike").pk]
    shown.save()
    return shown


def retitle(title: str) -> Change:
    """Another article's title becomes another; the shown one's own row stays as it is."""
    return lambda _: ArticleVersion.objects.filter(title=title).update(title=f"{title}, renamed")


def publish(article: Article) -> None:
    """As publishing does: another version, and the instant."""
    old = article.published
    assert old is not None
    new = ArticleVersion.objects.create(
        article=article, number=2, title="Shown anew", renderer=1, author=old.author, saved_at=WRITTEN
    )
    later = WRITTEN + timedelta(hours=1)
    Article.objects.filter(pk=article.pk).update(published=new, latest=new, changed_at=later)


def close_the_desk(_: Article) -> Closure:
    published("atheer")
    return ClosureFactory.create()


CHANGES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "published anew": (publish, PAGES),
    "a closure": (
        close_the_desk,
        ("/kb/", "/kb/categories/cranes/", "/kb/articles/shown/", "/", "/policies/"),
    ),
    "the one before": (retitle("Before"), ("/kb/categories/cranes/", "/kb/articles/shown/")),
    "the one after": (retitle("After"), ("/kb/categories/cranes/", "/kb/articles/shown/")),
    "a related one": (retitle("Alike"), ("/kb/articles/shown/",)),
    "a neighbour hidden": (
        lambda _: Article.objects.filter(slug="after").update(audience=Audience.STAFF),
        ("/kb/", "/kb/categories/cranes/", "/kb/articles/shown/", "/kb/feed.atom"),
    ),
    "a file": (lambda article: article_file(article, "more.pdf"), ("/kb/articles/shown/",)),
    "a product renamed": (lambda _: Product.objects.update(name="Atlas 2"), ("/kb/articles/shown/",)),
    "a category renamed": (lambda _: Category.objects.update(name="Lifts"), PAGES),
    "rendered anew": (lambda _: ArticleVersion.objects.update(renderer=2), ("/kb/articles/shown/",)),
    "one more": (
        lambda article: live_article("Another", category=article.category, at=WRITTEN + timedelta(days=1)),
        ("/kb/", "/kb/categories/cranes/", "/kb/feed.atom"),
    ),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_who_has_the_page_is_told_so_in_three_queries(
    address: str, article: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = Client().get(address)
    with django_assert_max_num_queries(3):
        again = Client().get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        first.headers["Cache-Control"]
        == again.headers["Cache-Control"]
        == "public, max-age=0, must-revalidate"
    )


@pytest.mark.parametrize(
    ("change", "address"), [(name, address) for name, (_, pages) in CHANGES.items() for address in pages]
)
def test_what_changed_is_sent_anew(change: str, address: str, article: Article, monday: datetime) -> None:
    with time_machine.travel(monday, tick=False):
        tag = Client().get(address).headers["ETag"]
        CHANGES[change][0](article)
        again = Client().get(address, headers={"if-none-match": tag})
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_a_closure_that_begins_is_sent_anew(article: Article) -> None:
    close_the_desk(article)
    start = Closure.objects.get().starts_at
    with time_machine.travel(start - timedelta(minutes=1), tick=False):
        tag = Client().get("/kb/articles/shown/").headers["ETag"]
    with time_machine.travel(start + timedelta(minutes=1), tick=False):
        assert Client().get("/kb/articles/shown/", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("SITE_NAME", "Other"), ("ACCENT_COLOUR", "#112233")])
def test_another_setting_of_the_site_is_another_page(
    name: str, value: str, article: Article, settings: Settings
) -> None:
    tag = Client().get("/kb/").headers["ETag"]
    setattr(settings, name, value)
    assert Client().get("/kb/", headers={"if-none-match": tag}).status_code == 200


def test_an_article_that_is_hidden_is_gone_at_once(article: Article) -> None:
    tag = Client().get("/kb/articles/shown/").headers["ETag"]
    Article.objects.filter(pk=article.pk).update(audience=Audience.STAFF)
    assert Client().get("/kb/articles/shown/", headers={"if-none-match": tag}).status_code == 404


@pytest.mark.parametrize("address", PUBLIC)
def test_no_public_page_sets_a_cookie_or_holds_a_token(address: str, article: Article) -> None:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert b"csrfmiddlewaretoken" not in answer.content
    assert answer.headers["Cache-Control"].startswith("public")


def test_a_page_with_a_message_on_it_is_not_asked_for_by_name(contact: Contact, article: Article) -> None:
    client = client_of(contact.user)
    client.post("/account/logout/")
    said = client.get("/kb/")
    assert b'class="message"' in said.content
    assert "ETag" not in said.headers
    assert "ETag" in client.get("/kb/").headers


@dataclass
class SharedCache:
    """A cache in front of the portal, as strict as HTTP lets it be and no stricter."""

    kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    hits: int = 0

    def get(self, client: Client, path: str) -> str:
        cookies = client.cookies.output(attrs=[], header="", sep=";")
        for (known, varied), answer in self.kept.items():
            if known == path and (
                "cookie" not in answer.headers.get("Vary", "").lower() or varied == cookies
            ):
                fresh = client.get(path, headers={"if-none-match": answer.headers.get("ETag", "")})
                if fresh.status_code == 304:
                    self.hits += 1
                    return str(answer.content.decode())
                break
        else:
            fresh = client.get(path)
        control = fresh.headers.get("Cache-Control", "")
        if fresh.status_code == 200 and "public" in control and "no-store" not in control:
            self.kept[path, cookies] = fresh
        return str(fresh.content.decode())


def test_a_cache_in_front_gives_nobody_what_is_another_customers(
    contact: Contact, stranger: Contact, article: Article
) -> None:
    names = {person.user: person.user.name for person in (contact, stranger)}
    people = {client_of(user): name for user, name in names.items()} | {Client(): "", Client(): ""}
    cache = SharedCache()
    for turn in range(250):
        address = PAGES[turn % len(PAGES)]
        for client, name in people.items():
            shown = cache.get(client, address)
            assert [other for other in names.values() if other in shown and other != name] == []
            assert not name or name in shown or address == "/kb/feed.atom"
    assert cache.hits > 250, "the cache kept nothing, so this proves nothing"


def test_a_session_that_ended_is_no_visitor_for_a_cache(article: Article) -> None:
    person = ContactFactory.create(user=UserFactory.create(name="Ended")).user
    client = client_of(person)
    client.cookies[site.SESSION_COOKIE_NAME] = "gone"
    assert client.get("/kb/").headers["Cache-Control"] == "private, no-store"
