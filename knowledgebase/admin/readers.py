"""What readers say of an article: how many it helped, and the reasons of those whom it did not."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.desk_pages import for_staff, zone_of
from knowledgebase.admin.pages import SEE_ARTICLES, page
from knowledgebase.models import Article, Feedback

MOST_LISTED = 100


@require_safe
@for_staff(SEE_ARTICLES)
def feedback(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How readers judged the article; the newest reasons first."""
    article = get_object_or_404(Article.objects.select_related("latest", "published"), pk=pk)
    given = Feedback.objects.filter(article=article)
    context = {
        "article": article,
        "helpful": given.filter(is_helpful=True).count(),
        "unhelpful": given.filter(is_helpful=False).count(),
        "reasons": given.exclude(reason="").select_related("version").order_by("-given_at")[:MOST_LISTED],
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "feedback", f"Readers of {article}", context)
