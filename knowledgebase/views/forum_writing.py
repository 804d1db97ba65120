"""The nouns below a question that change something: pages of their own, for people who are signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.keys import row_in
from contracts.models import User
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from contracts.submissions import new_submission_key, read_submission_key
from knowledgebase.access import why_not_write
from knowledgebase.forms_forum import AnswerForm, ReportForm, Typed
from knowledgebase.models import Answer, Question
from knowledgebase.places import answer_place
from knowledgebase.services import forum, moderation

UNKNOWN_FORM = "This form could not be recognised. Look through it and send it once more."
ONLY_ASKER = "Only who asked, or staff, can say which answer helped."
Form = TypeVar("Form", bound=Typed)
METHODS = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Page:
    """A form about a question, or about one of its answers; ``why_not`` says why it is not offered."""

    request: HttpRequest
    template: str
    question: Question
    form: Typed
    why_not: str = ""
    answer: Answer | None = None

    @property
    def address(self) -> str:
        """Where the question is read, at the answer that this is about."""
        return answer_place(self.answer) if self.answer else reverse("question", args=[self.question.pk])

    def shown(self, *, status: int = 200) -> HttpResponse:
        context = {
            "question": self.question,
            "answer": self.answer,
            "form": self.form,
            "why_not": self.why_not,
            "address": self.address,
        }
        return render(self.request, f"knowledgebase/forum/{self.template}.html", context, status=status)

    def sent(self, verb: Callable[[], Any], *, done: str) -> HttpResponse:
        """Do it and go back to the question, or show the form again with what was typed and why not."""
        if not self.form.is_valid():
            return self.shown(status=REFUSED)
        try:
            made = verb()
        except Refused as refusal:
            self.form.refuse(refusal)
            return self.shown(status=REFUSED)
        messages.success(self.request, done)
        if isinstance(made, Answer):
            return redirect(answer_place(made))
        return redirect(self.address)


@login_required
@METHODS
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question; however often the form is sent, it makes one answer."""
    user, at, question = reader_of(request), timezone.now(), question_for(request, pk)
    why_not = why_not_write(user, question.product, at=at)
    why_not = why_not or forum.why_closed(question, at=at, staff=user.is_staff)
    if request.method != "POST":
        blank = AnswerForm(initial={"submission_key": new_submission_key(user)})
        return Page(request, "answer", question, blank, why_not).shown()
    form, key = with_key(AnswerForm, request, user)
    page = Page(request, "answer", question, form, why_not)

    def answer() -> Answer:
        return forum.answer_question(
            question=question, text=form.cleaned_data["text"], submission_key=key, actor=user, at=at
        )

    return page.sent(answer, done="Your answer is there.")


@login_required
@METHODS
def solution(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which answer helped: that of ``?answer=``; without one, that none has."""
    user, at, question = reader_of(request), timezone.now(), question_for(request, pk)
    answer = answer_for(request, question)
    is_theirs = user.is_staff or user.pk == question.asker_id
    form = Typed(request.POST if request.method == "POST" else None)
    page = Page(request, "solution", question, form, "" if is_theirs else ONLY_ASKER, answer)
    if request.method != "POST":
        return page.shown()
    if answer is None:
        return page.sent(
            lambda: forum.unmark_solution(question=question, actor=user, at=at),
            done="No answer is marked as the solution.",
        )
    return page.sent(
        lambda: forum.mark_solution(answer=answer, actor=user, at=at), done="Marked as the solution."
    )


@login_required
@METHODS
def reports(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a question, or the answer of ``?answer=``, to staff."""
    user, at, question = reader_of(request), timezone.now(), question_for(request, pk)
    answer = answer_for(request, question)
    form = ReportForm(request.POST if request.method == "POST" else None)
    page = Page(request, "report", question, form, answer=answer)
    if request.method != "POST":
        return page.shown()

    def report() -> object:
        reason = form.cleaned_data["reason"]
        if answer is not None:
            return moderation.report_answer(answer=answer, reason=reason, actor=user, at=at)
        return moderation.report_question(question=question, reason=reason, actor=user, at=at)

    return page.sent(report, done="Reported. Staff will look at it.")


def reader_of(request: HttpRequest) -> User:
    """The signed-in person; to be called behind ``login_required`` alone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def question_for(request: HttpRequest, pk: int) -> Question:
    """The question; 404 where the reader may not see it."""
    visible = Question.objects.visible_to(request.user).select_related("product", "asker")
    found = visible.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such question.")
    return found


def answer_for(request: HttpRequest, question: Question) -> Answer | None:
    """The answer that the address names, if it names one; 404 where the reader may not see it."""
    key = request.GET.get("answer", "")
    if not key:
        return None
    visible = Answer.objects.visible_to(request.user).filter(question=question)
    found = row_in(visible, key)
    if found is None:
        raise Http404("There is no such answer.")
    return found


def with_key(kind: type[Form], request: HttpRequest, user: User, **more: Any) -> tuple[Form, str]:
    """The form as it was sent, and its key; at fault, and under a new key of ours, where it came with none."""
    key = read_submission_key(request.POST.get("submission_key", ""), user)
    if key is not None:
        return kind(request.POST, **more), key
    data = request.POST.copy()
    data["submission_key"] = new_submission_key(user)
    form = kind(data, **more)
    form.add_error(None, UNKNOWN_FORM)
    return form, ""
