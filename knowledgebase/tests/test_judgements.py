"""What an article spared and answered, counted by the verbs."""

from datetime import UTC, datetime

import pytest

from contracts.models import Contact, Product, User
from contracts.refusals import Refused
from contracts.tests.factories import UserFactory
from knowledgebase.models import Article, Deflection
from knowledgebase.models.audience import Audience
from knowledgebase.services.judgements import count_answer, record_deflection, withdraw_deflection
from knowledgebase.tests.factories import live_article

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


def deflected(article: Article, user: User, product: Product | None = None, form: str = "form") -> Deflection:
    return record_deflection(article=article, user=user, product=product, form=form, at=AT)


def counts(*articles: Article) -> list[int]:
    for article in articles:
        article.refresh_from_db()
    return [article.deflections for article in articles]


def test_a_form_counts_once_for_the_article_that_was_named_first(contact: Contact, product: Product) -> None:
    first, second = live_article("First"), live_article("Second")
    kept = deflected(first, contact.user, product)
    assert deflected(first, contact.user, product) == deflected(second, contact.user) == kept
    assert counts(first, second) == [1, 0]


def test_each_form_counts(contact: Contact) -> None:
    article = live_article()
    deflected(article, contact.user, form="one")
    deflected(article, contact.user, form="two")
    assert counts(article) == [2]


def test_what_the_reader_may_not_read_counts_nothing(contact: Contact) -> None:
    article = live_article(audience=Audience.STAFF)
    with pytest.raises(Refused, match="no longer there"):
        deflected(article, contact.user)
    assert counts(article) == [0]
    assert not Deflection.objects.exists()


def test_a_count_is_taken_back_once_and_by_whom_it_is(contact: Contact) -> None:
    article = live_article()
    deflected(article, contact.user)
    assert not withdraw_deflection(form="form", user=UserFactory.create())
    assert counts(article) == [1]
    assert withdraw_deflection(form="form", user=contact.user)
    assert not withdraw_deflection(form="form", user=contact.user)
    assert counts(article) == [0]


def test_an_answered_ticket_counts() -> None:
    article = live_article()
    count_answer(article=article)
    count_answer(article=article)
    article.refresh_from_db()
    assert article.tickets_answered == 2
