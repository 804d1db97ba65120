"""`python -m benchmarks.shelves 5000` fills a database with articles that search knows; `--updates` times a change."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.database import SESSIONS

UPDATES = 30


def make(count: int) -> None:
    """In a process of its own, with DATA_DIR set: migrate and fill."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.articles import THESAURUS, fill, thesaurus
    from contracts.models import User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(User.objects.create_user("owner@desk.example", is_staff=True), count, timezone.now())
    (Path(settings.DATA_DIR) / THESAURUS).write_text(thesaurus())
    (Path(settings.DATA_DIR) / SESSIONS).write_text(json.dumps({}))


def updates() -> None:
    """Print what saving a version costs, and what bringing the index in step with it costs."""
    from django.db import transaction
    from django.utils import timezone

    from benchmarks.articles import Language, text_of
    from knowledgebase.models import Article, ArticleVersion
    from knowledgebase.search import keeping

    language, saving, indexing = Language(), [], []
    articles = Article.objects.select_related("published").order_by("?")[:UPDATES]
    for article in articles:
        before = article.published
        assert before is not None
        text = text_of(language)[2]

        def save(article: Article = article, before: ArticleVersion = before, text: str = text) -> None:
            number = article.versions.count() + 1
            article.published = article.latest = ArticleVersion.objects.create(
                article=article,
                number=number,
                title=before.title,
                headings=before.headings,
                text=before.text + text[:200],
                html=before.html,
                plain=before.plain + text[:200],
                renderer=1,
                author_id=before.author_id,
                saved_at=timezone.now(),
            )
            article.save()

        def put_in_step(article: Article = article) -> None:
            keeping.refresh("article", article.pk)

        with transaction.atomic():
            saving.append(timed(save))
            indexing.append(timed(put_in_step))
    print(
        f"saving an article {statistics.median(saving):.1f} ms, its index {statistics.median(indexing):.1f} ms"
    )


def timed(work: Callable[[], None]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "--updates":
        updates()
    else:
        make(int(sys.argv[1]))
