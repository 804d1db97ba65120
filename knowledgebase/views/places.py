"""/kb/ and /kb/categories/<slug>/: where to look when one does not search."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.keys import key_in
from contracts.notices import closure_notices
from knowledgebase.models.audience import reader_of
from knowledgebase.shelves import articles_on, newest, shelf_at, shelves_of
from knowledgebase.views.days import day

ROWS = 25
NEWEST = 8


@asked_page
def index(request: HttpRequest) -> HttpResponse:
    """The search box, the categories, and what is new."""
    reader = reader_of(request.user)
    shelves, changed = shelves_of(reader), newest(reader, NEWEST)
    closures = closure_notices(timezone.now())
    tag = etag(request, [shelf.state() for shelf in shelves], changed, closures)
    context = {
        "shelves": shelves,
        "newest": [(row, day(request, row.changed_at)) for row in changed],
        "canonical": settings.SITE_URL + reverse("kb"),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(render(request, "knowledgebase/index.html", context), tag)


@asked_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category: what is below it and what stands in it, a page at a time; 404 where nothing is for the reader."""
    reader = reader_of(request.user)
    shelf = shelf_at(shelves_of(reader), slug)
    if shelf is None:
        raise Http404("There is no such category.")
    after = key_in(request.GET.get("after", "")) or 0
    rows = articles_on(reader, shelf, after=after, most=ROWS + 1)
    closures = closure_notices(timezone.now())
    path = [(above.name, above.slug) for above in shelf.path]
    tag = etag(request, after, path, shelf.state(), rows, closures)
    context = {
        "shelf": shelf,
        "rows": [(row, day(request, row.changed_at)) for row in rows[:ROWS]],
        "first": after > 0,
        "next": rows[ROWS - 1].pk if len(rows) > ROWS else None,
        "canonical": settings.SITE_URL
        + reverse("kb_category", args=[slug])
        + (f"?after={after}" if after else ""),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(
        render(request, "knowledgebase/category.html", context), tag
    )
