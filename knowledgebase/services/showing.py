"""What follows when readers see an article otherwise: the search index, and the articles like it."""

from knowledgebase.models import Article
from knowledgebase.search import finding, keeping

KIND = "article"


def bring_in_step(article: Article) -> None:
    """Have search know the article as readers see it now, or forget it."""
    keeping.refresh(KIND, article.pk)
    if not article.is_live:
        return
    article.related = finding.like(article)
    article.save(update_fields=["related"])
