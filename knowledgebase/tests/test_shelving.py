"""The counts beside the categories: after every verb, for every audience, what counting the articles gives."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Contact, Deployment, Product, User
from knowledgebase.models import Article, Category, ShelfCount
from knowledgebase.models.audience import Audience, Visitor, reader_of
from knowledgebase.services import articles, settling, shelving
from knowledgebase.services.placing import About
from knowledgebase.shelves import all_of, shelves_of
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.writing import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves() -> tuple[Category, Category]:
    """One, and one below it."""
    top = CategoryFactory.create(name="Cranes", slug="cranes")
    return top, CategoryFactory.create(name="Gantries", slug="gantries", parent=top)


@pytest.fixture
def readers(contact: Contact, deployment: Deployment, stranger: Contact, agent: User) -> list[Visitor]:
    """One of each kind: visitor, customer of the product, customer of nothing, staff."""
    return [AnonymousUser(), contact.user, stranger.user, agent]


def shown_to(reader: Visitor) -> dict[str, int]:
    return {shelf.slug: shelf.own for shelf in all_of(shelves_of(reader_of(reader))) if shelf.own}


def counted_for(reader: Visitor) -> dict[str, int]:
    return dict(Counter(Article.objects.visible_to(reader).values_list("category__slug", flat=True)))


def lives(
    article: Article, shelves: tuple[Category, Category], product: Product, actor: User, at: datetime
) -> Iterator[object]:
    """All that can happen to where an article is counted, step by step."""
    who: dict[str, Any] = {"article": article, "actor": actor, "at": at}

    def settle(shelf: Category, audience: Audience, products: tuple[About, ...] = ()) -> Article:
        return settling.settle_article(
            **who, category=shelf, audience=audience, products=products, owner=actor, review_on=None
        )

    top, below = shelves
    both = (About(product), About(Product.objects.create(name="Borea", slug="borea")))
    yield settle(top, Audience.CUSTOMERS)
    yield articles.publish_article(**who, seen=1)
    yield articles.save_version(**who, seen=1, title="Cranes", text="Changed.")
    yield articles.publish_article(**who, seen=2)
    for shelf, audience, products in (
        (top, Audience.PUBLIC, ()),
        (below, Audience.PUBLIC, ()),
        (below, Audience.PRODUCT, both),
        (top, Audience.PRODUCT, both[1:]),
        (top, Audience.STAFF, ()),
    ):
        yield settle(shelf, audience, products)
    yield articles.archive_article(**who)
    yield settle(below, Audience.PUBLIC)
    yield articles.revive_article(**who)
    yield settling.move_article(**who, slug="elsewhere")


def test_no_verb_leaves_a_count_wrong_for_any_audience(
    shelves: tuple[Category, Category],
    readers: list[Visitor],
    product: Product,
    agent: User,
    monday: datetime,
) -> None:
    told = []
    for shelf in shelves:
        articles.publish_article(
            article=draft(agent, monday, title=f"In {shelf}", category=shelf), seen=1, actor=agent, at=monday
        )
    moving = draft(agent, monday, category=shelves[0])
    for _ in lives(moving, shelves, product, agent, monday):
        assert list(shelving.faults()) == []
        told.append([shown_to(reader) for reader in readers])
        assert told[-1] == [counted_for(reader) for reader in readers]
    assert len({str(step) for step in told}) == 6, "the steps show something else, or nothing is tested"


def test_what_was_written_in_bulk_is_counted_anew(agent: User, monday: datetime) -> None:
    articles.publish_article(article=draft(agent, monday), seen=1, actor=agent, at=monday)
    ShelfCount.objects.update(articles=7)
    Article.objects.update(audience=Audience.STAFF)
    assert len(list(shelving.faults())) == 2
    shelving.recount()
    assert list(shelving.faults()) == []
    assert (shown_to(AnonymousUser()), list(shown_to(agent).values())) == ({}, [1])
