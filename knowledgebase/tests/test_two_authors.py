"""Two authors at the same instant: of both who save one is told of the other; titles alike get two addresses."""

from datetime import datetime

import pytest

from contracts.models import User
from knowledgebase.models import Article, Category
from knowledgebase.services import articles
from knowledgebase.services.articles import Overtaken
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.together import at_once
from knowledgebase.tests.writing import draft, typed

pytestmark = [pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def test_of_two_who_save_one_is_shown_what_the_other_wrote(
    agent: User, manager: User, monday: datetime
) -> None:
    for _ in range(ROUNDS):
        article = draft(agent, monday)

        def save(author: User, article: Article = article) -> object:
            return articles.save_version(**typed(article, text=f"Of {author}"), actor=author, at=monday)

        found = at_once(lambda: save(agent), lambda: save(manager))
        assert sum(isinstance(each, Overtaken) for each in found) == 1
        assert article.versions.count() == 2


def test_two_of_the_same_title_get_two_addresses(agent: User, monday: datetime) -> None:
    category: Category = CategoryFactory.create()
    for _ in range(ROUNDS):
        found = at_once(*[lambda: draft(agent, monday, category=category)] * 2)
        assert all(isinstance(each, Article) for each in found)
    slugs = list(Article.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == 2 * ROUNDS
