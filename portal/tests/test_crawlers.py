"""What search engines are told."""

import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.sitemaps import Part
from contracts.tests.factories import published
from knowledgebase.tests.factories import CategoryFactory, live_article

pytestmark = pytest.mark.django_db
SITE = "https://support.example.com"


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> None:
    """The site has a name, whatever host a request is for."""
    settings.SITE_URL = SITE


def addresses(path: str) -> list[str]:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    body = answer.content.decode()
    ET.fromstring(body)  # noqa: S314 -- our own
    return re.findall(r"<loc>([^<]*)</loc>", body)


def test_the_sitemap_leads_to_every_public_page() -> None:
    published("atheer")
    live_article("Cranes", category=CategoryFactory.create(slug="lifting"))
    found = [page for part in addresses("/sitemap.xml") for page in addresses(part.removeprefix(SITE))]
    assert {page.removeprefix(SITE) for page in found} >= {
        "/policies/",
        "/policies/atheer/",
        "/kb/",
        "/kb/articles/cranes/",
        "/kb/categories/lifting/",
    }
    assert all(page.startswith(SITE) for page in found)
    assert [Client().get(page.removeprefix(SITE)).status_code for page in found] == [200] * len(found)


def test_a_long_part_has_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Part, "limit", 2)
    for n in range(5):
        live_article(f"Crane {n}")
    parts = [part for part in addresses("/sitemap.xml") if "articles" in part]
    assert len(parts) == 3
    pages = [page for part in parts for page in addresses(part.removeprefix(SITE))]
    assert len(set(pages)) == 5


def test_a_part_costs_the_same_for_many_articles(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(30):
        live_article(f"Crane {n}")
    with django_assert_num_queries(2):
        Client().get("/sitemap-articles.xml")


def test_a_part_that_is_none_is_not_found() -> None:
    assert Client().get("/sitemap-nothing.xml").status_code == 404
    assert Client().get("/sitemap-articles.xml?p=99").status_code == 404


def test_robots_are_asked_to_leave_alone_what_is_no_text() -> None:
    robots = RobotFileParser()
    robots.parse(Client().get("/robots.txt").content.decode().splitlines())
    for path in ("/admin/", "/account/login/", "/search/?q=crane", "/kb/search/?q=crane"):
        assert not robots.can_fetch("anybody", path), path
    for path in ("/", "/kb/", "/kb/articles/cranes/", "/policies/"):
        assert robots.can_fetch("anybody", path), path
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]


def test_the_feed_names_what_changed_last_for_good() -> None:
    article = live_article("Cranes <& lifts>", slug="cranes")

    def entry() -> tuple[str, str, str]:
        feed = ET.fromstring(Client().get("/kb/feed.atom").content)  # noqa: S314 -- our own
        space = {"a": "http://www.w3.org/2005/Atom"}
        (found,) = feed.findall("a:entry", space)
        link = found.find("a:link", space)
        assert link is not None
        said = [found.findtext(f"a:{name}", "", space) for name in ("title", "id")]
        return said[0], said[1], link.get("href", "")

    title, number, link = entry()
    assert (title, link) == ("Cranes <& lifts>", f"{SITE}/kb/articles/cranes/")
    article.slug = "lifts"
    article.save()
    assert entry() == (title, number, f"{SITE}/kb/articles/lifts/")
