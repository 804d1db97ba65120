"""Where articles stand, for whom, and their addresses."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Product, Release, User
from contracts.refusals import Refused
from contracts.tests.factories import ProductFactory, ReleaseFactory
from knowledgebase.models import Article, OldAddress, SearchDocument
from knowledgebase.services import articles, settling
from knowledgebase.services.placing import About, products_of
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.writing import draft, published

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def place(article: Article, **changed: Any) -> dict[str, Any]:
    """Where the article stands, but for what is ``changed``."""
    stands = {
        "category": article.category,
        "audience": article.audience,
        "products": products_of(article),
        "owner": article.owner,
        "review_on": article.review_on,
    }
    return {"article": article, **stands, **changed}


def settle(article: Article, actor: User, at: datetime, **changed: Any) -> Article:
    return settling.settle_article(**place(article, **changed), actor=actor, at=at)


def move(article: Article, slug: str, actor: User, at: datetime) -> Article:
    return settling.move_article(article=article, slug=slug, actor=actor, at=at)


class TestSettling:
    def test_another_audience_holds_at_once_for_readers_and_search(
        self, agent: User, monday: datetime
    ) -> None:
        article = settle(published(agent, monday), agent, monday + HOUR, audience="staff")
        assert not Article.objects.visible_to(AnonymousUser()).exists()
        assert SearchDocument.objects.get().audience == "staff"
        assert article.changed_at == monday + HOUR
        event = article.events.latest("pk")
        assert (event.kind, event.text) == ("settled", "for everybody → staff")

    def test_another_owner_is_nothing_to_readers(self, agent: User, manager: User, monday: datetime) -> None:
        article = published(agent, monday)
        settled = settle(article, agent, monday + HOUR, owner=manager, review_on=date(2027, 1, 4))
        assert (settled.owner, settled.review_on) == (manager, date(2027, 1, 4))
        assert settled.changed_at == monday
        assert "owner Agnes Desk → Max Lead; review on 2027-01-04" in settled.events.latest("pk").text

    def test_what_is_so_already_is_no_event(self, agent: User, product: Product, monday: datetime) -> None:
        article = draft(agent, monday, products=[About(product)])
        settle(article, agent, monday)
        assert article.events.count() == 1

    def test_products_have_release_ranges(self, agent: User, product: Product, monday: datetime) -> None:
        first, last = (ReleaseFactory.create(product=product, version=each) for each in ("4.9", "4.10"))
        about = About(product, first, last)
        article = settle(draft(agent, monday), agent, monday, products=[about])
        assert products_of(article) == [about]
        assert article.events.latest("pk").text == "about Atlas from 4.9 until 4.10"

    def test_ranges_are_of_the_product_and_the_right_way_round(
        self, agent: User, product: Product, monday: datetime
    ) -> None:
        first, last = (ReleaseFactory.create(product=product, version=each) for each in ("4.9", "4.10"))
        for wrong in (About(product, last, first), About(ProductFactory.create(), first)):
            with pytest.raises(Refused) as refused:
                settle(draft(agent, monday), agent, monday, products=[wrong])
            assert refused.value.field == "products"

    def test_a_product_stands_once(self, agent: User, product: Product, monday: datetime) -> None:
        with pytest.raises(Refused, match="once"):
            settle(draft(agent, monday), agent, monday, products=[About(product), About(product)])

    def test_for_customers_of_its_products_it_needs_one(self, agent: User, monday: datetime) -> None:
        with pytest.raises(Refused) as refused:
            settle(draft(agent, monday), agent, monday, audience="product")
        assert refused.value.field == "products"

    def test_an_owner_is_staff_but_one_who_left_may_stay_until_another_is_chosen(
        self, agent: User, manager: User, contact: Contact, monday: datetime
    ) -> None:
        article = draft(agent, monday)
        with pytest.raises(Refused) as refused:
            settle(article, agent, monday, owner=contact.user)
        assert refused.value.field == "owner"
        User.objects.filter(pk=agent.pk).update(is_active=False)
        category = CategoryFactory.create()
        assert settle(article, manager, monday, category=category).category == category


class TestMoving:
    def test_the_old_address_leads_to_it_for_ever(self, agent: User, monday: datetime) -> None:
        article = move(published(agent, monday), "sessions", agent, monday)
        assert article.slug == "sessions"
        assert list(article.old_addresses.values_list("slug", flat=True)) == ["headsets-lose-their-session"]
        assert article.events.latest("pk").text == "headsets-lose-their-session → sessions"

    def test_it_can_move_back(self, agent: User, monday: datetime) -> None:
        article = move(draft(agent, monday), "sessions", agent, monday)
        article = move(article, "headsets-lose-their-session", agent, monday)
        assert article.slug == "headsets-lose-their-session"
        assert list(OldAddress.objects.values_list("slug", flat=True)) == ["sessions"]

    @pytest.mark.parametrize("slug", ["taken", "was-taken"])
    def test_no_other_article_takes_an_address_that_is_or_was_one(
        self, slug: str, agent: User, monday: datetime
    ) -> None:
        move(draft(agent, monday, title="Was taken"), "taken", agent, monday)
        with pytest.raises(Refused, match="for ever") as refused:
            move(draft(agent, monday), slug, agent, monday)
        assert refused.value.field == "slug"

    def test_nor_does_a_new_one(self, agent: User, monday: datetime) -> None:
        move(draft(agent, monday, title="Was taken"), "taken", agent, monday)
        assert draft(agent, monday, title="Was taken").slug == "was-taken-2"

    def test_an_archived_article_keeps_its_address(self, agent: User, monday: datetime) -> None:
        articles.archive_article(article=draft(agent, monday, title="Gone"), actor=agent, at=monday)
        with pytest.raises(Refused, match="for ever"):
            move(draft(agent, monday), "gone", agent, monday)

    @pytest.mark.parametrize(
        ("slug", "says"),
        [
            ("", "small letters"),
            ("Two words", "“two-words” would do"),
            ("a/b", "“ab” would do"),
            ("???", "small letters"),
            ("x" * 121, "at most 120"),
            ("headsets-lose-their-session", "already"),
        ],
    )
    def test_an_address_that_cannot_be_is_refused(
        self, slug: str, says: str, agent: User, monday: datetime
    ) -> None:
        with pytest.raises(Refused, match=says) as refused:
            move(draft(agent, monday), slug, agent, monday)
        assert refused.value.field == "slug"


def test_a_range_says_itself(product: Product) -> None:
    one = Release(product=product, version="4.9")
    assert [str(About(product)), str(About(product, one)), str(About(product, one, one))] == [
        "Atlas",
        "Atlas from 4.9",
        "Atlas 4.9",
    ]
