"""/forum/ and /forum/questions/<pk>/: reading the forum, for everybody, without cookie and token."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.freshness import asked_page, etag, not_modified, with_etag
from contracts.keys import key_in, read_place
from contracts.models import Product, User
from contracts.notices import closure_notices
from knowledgebase.models.audience import Visitor, is_staff
from knowledgebase.services.editing import Post, newest_answer, why_not_edit
from knowledgebase.threads import (
    OPEN,
    SOLVED,
    Thread,
    Wanted,
    products_with_questions,
    rows,
    thread,
)
from knowledgebase.views.days import day

ROWS = 25
SHOWS = {"": "All", OPEN: "Open", SOLVED: "Solved"}
DESCRIBED = 160


@dataclass(frozen=True, slots=True)
class List:
    """The list that an address asks for, and the addresses of those beside it."""

    wanted: Wanted
    after: str

    def address(self, **changed: str) -> str:
        """This list with something changed, from its first page unless that is given."""
        product = self.wanted.product.slug if self.wanted.product else ""
        known = {"product": product, "show": self.wanted.show, **changed}
        asked = urlencode({name: value for name, value in known.items() if value})
        return f"{reverse('forum')}?{asked}" if asked else reverse("forum")


@asked_page
def forum(request: HttpRequest) -> HttpResponse:
    """A page of the questions: ``?product=``, ``?show=open`` or ``solved``, ``?after=`` the row before."""
    products = products_with_questions(request.user)
    asked = _read(request, products)
    found = rows(request.user, asked.wanted, most=ROWS + 1)
    closures = closure_notices(timezone.now())
    names = [(product.slug, product.name) for product in products]
    tag = etag(request, names, asked, [row.state() for row in found], closures)
    context = {
        "asked": asked,
        "rows": [(row, day(request, row.question.changed_at)) for row in found[:ROWS]],
        "products": [(product, asked.address(product=product.slug)) for product in products],
        "every_product": asked.address(product=""),
        "shows": [(key, label, asked.address(show=key)) for key, label in SHOWS.items()],
        "first": asked.address() if asked.after else "",
        "next": asked.address(after=found[ROWS - 1].key) if len(found) > ROWS else "",
        "canonical": settings.SITE_URL + asked.address(show="", after=asked.after),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(
        render(request, "knowledgebase/forum/list.html", context), tag
    )


@asked_page
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """A question with its answers; the same 404 for one that is hidden and one that is not there."""
    after = key_in(request.GET.get("after", "")) or 0
    found = thread(request.user, pk, after=after, at=timezone.now())
    if found is None:
        raise Http404("There is no such question.")
    closures = closure_notices(timezone.now())
    editable = _editable(request.user, found, timezone.now())
    tag = etag(request, after, found.state(), [(type(post).__name__, post.pk) for post in editable], closures)
    is_asker, staff = request.user.pk == found.question.asker_id, is_staff(request.user)
    address = reverse("question", args=[pk])
    context = {
        "thread": found,
        "question": found.question,
        "asked": day(request, found.question.asked_at),
        "question_edited": _edited(request, found.question),
        "answers": [
            (said, day(request, said.answer.written_at), _edited(request, said.answer))
            for said in found.answers
        ],
        "editable": editable,
        "is_asker": is_asker,
        "may_judge": is_asker or staff,
        "sees_ticket": (is_asker or staff) and found.question.ticket_number,
        "description": " ".join(found.question.plain.split())[:DESCRIBED],
        "is_first": not after,
        "canonical": settings.SITE_URL + address + (f"?after={after}" if after else ""),
        "closures": closures,
    }
    return not_modified(request, tag) or with_etag(
        render(request, "knowledgebase/forum/question.html", context), tag
    )


def _edited(request: HttpRequest, post: Post) -> str:
    """The day on which it was changed last, for the reader; "" where it says what it said."""
    return day(request, post.edited_at) if post.edited_at else ""


def _editable(reader: Visitor, shown: Thread, at: datetime) -> list[Post]:
    """What of the page ``reader`` may change now. At most one query, and for who wrote some of it alone."""
    question = shown.question
    answers = [said.answer for said in shown.answers]
    if not isinstance(reader, User):
        return []
    own = [answer for answer in answers if reader.is_staff or answer.author_id == reader.pk]
    posts: list[Post] = [question, *own] if reader.is_staff or question.asker_id == reader.pk else [*own]
    newest = newest_answer(question) if posts and not reader.is_staff else 0
    return [post for post in posts if not why_not_edit(post, question, newest=newest, actor=reader, at=at)]


def _read(request: HttpRequest, products: list[Product]) -> List:
    slug, show, after = (request.GET.get(name, "") for name in ("product", "show", "after"))
    place = read_place(after)
    wanted = Wanted(
        product=next((product for product in products if product.slug == slug), None),
        show=show if show in SHOWS else "",
        after=place,
    )
    return List(wanted, after if place else "")
