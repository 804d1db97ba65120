"""Questions and answers rendered anew when the renderer has become another; what is public changes with it."""

from datetime import datetime

from django.db import transaction
from django.utils.html import format_html

from contracts.refusals import Refused
from knowledgebase.markdown import RENDERER, render
from knowledgebase.models import Answer, Question
from knowledgebase.search import keeping
from knowledgebase.services.forum import KIND

POSTS_A_RUN = 50
Post = Question | Answer


def render_posts_again(*, at: datetime) -> int:
    """Render anew what an older renderer made, the newest first; how many, at most twice ``POSTS_A_RUN``."""
    questions = list(Question.objects.filter(renderer__lt=RENDERER).order_by("-pk")[:POSTS_A_RUN])
    answers = list(Answer.objects.filter(renderer__lt=RENDERER).order_by("-pk")[:POSTS_A_RUN])
    posts: list[Post] = [*questions, *answers]
    for post in posts:
        _render_one(post)
    return len(posts)


def _render_one(post: Post) -> None:
    """The post anew, as it reads now: it may have been put right since it was found. In one transaction with what
    search knows of it.
    """
    with transaction.atomic():
        locked: Post = type(post)._default_manager.select_for_update(of=("self",)).get(pk=post.pk)
        locked.html, locked.plain = _rendered_or_plain(locked.text)
        locked.renderer = RENDERER
        locked.save(update_fields=["html", "plain", "renderer"])
        keeping.refresh(KIND, locked.pk if isinstance(locked, Question) else locked.question_id)


def _rendered_or_plain(text: str) -> tuple[str, str]:
    """A text that was taken once and is too much for today's renderer is shown as it was typed."""
    try:
        rendered = render(text, trusted=False)
    except Refused:
        return format_html("<pre>{}</pre>", text), text
    return str(rendered.html), rendered.plain
