"""/kb/articles/<slug>/: an article, whoever may read it; and where one stood before."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.notices import closure_notices
from knowledgebase.models.audience import Reader, reader_of
from knowledgebase.reading import moved_to, page_of
from knowledgebase.views.days import day


@asked_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """The article; the same 404 for one that is hidden and one that is not there."""
    reader = reader_of(request.user)
    page = page_of(reader, slug)
    if page is None:
        return _moved(reader, slug)
    closures = closure_notices(timezone.now())
    changed = day(request, page.text.changed_at)
    tag = etag(request, page.state(), changed, closures)
    context = {
        "page": page,
        "text": page.text,
        "changed": changed,
        "canonical": settings.SITE_URL + reverse("article", args=[page.text.slug]),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(
        render(request, "knowledgebase/article.html", context), tag
    )


def _moved(reader: Reader, slug: str) -> HttpResponse:
    now_at = moved_to(reader, slug)
    if now_at is None:
        raise Http404("There is no such article.")
    return HttpResponsePermanentRedirect(reverse("article", args=[now_at]))
