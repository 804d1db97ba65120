"""Staff's pages of the forum: the questions, one of them with its verbs, and what readers reported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.desk_pages import REFUSED, actor_of, for_staff, zone_of
from contracts.keys import key_in, read_place, row_in
from contracts.refusals import Refused
from knowledgebase.admin.pages import page
from knowledgebase.models import Answer, Article, Category, EarlierText, Question, Report
from knowledgebase.services import moderation
from knowledgebase.services.writing_up import write_up_answer
from knowledgebase.threads import Names, key_of, thread
from knowledgebase.tree import in_order

SEE_QUESTIONS, MODERATE = "knowledgebase.view_question", "knowledgebase.change_question"
SEE_REPORTS, HANDLE_REPORTS = "knowledgebase.view_report", "knowledgebase.change_report"
WRITE_UP = "knowledgebase.add_article"
ROWS, MOST_REPORTS = 25, 50
SHOWS = {
    "": ("All", Q()),
    "open": ("Open", Q(solution=None, closed_at=None, hidden_at=None)),
    "closed": ("Closed", Q(closed_at__isnull=False)),
    "hidden": ("Hidden", Q(hidden_at__isnull=False)),
}
VERBS = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Tried:
    """A verb that was sent and not done: its address, what was typed, why not."""

    url: str
    reason: str
    refusal: str


def reports_waiting() -> int:
    """How many reports nobody has handled."""
    return Report.objects.filter(handled_at=None).order_by().count()


@require_safe
@for_staff(SEE_QUESTIONS)
def questions(request: HttpRequest) -> HttpResponseBase:
    """A page of the questions, those with the newest activity first: ``?show=`` a part, ``?after=`` the row before."""
    show = request.GET.get("show", "") if request.GET.get("show") in SHOWS else ""
    found = Question.objects.filter(SHOWS[show][1]).select_related("product", "asker")
    place = read_place(request.GET.get("after", ""))
    if place:
        changed_at, pk = place
        found = found.filter(Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, pk__lt=pk))
    rows = list(found.defer("text", "html", "plain").order_by("-changed_at", "-pk")[: ROWS + 1])
    reported = dict(_reported([row.pk for row in rows]))
    names = Names(request.user, [row.asker for row in rows])
    context = {
        "rows": [(row, names.of(row.asker), reported.get(row.pk, 0)) for row in rows[:ROWS]],
        "shows": [(key, label) for key, (label, _) in SHOWS.items()],
        "show": show,
        "is_first": place is None,
        "next": key_of(rows[ROWS - 1]) if len(rows) > ROWS else "",
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "questions", "Forum", context)


@require_safe
@for_staff(SEE_QUESTIONS)
def question(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A question with its answers, and what can be done with them."""
    return _shown(request, pk)


@VERBS
@for_staff(MODERATE)
def closure(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Close a question."""
    return _on_question(request, pk, moderation.close_question, done="Closed.", reason=_reason(request))


@VERBS
@for_staff(MODERATE)
def reopening(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a question take answers again."""
    return _on_question(request, pk, moderation.reopen_question, done="Open again.")


@VERBS
@for_staff(MODERATE)
def hiding(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hide a question."""
    done = "Hidden. Only staff see it."
    return _on_question(request, pk, moderation.hide_question, done=done, reason=_reason(request))


@VERBS
@for_staff(MODERATE)
def showing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a hidden question again."""
    return _on_question(request, pk, moderation.show_question, done="Everybody sees it again.")


@VERBS
@for_staff(MODERATE)
def answer_hiding(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hide an answer."""
    done = "Hidden. Only staff see it."
    return _on_answer(request, pk, moderation.hide_answer, done=done, reason=_reason(request))


@VERBS
@for_staff(MODERATE)
def answer_showing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a hidden answer again."""
    return _on_answer(request, pk, moderation.show_answer, done="Everybody sees it again.")


@VERBS
@for_staff(WRITE_UP)
def answer_article(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write an answer up as the draft of an article."""
    answer = get_object_or_404(Answer.objects.select_related("question"), pk=pk)
    if request.method != "POST":
        return redirect("admin:question", answer.question_id)
    category = row_in(Category.objects.all(), request.POST.get("category", ""))
    if category is None:
        tried = Tried(request.path, "", "Choose the category in which the article will stand.")
        return _shown(request, answer.question_id, tried)
    made: list[Article] = []
    verb = lambda **given: made.append(write_up_answer(category=category, **given))  # noqa: E731 -- a verb with its category filled in
    answered = _on_answer(
        request, pk, verb, done="A draft is made of it. Look through it before it is published."
    )
    return redirect("admin:article", made[0].pk) if made else answered


@require_safe
@for_staff(SEE_REPORTS)
def reports(request: HttpRequest) -> HttpResponseBase:
    """What readers reported and nobody has handled, the oldest first."""
    waiting = Report.objects.filter(handled_at=None).select_related(
        "reporter", "question__asker", "answer__author", "answer__question"
    )
    context = {
        "reports": waiting[:MOST_REPORTS],
        "may_handle": actor_of(request).has_perm(HANDLE_REPORTS),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "reports", "Reports", context)


@require_POST
@for_staff(HANDLE_REPORTS)
def report_handling(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hide what was reported, its author told why, or leave it where it is."""
    report = get_object_or_404(Report, pk=pk)
    hide = "hide" in request.POST
    if not hide and "leave" not in request.POST:
        messages.error(request, "Choose whether to hide it or to leave it.")
        return redirect("admin:reports")
    try:
        moderation.handle_report(
            report=report, hide=hide, reason=_reason(request), actor=actor_of(request), at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Hidden. Only staff see it." if hide else "Left where it is.")
    return redirect("admin:reports")


def _shown(request: HttpRequest, pk: int, tried: Tried | None = None) -> HttpResponseBase:
    actor, at = actor_of(request), timezone.now()
    found = thread(actor, pk, after=key_in(request.GET.get("after", "")) or 0, at=at)
    if found is None:
        raise Http404("There is no such question.")
    about = Q(question=pk) | Q(answer__question=pk)
    earlier = list(EarlierText.objects.filter(about).select_related("replaced_by"))
    context = {
        "thread": found,
        "earlier": [text for text in earlier if text.question_id],
        "answers": [
            (said, [text for text in earlier if text.answer_id == said.answer.pk]) for said in found.answers
        ],
        "question": found.question,
        "tried": tried,
        "reports": Report.objects.filter(about, handled_at=None).select_related("reporter"),
        "categories": in_order(list(Category.objects.order_by("position", "name", "pk"))),
        "may_moderate": actor.has_perm(MODERATE),
        "may_write_up": actor.has_perm(WRITE_UP),
        "zone": zone_of(request),
        "at": at,
    }
    status = REFUSED if tried else 200
    return page(request, "question", found.question.title, context, status=status)


def _on_question(
    request: HttpRequest, pk: int, verb: Callable[..., object], *, done: str, **given: Any
) -> HttpResponseBase:
    found = get_object_or_404(Question, pk=pk)
    return _done(request, pk, lambda **who: verb(question=found, **given, **who), done)


def _on_answer(
    request: HttpRequest, pk: int, verb: Callable[..., object], *, done: str, **given: Any
) -> HttpResponseBase:
    found = get_object_or_404(Answer.objects.select_related("question"), pk=pk)
    return _done(request, found.question_id, lambda **who: verb(answer=found, **given, **who), done)


def _done(request: HttpRequest, pk: int, verb: Callable[..., object], done: str) -> HttpResponseBase:
    """Do it and show the question, or say there why not, with what was typed."""
    if request.method != "POST":
        return redirect("admin:question", pk)
    try:
        verb(actor=actor_of(request), at=timezone.now())
    except Refused as refused:
        return _shown(request, pk, Tried(request.path, _reason(request), str(refused)))
    messages.success(request, done)
    return redirect(f"{reverse('admin:question', args=[pk])}#container")


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _reported(pks: list[int]) -> list[tuple[int, int]]:
    """How many open reports each question has, with those of its answers."""
    counted: dict[int, int] = {}
    for path in ("question", "answer__question"):
        found = Report.objects.filter(**{f"{path}__in": pks}, handled_at=None).order_by()
        for pk, count in found.values_list(path).annotate(count=Count("pk")):
            counted[pk] = counted.get(pk, 0) + count
    return list(counted.items())
