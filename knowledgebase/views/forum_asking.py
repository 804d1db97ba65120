"""/forum/questions/new/: a question is typed, looked at beside what is known already, and then sent."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from contracts.models import User
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from contracts.submissions import new_submission_key
from knowledgebase.access import products_open_to, why_not_write
from knowledgebase.forms_forum import QuestionForm
from knowledgebase.search.finding import suggest
from knowledgebase.services.forum import ask_question, in_lines, written
from knowledgebase.views.forum_writing import METHODS, reader_of, with_key

SUGGESTED = 5
TEMPLATE = "knowledgebase/forum/new.html"


@login_required
@METHODS
def new(request: HttpRequest) -> HttpResponse:
    """The form; with the button Continue what may answer it already, with Ask the question itself."""
    user, at = reader_of(request), timezone.now()
    products = products_open_to(user, at=at)
    if not products:
        why_not = why_not_write(user, None, at=at)
        status = REFUSED if request.method == "POST" else 200
        return render(request, TEMPLATE, {"why_not": why_not}, status=status)
    if request.method != "POST":
        asked_for = request.GET.get("product", "")
        chosen = next((product.pk for product in products if product.slug == asked_for), "")
        initial = {"submission_key": new_submission_key(user), "product": chosen}
        return render(request, TEMPLATE, {"form": QuestionForm(products=products, initial=initial)})
    form, key = with_key(QuestionForm, request, user, products=products)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=REFUSED)
    return _sent(request, form, user, key, at) if "ask" in request.POST else _looked_at(request, form, user)


def _sent(request: HttpRequest, form: QuestionForm, user: User, key: str, at: datetime) -> HttpResponse:
    typed = form.cleaned_data
    try:
        question = ask_question(
            product=form.about,
            title=typed["title"],
            text=typed["text"],
            submission_key=key,
            actor=user,
            at=at,
        )
    except Refused as refusal:
        form.refuse(refusal)
        return render(request, TEMPLATE, {"form": form}, status=REFUSED)
    messages.success(request, "Your question is there. You are told by mail when somebody answers.")
    return redirect("question", question.pk)


def _looked_at(request: HttpRequest, form: QuestionForm, user: User) -> HttpResponse:
    """What fits the question already, and how it will look."""
    title, text = form.cleaned_data["title"], in_lines(form.cleaned_data["text"])
    try:
        preview = written(text)
    except Refused as refusal:
        form.refuse(refusal)
        return render(request, TEMPLATE, {"form": form}, status=REFUSED)
    known = suggest(user, f"{title}\n{text}", product=form.about, limit=SUGGESTED, kind="")
    context = {"form": form, "title": title, "preview": preview, "known": known}
    return render(request, TEMPLATE, context)
