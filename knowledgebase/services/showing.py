"""What follows when readers see an article otherwise: the search index, and the articles like it."""

from datetime import datetime

from knowledgebase.models import Article
from knowledgebase.search import finding, index

KIND = "article"


def bring_in_step(article: Article, *, at: datetime) -> None:
    """Have search know the article as readers see it now, or forget it."""
    if not article.is_live or article.published is None:
        index.remove(KIND, article.pk)
        return
    version = article.published
    index.put(
        KIND,
        article.pk,
        audience=article.audience,
        product_ids=list(article.article_products.values_list("product", flat=True)),
        title=version.title,
        headings=" ".join(title for _, _, title in version.headings),
        text=version.plain,
        changed_at=at,
    )
    article.related = finding.like(article)
    article.save(update_fields=["related"])
