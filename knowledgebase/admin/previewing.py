"""How a text would look to readers, and what the checks find in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from contracts.desk_pages import for_staff
from contracts.refusals import Refused
from knowledgebase.admin.pages import WRITE_ARTICLES
from knowledgebase.checks import Problem
from knowledgebase.markdown import render
from knowledgebase.models import Article
from knowledgebase.models.audience import VISITOR
from knowledgebase.services.readiness import problems_in, reader_of_article


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as readers would see it; ``html`` is what the renderer made and sanitised, or ``refusal`` why not."""

    html: str = ""
    problems: Sequence[Problem] = ()
    refusal: str = ""


def preview_of(text: str, article: Article | None) -> Preview:
    """``text`` rendered and checked, its links judged for the readers of ``article``, of a new one for everybody."""
    reader = VISITOR if article is None else reader_of_article(article)
    text = text.replace("\r\n", "\n").replace("\0", "")
    try:
        return Preview(render(text, trusted=True).html, problems_in(text, reader, of=article))
    except Refused as refused:
        return Preview(refusal=str(refused))


@require_POST
@for_staff(WRITE_ARTICLES)
def preview(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """The part of the page that follows the typing: the text that was sent, as readers would see it."""
    article = get_object_or_404(Article, pk=pk) if pk is not None else None
    found = preview_of(request.POST.get("text", ""), article)
    return TemplateResponse(request, "admin/knowledgebase/_preview.html", {"preview": found})
