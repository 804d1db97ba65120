"""The versions of an article: which there are, what differs between two, and bringing one back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.desk_pages import actor_of, for_staff, zone_of
from contracts.refusals import Refused
from knowledgebase.admin.pages import SEE_ARTICLES, WRITE_ARTICLES, page
from knowledgebase.comparing import compare
from knowledgebase.models import Article, ArticleVersion
from knowledgebase.services import articles

MOST_LISTED = 200
LISTED = ("number", "title", "saved_at", "comment", "author__name", "author__email", "article_id")


@require_safe
@for_staff(SEE_ARTICLES)
def versions(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The versions, the newest first; ``?before=`` and ``?after=`` two numbers to compare, the last two otherwise."""
    article = get_object_or_404(Article.objects.select_related("latest", "published"), pk=pk)
    listed = article.versions.select_related("author").only(*LISTED).order_by("-number")[:MOST_LISTED]
    known = list(listed)
    newer = _chosen(request, "after", known[0].number)
    older = _chosen(request, "before", max(newer - 1, 1))
    before, after = (get_object_or_404(article.versions, number=number) for number in (older, newer))
    context = {
        "article": article,
        "versions": known,
        "before": before,
        "after": after,
        "heads": [
            (label, compare(getattr(before, name), getattr(after, name)))
            for name, label in (("title", "Title"), ("summary", "Summary"))
            if getattr(before, name) != getattr(after, name)
        ],
        "rows": compare(before.text, after.text) if before.text != after.text else [],
        "may_write": actor_of(request).has_perm(WRITE_ARTICLES) and article.archived_at is None,
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "versions", f"Versions of {article}", context)


@require_POST
@for_staff(WRITE_ARTICLES)
def restoration(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Bring an older version back as the latest."""
    version = get_object_or_404(ArticleVersion.objects.select_related("article"), article=pk, number=number)
    try:
        made = articles.restore_version(
            article=version.article, version=version, actor=actor_of(request), at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("admin:article_versions", pk)
    messages.success(
        request,
        f"Version {number} is brought back as version {made.number}. Readers do not see it until it is published.",
    )
    return redirect("admin:article", pk)


def _chosen(request: HttpRequest, name: str, otherwise: int) -> int:
    """The number that the address names."""
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else otherwise
