"""Articles that are known to search, as the verbs leave them."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledgebase.models import Article
from knowledgebase.search.keeping import refresh
from knowledgebase.tests.factories import live_article

Writes = Callable[..., Article]


@pytest.fixture
def writes(db: None) -> Writes:
    """Makes a live article that search knows."""

    def write(*args: Any, **fields: Any) -> Article:
        article = live_article(*args, **fields)
        refresh("article", article.pk)
        return article

    return write
