"""Articles as they are found."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from contracts.models import Product
from knowledgebase.models import Article
from knowledgebase.models.articles import ArticleQuerySet
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.search.sources import Document


class Articles:
    """Live articles, by their published version."""

    kind = "article"
    label = "Article"
    plural = "Articles"

    def indexed(self) -> QuerySet[Article]:
        return self._with_texts(Article.objects.live())

    def visible(self, user: Visitor) -> QuerySet[Article]:
        return self._with_texts(Article.objects.visible_to(user))

    def for_product(self, queryset: QuerySet[Article], product: Product) -> QuerySet[Article]:
        assert isinstance(queryset, ArticleQuerySet)  # noqa: S101 -- one of the two above
        return queryset.for_product(product)

    def documents(self, queryset: QuerySet[Article]) -> Iterable[Document]:
        for article in queryset:
            if article.published is None:
                continue
            yield Document(
                key=article.pk,
                audience=Audience(article.audience),
                product_ids=frozenset(about.product_id for about in article.article_products.all()),
                title=article.published.title,
                headings=" ".join(title for _, _, title in article.published.headings),
                text=f"{article.published.summary}\n{article.published.plain}".strip(),
                changed_at=article.changed_at,
            )

    def url(self, obj: Article) -> str:
        return reverse("article", kwargs={"slug": obj.slug})

    def title(self, obj: Article) -> str:
        return str(obj)

    def detail(self, obj: Article) -> str:
        return str(obj.category)

    def _with_texts(self, articles: ArticleQuerySet) -> QuerySet[Article]:
        read = articles.select_related("published", "category").prefetch_related("article_products")
        return read.defer("related", "published__text", "published__html")
