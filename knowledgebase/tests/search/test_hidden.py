"""Nothing that a reader may not see shows in search, suggestion or likeness: every audience, every path."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Deployment, User
from contracts.models.products import Product
from knowledgebase.models import Article, SearchDocument
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.search.finding import Result, like, search, suggest
from knowledgebase.tests.factories import WRITTEN
from knowledgebase.tests.search.conftest import Writes

VISITOR = AnonymousUser()
MAY = {
    "visitor": {"Gryphon public"},
    "contact": {"Gryphon public", "Gryphon customers", "Gryphon theirs"},
    "agent": {"Gryphon public", "Gryphon customers", "Gryphon theirs", "Gryphon another", "Gryphon staff"},
}


@pytest.fixture
def shelf(writes: Writes, deployment: Deployment) -> dict[str, Article]:
    other = Product.objects.create(name="Another product", slug="another")
    audiences: dict[str, tuple[Audience, tuple[Product, ...]]] = {
        "public": (Audience.PUBLIC, ()),
        "customers": (Audience.CUSTOMERS, ()),
        "theirs": (Audience.PRODUCT, (deployment.product,)),
        "another": (Audience.PRODUCT, (other,)),
        "staff": (Audience.STAFF, ()),
    }
    return {
        name: writes(
            f"Gryphon {name}", f"Wyvern wyvern basilisk {name}", audience=audience, products=products
        )
        for name, (audience, products) in audiences.items()
    }


@pytest.fixture(params=sorted(MAY))
def reader(request: pytest.FixtureRequest, contact: Contact, agent: User) -> tuple[str, Visitor]:
    readers: dict[str, Visitor] = {"visitor": VISITOR, "contact": contact.user, "agent": agent}
    return request.param, readers[request.param]


def titles(results: list[Result]) -> set[str]:
    return {"".join(text for text, _ in result.title) for result in results}


PATHS: dict[str, Callable[[Visitor], list[Result]]] = {
    "a word of the title": lambda user: search(user, "gryphon", at=WRITTEN).results,
    "a word of the text": lambda user: search(user, "basilisk", at=WRITTEN).results,
    "part of a word": lambda user: search(user, "gryp", at=WRITTEN).results,
    "a typing error": lambda user: search(user, "gryphno", at=WRITTEN).results,
    "a kind": lambda user: search(user, "wyvern", kind="article", at=WRITTEN).results,
    "suggestion": lambda user: suggest(user, "a gryphon and a basilisk", limit=9),
    "suggestion of any kind": lambda user: suggest(user, "a gryphon and a basilisk", limit=9, kind=""),
}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_reader_finds_what_they_may_read_and_nothing_else(path: str, reader: tuple[str, Visitor]) -> None:
    name, user = reader
    assert titles(PATHS[path](user)) == MAY[name]


def test_an_index_that_is_behind_shows_nothing_hidden(
    shelf: dict[str, Article], reader: tuple[str, Visitor]
) -> None:
    """Every row claims to be public: the door decides, not the index."""
    name, user = reader
    SearchDocument.objects.update(audience=Audience.PUBLIC)
    for path in PATHS.values():
        assert titles(path(user)) <= MAY[name]


def test_what_is_hidden_makes_no_further_page(writes: Writes) -> None:
    for number in range(12):
        writes(f"Gryphon {number}", audience=Audience.PUBLIC if number < 3 else Audience.STAFF)
    SearchDocument.objects.update(audience=Audience.PUBLIC)
    found = search(VISITOR, "gryphon", at=WRITTEN)
    assert (len(found.results), found.has_more) == (3, False)


def test_likeness_is_judged_where_it_is_shown(shelf: dict[str, Article], reader: tuple[str, Visitor]) -> None:
    name, user = reader
    shown = Article.objects.visible_to(user).filter(pk__in=like(shelf["public"]))
    assert {str(article) for article in shown} <= MAY[name]


class TestCorrections:
    @pytest.mark.parametrize("audience", [Audience.STAFF, Audience.PRODUCT, Audience.CUSTOMERS])
    def test_a_word_of_hidden_articles_is_offered_to_no_visitor(
        self, writes: Writes, audience: Audience
    ) -> None:
        writes("Project Hippogriff", audience=audience)
        writes("Welcome")
        found = search(VISITOR, "hipogriff", at=WRITTEN)
        assert (found.results, found.mended, found.words) == ([], "", ["hipogriff"])

    def test_a_word_for_customers_of_a_product_is_offered_to_no_other_customer(
        self, writes: Writes, contact: Contact
    ) -> None:
        other = Product.objects.create(name="Another product", slug="another")
        writes("Project Hippogriff", audience=Audience.PRODUCT, products=(other,))
        found = search(contact.user, "hipogriff", at=WRITTEN)
        assert (found.results, found.mended) == ([], "")

    def test_staff_are_offered_it(self, writes: Writes, agent: User) -> None:
        writes("Project Hippogriff", audience=Audience.STAFF)
        assert search(agent, "hipogriff", at=WRITTEN).mended == "hippogriff"

    def test_a_hidden_word_does_not_stop_a_correction(self, writes: Writes) -> None:
        """Else whether something is mended would tell that the word stands in a hidden article."""
        writes("Gryphon care")
        before = search(VISITOR, "gryphom", at=WRITTEN)
        writes("Gryphom", audience=Audience.STAFF)
        after = search(VISITOR, "gryphom", at=WRITTEN)
        assert before == after
        assert after.mended == "gryphon"

    def test_hidden_articles_leave_what_a_visitor_finds_as_it_was(self, writes: Writes) -> None:
        writes("Gryphon care", "Feed it twice.")
        writes("Wyvern care", "Feed it once.")
        queries = ["gryphon care", "wyv", "feed care", "gryfon feed", "care of hippogriffs"]
        before = [search(VISITOR, query, at=WRITTEN) for query in queries]
        for number in range(5):
            writes(f"Wyvern gryphon {number}", "Hippogriffs care gryfon.", audience=Audience.STAFF)
        assert [search(VISITOR, query, at=WRITTEN) for query in queries] == before


def test_a_customer_finds_the_part_of_a_word_that_only_their_product_has(
    writes: Writes, contact: Contact, deployment: Deployment
) -> None:
    writes("Hippogriff", audience=Audience.PRODUCT, products=(deployment.product,))
    assert titles(search(contact.user, "hippo", at=WRITTEN).results) == {"Hippogriff"}
    assert search(VISITOR, "hippo", at=WRITTEN).results == []


def test_what_only_an_article_for_a_products_customers_says_is_suggested_to_them(
    writes: Writes, contact: Contact, deployment: Deployment
) -> None:
    writes("A cockatrice stares", audience=Audience.PRODUCT, products=(deployment.product,))
    assert titles(suggest(contact.user, "Since noon a cockatrice stares at us")) == {"A cockatrice stares"}
    assert suggest(VISITOR, "Since noon a cockatrice stares at us") == []
