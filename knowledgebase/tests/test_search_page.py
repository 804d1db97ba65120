"""The search page: excerpts, filters, pages, and what to do where nothing is found."""

import re
from typing import Any

import pytest
from django.test import Client

from contracts.models import Product
from contracts.tests.factories import ProductFactory
from knowledgebase.models import FruitlessSearch
from knowledgebase.tests.factories import CategoryFactory, live_article
from knowledgebase.tests.reading import found_by_search

pytestmark = pytest.mark.django_db


def page(query: str, client: Client | None = None) -> str:
    answer: Any = (client or Client()).get(f"/kb/search/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles(shown: str) -> list[str]:
    found = re.findall(r'class="row-title"[^>]*>(.*?)</a>', shown, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", title) for title in found]


def test_the_words_are_marked_and_nothing_of_a_text_is_markup() -> None:
    found_by_search(live_article("Cranes <b>", "A crane </p><script>alert(1)</script> lifts.", slug="cranes"))
    shown = page("?q=crane")
    assert "<mark>crane</mark>" in shown
    assert "<script>alert" not in shown
    assert titles(shown) == ["Cranes &lt;b&gt;"]


def test_what_is_typed_is_said_back_as_text() -> None:
    shown = page('?q="><script>alert(1)</script>&product=">&kind=">')
    assert "<script>alert" not in shown
    assert "Nothing was found for “&quot;&gt;&lt;script&gt;" in shown


def test_it_is_narrowed_by_product(product: Product) -> None:
    other = ProductFactory.create(name="Zephyr", slug="zephyr")
    for title, about in (("Crane of Atlas", product), ("Crane of Zephyr", other)):
        found_by_search(live_article(title, "crane", products=(about,)))
    shown = page("?q=crane&product=zephyr&kind=article")
    assert titles(shown) == ["Crane of Zephyr"]
    assert re.search(r'value="zephyr"\s+selected', shown)
    assert re.search(r'value="article"\s+selected', shown)


def test_results_come_page_by_page_with_their_filters() -> None:
    category = CategoryFactory.create()
    for n in range(23):
        found_by_search(live_article(f"Crane {n}", "crane", category=category))
    seen, query = [], "?q=crane&kind=article"
    while query:
        shown = page(query)
        seen += titles(shown)
        found = re.search(r'rel="next" href="([^"]+)"', shown)
        query = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(f"Crane {n}" for n in range(23))
    assert 'rel="prev"' in page("?q=crane&page=2")


@pytest.mark.parametrize("typed", ["0", "-1", "x", "99999", "9" * 40, "٣"])
def test_a_page_that_is_none_is_no_fault(typed: str) -> None:
    found_by_search(live_article("Crane", "crane"))
    page(f"?q=crane&page={typed}")


@pytest.mark.parametrize("typed", ["", "   ", "%00", "a" * 5000, "%F0%9F%8F%97", "'\"*:^()-"])
def test_whatever_is_typed_is_no_fault(typed: str) -> None:
    page(f"?q={typed}")


def test_in_vain_it_says_what_to_do_and_is_remembered_once_a_look() -> None:
    found_by_search(live_article("Crane", "crane"))
    shown = page("?q=zeppelin")
    assert 'href="/tickets/new/"' in shown
    assert [(kept.words, kept.times) for kept in FruitlessSearch.objects.all()] == [("zeppelin", 1)]


@pytest.mark.parametrize("query", ["?q=zeppelin&page=2", "?q=zeppelin&kind=article", "?q=", "?q=crane"])
def test_what_says_nothing_to_staff_is_not_remembered(query: str) -> None:
    found_by_search(live_article("Crane", "crane"))
    page(query)
    assert FruitlessSearch.objects.count() == 0


def test_results_are_nothing_for_search_engines() -> None:
    assert '<meta name="robots" content="noindex">' in page("?q=crane")
