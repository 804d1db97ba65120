"""A knowledge base with as many articles as asked for, in a folder of its own, made once and kept for the next run."""

import json
import random
import sys
from pathlib import Path

from benchmarks.database import SESSIONS

PARAGRAPH = (
    "Cameras that were moved to another network keep the clock of the old one until they see a time server. "
    "Until then every certificate looks as if it were of the future, and the recorder refuses the stream. "
)
PARAGRAPHS, SECTIONS, CATEGORIES, ALIKE, BATCH = 3, 6, 60, 8, 1_000


def make(count: int) -> None:
    """In a process of its own, with DATA_DIR set: migrate, fill, and leave the address of one article."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from contracts.models import Product, User
    from knowledgebase.models import Article, ArticleProduct, ArticleVersion, Category
    from knowledgebase.services.shelving import recount

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    at, draw = timezone.now(), random.Random(7)
    owner = User.objects.create_user("owner@desk.example", is_staff=True)
    product = Product.objects.create(name="Atlas", slug="atlas")
    top = Category.objects.create(name="Everything", slug="everything")
    categories = [
        Category.objects.create(name=f"Category {n}", slug=f"category-{n}", parent=top)
        for n in range(CATEGORIES)
    ]
    section = "".join(f"<p>{PARAGRAPH}</p>" for _ in range(PARAGRAPHS))
    headings = [[2, f"s{n}", f"Section {n}"] for n in range(SECTIONS)]
    html = "".join(f'<h2 id="{anchor}">{title}</h2>{section}' for _, anchor, title in headings)
    for start in range(0, count, BATCH):
        articles = Article.objects.bulk_create(
            Article(
                slug=f"article-{n}",
                category=categories[n % CATEGORIES],
                owner=owner,
                created_at=at,
                changed_at=at,
                first_published_at=at,
                related=[draw.randint(1, count) for _ in range(ALIKE)],
            )
            for n in range(start, min(start + BATCH, count))
        )
        versions = ArticleVersion.objects.bulk_create(
            ArticleVersion(
                article=article,
                number=1,
                title=f"What to do about {article.slug}",
                summary="In the order of what is likely.",
                html=html,
                plain=PARAGRAPH * PARAGRAPHS * SECTIONS,
                headings=headings,
                renderer=1,
                author=owner,
                saved_at=at,
            )
            for article in articles
        )
        for article, version in zip(articles, versions, strict=True):
            article.published = article.latest = version
        Article.objects.bulk_update(articles, ["published", "latest"])
        ArticleProduct.objects.bulk_create(ArticleProduct(article=a, product=product) for a in articles)
    recount()
    (Path(settings.DATA_DIR) / SESSIONS).write_text(json.dumps({"article": f"article-{count // 2}"}))


if __name__ == "__main__":
    make(int(sys.argv[1]))
