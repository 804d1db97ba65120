"""/forum/questions/<pk>/text/: what a question says, or the answer of ``?answer=``, is put right."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from knowledgebase.access import why_not_write
from knowledgebase.forms_forum import QuestionTextForm, TextForm
from knowledgebase.models import Answer, Question
from knowledgebase.services import editing
from knowledgebase.views.forum_writing import METHODS, Page, answer_for, question_for, reader_of


@login_required
@METHODS
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The text in a form, for who wrote it and for staff; for others why they cannot change it."""
    user, at, question = reader_of(request), timezone.now(), question_for(request, pk)
    answer = answer_for(request, question)
    newest = editing.newest_answer(question)
    why_not = editing.why_not_edit(answer or question, question, newest=newest, actor=user, at=at)
    why_not = why_not or why_not_write(user, question.product, at=at)
    form = _form(request, question, answer)
    page = Page(request, "text", question, form, why_not, answer)
    if request.method != "POST":
        return page.shown()

    def edit() -> object:
        said = form.cleaned_data
        if answer is not None:
            return editing.edit_answer(answer=answer, text=said["text"], actor=user, at=at)
        return editing.edit_question(
            question=question, title=said["title"], text=said["text"], actor=user, at=at
        )

    return page.sent(edit, done="Changed. Readers see when it was edited; staff see what it said before.")


def _form(request: HttpRequest, question: Question, answer: Answer | None) -> TextForm:
    data = request.POST if request.method == "POST" else None
    if answer is not None:
        return TextForm(data, initial={"text": answer.text})
    return QuestionTextForm(data, initial={"title": question.title, "text": question.text})
