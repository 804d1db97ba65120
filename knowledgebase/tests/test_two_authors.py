"""Two authors at the same instant: of both who save one is told of the other; titles alike get two addresses."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from contracts.models import User
from knowledgebase.models import Article, Category
from knowledgebase.services import articles
from knowledgebase.services.articles import Overtaken
from knowledgebase.tests.factories import CategoryFactory
from knowledgebase.tests.writing import draft, typed

pytestmark = [pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def at_once(*doings: Callable[[], object]) -> list[object]:
    """What each gave, or the refusal that it met; all of them begin at the same moment."""
    meet = threading.Barrier(len(doings))

    def run(doing: Callable[[], object]) -> object:
        try:
            meet.wait(20)
            return doing()
        except Overtaken as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


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
