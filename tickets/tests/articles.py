"""Articles for the tests of tickets: live, and known to search."""

from typing import Any

from knowledgebase.models import Article
from knowledgebase.search import keeping
from knowledgebase.tests.factories import live_article


def found_article(title: str = "Headsets lose the session", text: str = "", **given: Any) -> Article:
    """A live article that search finds; as it stands, for the request that the tests file."""
    said = text or "After ten minutes everybody is signed out: restart the session service."
    article = live_article(title, said, **given)
    keeping.refresh("article", article.pk)
    return article
