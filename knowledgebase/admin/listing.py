"""The list of articles: what is live, written, in review, to look through, archived."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from contracts.desk_pages import actor_of, for_staff, zone_of
from contracts.keys import key_in
from contracts.models import User
from knowledgebase.admin.pages import SEE_ARTICLES, page
from knowledgebase.models import Article
from knowledgebase.models.articles import ArticleQuerySet

ROWS = 25
LONGEST_QUESTION = 100
Narrowing = Callable[[ArticleQuerySet, User, date], ArticleQuerySet]


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of the list: its word in the address, its link, and what stands there when it is empty."""

    key: str
    label: str
    narrow: Narrowing
    empty: str


def _written(articles: ArticleQuerySet) -> ArticleQuerySet:
    return articles.filter(archived_at=None)


FILTERS = {
    found.key: found
    for found in (
        Filter(
            "all",
            "All",
            lambda articles, user, on: _written(articles),
            "No article is written yet. Write one, or write up a ticket that you have solved.",
        ),
        Filter(
            "mine",
            "Mine",
            lambda articles, user, on: _written(articles).filter(owner=user),
            "You own no article. Who writes one owns it, until another owner is chosen.",
        ),
        Filter(
            "drafts",
            "Drafts",
            lambda articles, user, on: _written(articles).filter(published=None),
            "No draft waits. What is written and not published stands here.",
        ),
        Filter(
            "changed",
            "Changed",
            lambda articles, user, on: articles.live().exclude(latest=F("published")),
            "Readers see the latest version of every live article.",
        ),
        Filter(
            "review",
            "In review",
            lambda articles, user, on: _written(articles).exclude(review_asked_at=None),
            "Nobody asks for a review.",
        ),
        Filter(
            "due",
            "To look through",
            lambda articles, user, on: articles.overdue(on).filter(owner=user),
            "None of your articles is past its review date.",
        ),
        Filter(
            "archived",
            "Archived",
            lambda articles, user, on: articles.exclude(archived_at=None),
            "Nothing is archived.",
        ),
    )
}


def due_for(user: User, on: date) -> int:
    """How many articles ``user`` should look through."""
    return Article.objects.overdue(on).filter(owner=user).order_by().count()


@require_safe
@for_staff(SEE_ARTICLES)
def articles(request: HttpRequest) -> HttpResponseBase:
    """One page of the list: ``?show=`` a filter, ``?q=`` words of the title, ``?after=`` the row before."""
    at = timezone.now()
    chosen = FILTERS.get(request.GET.get("show", ""), FILTERS["all"])
    question = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_QUESTION]
    found = _page_of(
        _asked(chosen.narrow(Article.objects.all(), actor_of(request), at.date()), question),
        request.GET.get("after", ""),
        by_review=chosen.key == "due",
    )
    context = {
        "rows": found[:ROWS],
        "filters": FILTERS.values(),
        "chosen": chosen,
        "question": question,
        "is_first": not request.GET.get("after"),
        "next": _next(chosen, question, found),
        "page_size": ROWS,
        "today": at.date(),
        "may_write": actor_of(request).has_perm("knowledgebase.add_article"),
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "articles", "Articles", context)


def _asked(articles: ArticleQuerySet, question: str) -> ArticleQuerySet:
    """Those whose latest title has every word of ``question``."""
    for word in question.split():
        articles = articles.filter(latest__title__icontains=word)
    return articles


def _page_of(articles: ArticleQuerySet, key: str, *, by_review: bool) -> list[Article]:
    """The rows after ``key``, and one more where there is a next page: the newest first, or the longest overdue."""
    order = ("review_on", "pk") if by_review else ("-pk",)
    day, _, pk = key.rpartition("_")
    if (last := key_in(pk)) is not None:
        articles = _after(articles, _read_day(day), last, by_review=by_review)
    # Chosen by their keys first, so that only the rows of this page are joined and counted.
    chosen = articles.order_by(*order).values("pk")[: ROWS + 1]
    rows = (
        Article.objects.filter(pk__in=Subquery(chosen))
        .select_related("latest", "published", "owner", "category")
        .prefetch_related("products")
        .annotate(
            helpful=Count("feedback", filter=Q(feedback__is_helpful=True)),
            unhelpful=Count("feedback", filter=Q(feedback__is_helpful=False)),
        )
        .defer("latest__text", "latest__html", "latest__plain", "latest__headings")
        .defer("published__text", "published__html", "published__plain", "published__headings")
    )
    return list(rows.order_by(*order))


def _after(articles: ArticleQuerySet, day: date | None, pk: int, *, by_review: bool) -> ArticleQuerySet:
    if not by_review:
        return articles.filter(pk__lt=pk)
    if day is None:
        return articles
    return articles.filter(Q(review_on__gt=day) | Q(review_on=day, pk__gt=pk))


def _read_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _next(chosen: Filter, question: str, found: Sequence[Article]) -> str:
    """The query string of the next page; ``""`` for none."""
    if len(found) <= ROWS:
        return ""
    last = found[ROWS - 1]
    key = f"{last.review_on.isoformat() if last.review_on else ''}_{last.pk}"
    return "?" + urlencode({"show": chosen.key, "q": question, "after": key})
