"""What follows when readers see an article otherwise: the search index, and the articles like it."""

from knowledgebase.models import Article
from knowledgebase.search import finding, keeping

KIND = "article"


def bring_in_step(article: Article) -> None:
    """Have search know the saved article as readers see it now, or forget it."""
    keeping.refresh(KIND, article.pk)
    if article.is_live:
        article.related = related_to(article)
        article.save(update_fields=["related"])


def related_to(article: Article) -> list[int]:
    """The numbers of the articles most like it, the nearest first, whoever may read them."""
    return finding.like(article)
