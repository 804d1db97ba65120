"""The page of an article, its neighbours, products, files and old addresses, and the pages that lead to it."""

import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.models import Contact, Product, User
from contracts.services.staff import ensure_staff_groups
from contracts.tests.factories import ReleaseFactory
from knowledgebase.models import Article, ArticleProduct, Category, OldAddress
from knowledgebase.models.audience import Audience
from knowledgebase.rights import RIGHTS
from knowledgebase.tests.factories import WRITTEN, CategoryFactory, article_file, live_article
from knowledgebase.tests.reading import client_of, found_by_search

pytestmark = pytest.mark.django_db


def page(address: str, client: Client | None = None) -> str:
    answer: Any = (client or Client()).get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def words(address: str, client: Client | None = None) -> str:
    """The text of a page as one reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page(address, client))).split())


def of(article: Article) -> str:
    return f"/kb/articles/{article.slug}/"


@pytest.fixture
def category() -> Category:
    top = CategoryFactory.create(name="Cranes", slug="cranes")
    return CategoryFactory.create(name="Gantries", slug="gantries", parent=top)


def written(article: Article, **fields: Any) -> Article:
    """The article with other words in its version."""
    version = article.published
    assert version is not None
    for name, value in fields.items():
        setattr(version, name, value)
    version.save()
    return article


# VK6: access to the knowledge base.


def test_vk6_a_visitor_reads_what_is_public_without_signing_in() -> None:
    assert "Restart the session service." in words(of(live_article()))


def test_vk6_a_contact_reads_what_is_for_customers_of_the_product(contact: Contact, deployment: Any) -> None:
    article = live_article(audience=Audience.PRODUCT, products=(deployment.product,))
    assert Client().get(of(article)).status_code == 404
    assert "Restart the session service." in words(of(article), client_of(contact.user))


def test_vk6_the_knowledge_base_is_led_to_from_every_page(contact: Contact) -> None:
    live_article()
    for address, search in (
        ("/", "/kb/search/"),
        ("/policies/", "/search/"),
        ("/account/login/", "/search/"),
    ):
        assert '<a href="/kb/"' in page(address)
        assert f'action="{search}"' in page(address)
    assert '<a href="/kb/"' in page("/tickets/", client_of(contact.user))


def test_vk6_it_is_searched_with_a_typing_error() -> None:
    found_by_search(live_article("Installation of cranes", "How to begin an installation."))
    assert "Installation of cranes" in words("/kb/search/?q=instalation")


# The article.


def test_the_contents_lead_to_the_headings() -> None:
    article = written(
        live_article(), headings=[[2, "first", "First things"], [3, "then", "Then this"], [4, "deep", "Deep"]]
    )
    shown = page(of(article))
    assert re.findall(r'<a href="#(first|then|deep)">', shown) == ["first", "then"] * 2


def test_one_heading_needs_no_contents() -> None:
    assert "On this page" not in words(of(written(live_article(), headings=[[2, "one", "One"]])))


def test_the_products_and_releases_that_it_applies_to_are_named(product: Product) -> None:
    article, first = live_article(products=(product,)), ReleaseFactory.create(product=product, version="4.2")
    ArticleProduct.objects.update(from_release=first)
    assert "Applies to Atlas from 4.2" in words(of(article))
    last = ReleaseFactory.create(product=product, version="4.7")
    ArticleProduct.objects.update(until_release=last)
    assert "Applies to Atlas from 4.2 until 4.7" in words(of(article))
    ArticleProduct.objects.update(from_release=last)
    assert "Applies to Atlas 4.7" in words(of(article))


def test_the_day_of_the_change_is_the_readers_own(contact: Contact, monday: datetime) -> None:
    article = live_article(changed_at=monday + timedelta(hours=5))
    contact.user.time_zone = "Asia/Singapore"
    contact.user.save()
    assert "Updated Mon 23 Nov 2026" in words(of(article))
    assert "Updated Tue 24 Nov 2026" in words(of(article), client_of(contact.user))


@pytest.mark.parametrize(
    ("audience", "said"), [(Audience.CUSTOMERS, "For customers"), (Audience.STAFF, "For staff")]
)
def test_what_is_not_public_says_for_whom_it_is(audience: Audience, said: str, agent: User) -> None:
    live_article("Public")
    hidden = live_article("Not public", audience=audience)
    client = client_of(agent)
    assert said in words(of(hidden), client)
    assert said not in words("/kb/articles/public/", client)
    assert re.search(rf"<svg[^>]*>.*?</svg> {said}</span>", page("/kb/", client), re.DOTALL)


def test_neighbours_are_those_of_the_category_that_the_reader_may_see(category: Category) -> None:
    live_article("Elsewhere before")
    titles = ["One", "Two", "Hidden", "Three"]
    articles = {
        title: live_article(
            title, category=category, audience=Audience.STAFF if title == "Hidden" else Audience.PUBLIC
        )
        for title in titles
    }
    live_article("Elsewhere after")
    assert "Previous One Next Three" in words(of(articles["Two"]))
    assert "Previous" not in words(of(articles["One"]))
    assert "Next" not in words(of(articles["Three"]))


def test_related_are_five_at_most_in_their_order() -> None:
    articles = [live_article(f"Alike {n}") for n in range(8)]
    shown = live_article("Shown", related=[article.pk for article in reversed(articles)])
    assert re.findall(r"Alike \d", words(of(shown))) == [f"Alike {n}" for n in (7, 6, 5, 4, 3)]


def test_search_engines_read_what_it_is_about(settings: Settings, category: Category) -> None:
    settings.SITE_URL = "https://support.example.com"
    shown = page(of(written(live_article(category=category), summary="A <short> one.")))
    assert (
        '<link rel="canonical" href="https://support.example.com/kb/articles/headsets-lose-their-session/">'
        in shown
    )
    assert '<meta name="description" content="A &lt;short&gt; one.">' in shown
    assert 'itemtype="https://schema.org/TechArticle"' in shown
    assert re.findall(r'itemprop="name">([^<]*)<', shown) == ["Knowledge base", "Cranes", "Gantries"]


def test_without_a_summary_the_description_is_how_it_begins() -> None:
    assert '<meta name="description" content="Restart the session service.">' in page(of(live_article()))


def test_an_old_address_leads_to_the_article_for_who_may_read_it(agent: User) -> None:
    hidden = live_article("Hidden", audience=Audience.STAFF)
    for slug, article in (("once", live_article()), ("hidden-once", hidden)):
        OldAddress.objects.create(slug=slug, article=article)
    answer = Client().get("/kb/articles/once/")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        "/kb/articles/headsets-lose-their-session/",
    )
    assert Client().get("/kb/articles/hidden-once/").status_code == 404
    assert client_of(agent).get("/kb/articles/hidden-once/").status_code == 301


# Files.


def test_a_picture_is_shown_and_a_file_is_a_download() -> None:
    article = live_article()
    article_file(article, "plan.pdf")
    article_file(article, "crane.png", width=4, height=3)
    shown = page(of(article))
    found = re.findall(r'href="(/kb/files/\d+/[^"]+)"', shown)
    assert [address.rpartition("/")[2] for address in found] == ["plan.pdf"]
    answer: Any = Client().get(found[0])
    b"".join(answer.streaming_content)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    picture: Any = Client().get(f"/kb/files/{article.files.get(name='crane.png').pk}/crane.png")
    b"".join(picture.streaming_content)
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in picture.headers["Content-Security-Policy"]


def test_pictures_of_the_article_keep_their_place_free() -> None:
    article = live_article()
    own = article_file(article, "crane.png", width=640, height=480)
    other = article_file(live_article("Other"), "other.png", width=1, height=1)
    html = "".join(f'<img alt="" src="/kb/files/{pk}/a.png" loading="lazy">' for pk in (own.pk, other.pk))
    shown = page(of(written(article, html=html)))
    assert f'<img width="640" height="480" alt="" src="/kb/files/{own.pk}/a.png" loading="lazy">' in shown
    assert f'<img alt="" src="/kb/files/{other.pk}/a.png" loading="lazy">' in shown


def test_staff_who_may_write_find_the_way_to_the_desk(agent: User, contact: Contact) -> None:
    article = live_article()
    way = f'href="/admin/articles/{article.pk}/"'
    assert way not in page(of(article), client_of(agent))
    ensure_staff_groups(RIGHTS)
    assert way in page(of(article), client_of(agent))
    assert way not in page(of(article), client_of(contact.user))
    assert way not in page(of(article))


def test_a_file_is_asked_for_again_without_being_sent_again() -> None:
    file = article_file(live_article())
    address = f"/kb/files/{file.pk}/{file.name}"
    first: Any = Client().get(address)
    b"".join(first.streaming_content)
    again = Client().get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    Article.objects.update(audience=Audience.STAFF)
    assert Client().get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 404


def test_a_file_under_another_name_is_none() -> None:
    file = article_file(live_article())
    assert Client().get(f"/kb/files/{file.pk}/other.pdf").status_code == 404


def test_staff_see_the_files_of_a_draft(agent: User, contact: Contact) -> None:
    file = article_file(live_article(published=None))
    Article.objects.update(published=None)
    address = f"/kb/files/{file.pk}/{file.name}"
    answer: Any = client_of(agent).get(address)
    b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert client_of(contact.user).get(address).status_code == 404


def test_a_file_that_the_storage_lost_is_no_fault_of_the_page() -> None:
    file = article_file(live_article())
    Path(file.file.path).unlink()
    assert Client().get(f"/kb/files/{file.pk}/{file.name}").status_code == 404


# Categories and lists.


def test_a_category_counts_what_is_below_it_and_leads_there(category: Category) -> None:
    live_article("Below", category=category)
    live_article("Here", category=category.parent)
    assert "Cranes 2 articles" in words("/kb/")
    shown = words("/kb/categories/cranes/")
    assert "Gantries 1 article" in shown
    assert "Here" in shown
    assert "Below" not in shown


def test_an_empty_category_is_not_shown(category: Category) -> None:
    live_article("Here", category=category.parent)
    assert "Gantries" not in words("/kb/")
    assert Client().get("/kb/categories/gantries/").status_code == 404


def test_a_long_category_is_read_page_by_page(category: Category) -> None:
    for n in range(60):
        live_article(f"Article {n:02}", category=category)
    seen, address, pages = [], "/kb/categories/gantries/", 0
    while address:
        shown, pages = page(address), pages + 1
        seen += re.findall(r"Article (\d\d)</a>", shown)
        found = re.search(r'rel="next" href="(\?after=\d+)"', shown)
        address = f"/kb/categories/gantries/{found[1]}" if found else ""
    assert (seen, pages) == ([f"{n:02}" for n in range(60)], 3)


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 30, "%00", "1e3"])
def test_a_page_that_is_none_is_the_beginning(typed: str, category: Category) -> None:
    live_article("Here", category=category)
    assert "Here" in words(f"/kb/categories/gantries/?after={typed}")


def test_nothing_published_says_what_would_stand_there() -> None:
    assert "No article is published yet." in words("/kb/")


def test_what_was_changed_last_stands_first() -> None:
    for n in range(10):
        live_article(f"Article {n}", changed_at=WRITTEN + timedelta(days=n))
    assert re.findall(r"Article \d", words("/kb/").split("Changed last")[1])[:2] == ["Article 9", "Article 8"]


# What it costs.


@pytest.mark.parametrize("more", [0, 30])
def test_the_queries_of_a_visitors_page_are_three_however_much_there_is(
    more: int, category: Category, product: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    article = live_article(category=category, products=(product,))
    others = [live_article(f"Other {n}", category=category, products=(product,)) for n in range(more)]
    article.related = [other.pk for other in others]
    article.save()
    for address in (of(article), "/kb/", "/kb/categories/gantries/"):
        with django_assert_num_queries(3):
            page(address)


def test_a_contact_costs_no_more_for_many_articles(
    contact: Contact, category: Category, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    article, client = live_article(category=category), client_of(contact.user)
    page(of(article), client)
    for n in range(30):
        live_article(f"Other {n}", category=category)
    with django_assert_num_queries(7):  # session, person, customers, installations; then as a visitor
        page(of(article), client)


def test_times_are_not_of_the_page_but_of_the_article(monday: datetime) -> None:
    article = live_article()
    with time_machine.travel(monday, tick=False):
        before = page(of(article))
    with time_machine.travel(monday + timedelta(days=400), tick=False):
        assert page(of(article)) == before
