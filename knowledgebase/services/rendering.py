"""What a version keeps of its text rendered, made when it is saved and anew when the renderer has become another."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.html import format_html

from contracts.refusals import Refused
from knowledgebase.markdown import RENDERER, render
from knowledgebase.models import Article, ArticleVersion
from knowledgebase.services import showing

VERSIONS_A_RUN = 50
# Related articles are computed once a day for each article: in each minute of it for those of one slot.
SLOTS = 24 * 60


def rendered(text: str) -> dict[str, Any]:
    """The fields of a version that are made of its text. Raises ``Refused`` for more than is rendered."""
    made = render(text, trusted=True)
    return {
        "html": str(made.html),
        "headings": [[heading.level, heading.id, heading.title] for heading in made.headings],
        "plain": made.plain,
        "renderer": RENDERER,
    }


def render_again(*, at: datetime) -> int:
    """Render anew versions that an older renderer made, the newest first; how many, at most ``VERSIONS_A_RUN``."""
    old = ArticleVersion.objects.filter(renderer__lt=RENDERER).order_by("-pk")
    found = list(old[:VERSIONS_A_RUN])
    for version in found:
        _render_one(version)
    return len(found)


def find_related(*, at: datetime) -> int:
    """Find anew what is like the articles whose minute of the day ``at`` is; how many that changed."""
    slot = at.hour * 60 + at.minute
    # Python chooses: both databases divide whole numbers, but an index on the rest neither has.
    keys = [pk for pk in Article.objects.live().order_by().values_list("pk", flat=True) if pk % SLOTS == slot]
    return sum(_relate(article) for article in Article.objects.filter(pk__in=keys))


def _render_one(version: ArticleVersion) -> None:
    """The version anew, in one transaction with what search knows of it."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=version.article_id)
        ArticleVersion.objects.filter(pk=version.pk).update(**rendered_or_plain(version.text))
        if article.published_id == version.pk:
            showing.bring_in_step(article)


def rendered_or_plain(text: str) -> dict[str, Any]:
    """As ``rendered``; a text that was taken once and is too much for today's renderer is shown as it was typed."""
    try:
        return rendered(text)
    except Refused:
        return {
            "html": format_html("<pre>{}</pre>", text),
            "headings": [],
            "plain": text,
            "renderer": RENDERER,
        }


def _relate(article: Article) -> bool:
    related = showing.related_to(article)
    if related == article.related:
        return False
    return bool(Article.objects.filter(pk=article.pk).update(related=related))
