"""A verb is sent: its form is read, its service is called once, and the page comes back."""

import logging

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.bodies import with_files
from contracts.desk_pages import OVERTAKEN, REFUSED, actor_of, for_staff
from contracts.refusals import Refused
from contracts.uploads import left_out_of
from contracts.verb_forms import show_refusal
from knowledgebase.admin.editor import Desk, desk_of, shown
from knowledgebase.admin.forms import PlaceForm, WritingForm
from knowledgebase.admin.pages import WRITE_ARTICLES, page
from knowledgebase.admin.previewing import preview_of
from knowledgebase.admin.verbs import VERB_PAGES, Doing
from knowledgebase.models import ArticleFile, ArticleVersion
from knowledgebase.services import articles, files

log = logging.getLogger(__name__)
NOT_STORED = 507
DISK_FAULT = "The file could not be stored: our disk is full. Try again later; your text is kept."
SAVED = "Version {} is saved. Readers do not see it until it is published."


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(WRITE_ARTICLES)
def article(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An article; sent, its text is saved or, with the button Preview, only looked at."""
    desk = desk_of(request, pk)
    if request.method != "POST":
        return shown(request, desk)
    if "preview" in request.POST:
        desk.writing = WritingForm(request.POST, auto_id="%s")
        desk.previewed = preview_of(request.POST.get("text", ""), desk.article)
        return shown(request, desk)
    before = desk.latest.number
    version, refused = _saved(request, desk)
    if version is None:
        return refused or shown(request, desk, status=REFUSED)
    if version.number == before:
        messages.info(request, "Nothing is changed: the latest version says just this.")
    else:
        messages.success(request, SAVED.format(version.number))
    return redirect("admin:article", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(WRITE_ARTICLES)
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Save what is in the form, and ask a colleague to look at it."""
    return _saved_and(request, pk, "review")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(WRITE_ARTICLES)
def publication(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Save what is in the form, and let readers see it."""
    return _saved_and(request, pk, "publication")


@with_files
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(WRITE_ARTICLES)
def do(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Do the verb of ``noun``, or show its page again with why not and with all that was typed."""
    desk = desk_of(request, pk)
    if request.method != "POST":
        return redirect("admin:article", pk)
    verb_page, form = VERB_PAGES[noun], desk.form(noun, request)
    if left_out := left_out_of(request):
        return _not_done(request, desk, (noun, form, " ".join(left_out)))
    if not form.is_valid():
        return _not_done(request, desk, (noun, form, ""))
    try:
        verb_page.call(Doing(desk.article, desk.actor, form, desk.at))
    except Refused as refused:
        return _not_done(request, desk, (noun, form, str(refused)))
    except OSError:
        log.exception("a file of article %s could not be stored", pk)
        return _not_done(request, desk, (noun, form, DISK_FAULT), status=NOT_STORED)
    messages.success(request, verb_page.done)
    return redirect(_place(pk, noun))


@require_POST
@for_staff(WRITE_ARTICLES)
def removal(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Take a file of an article away."""
    found = get_object_or_404(ArticleFile.objects.select_related("article"), pk=file, article=pk)
    try:
        files.remove_file(file=found, actor=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.name} is removed.")
    return redirect(_place(pk, "files"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("knowledgebase.add_article")
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin an article."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else None
    form = WritingForm(sent, auto_id="%s")
    place = PlaceForm(sent, article=None, actor=actor, auto_id="place-%s")
    previewed = preview_of(request.POST.get("text", ""), None)
    status = 200
    if sent is not None and "preview" not in sent:
        status = REFUSED
        if form.is_valid() and place.is_valid():
            try:
                typed = {name: form.cleaned_data[name] for name in ("title", "summary", "text", "comment")}
                made = articles.create_article(**typed, **place.place(), actor=actor, at=timezone.now())
            except Refused as refused:
                _show(refused, form, place)
            else:
                messages.success(request, "The draft is saved. Readers do not see it until it is published.")
                return redirect("admin:article", made.pk)
    context = {"form": form, "place": place, "preview": previewed}
    return page(request, "new", "Write an article", context, status=status)


def _saved_and(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Save, then do the verb; what is typed is saved even where the verb is refused."""
    desk = desk_of(request, pk)
    if request.method != "POST":
        return redirect("admin:article", pk)
    version, refused = _saved(request, desk)
    if version is None:
        return refused or shown(request, desk, status=REFUSED)
    try:
        if noun == "review":
            articles.ask_for_review(article=desk.article, actor=desk.actor, at=desk.at)
            messages.success(request, "Saved, and a review is asked for.")
        else:
            articles.publish_article(
                article=desk.article,
                seen=version.number,
                despite="despite" in request.POST,
                actor=desk.actor,
                at=desk.at,
            )
            messages.success(request, "Published. Readers see it from now on.")
    except Refused as why:
        desk = desk_of(request, pk)
        desk.refusal, desk.despite = f"Saved. {why}", isinstance(why, articles.Unready)
        return shown(request, desk, status=REFUSED)
    return redirect("admin:article", pk)


def _saved(request: HttpRequest, desk: Desk) -> tuple[ArticleVersion | None, HttpResponseBase | None]:
    """The version that was saved; otherwise ``desk`` says why not, and the page where that is another status."""
    form = desk.writing = WritingForm(request.POST, auto_id="%s")
    desk.previewed = preview_of(request.POST.get("text", ""), desk.article)
    if not form.is_valid():
        return None, None
    typed = {name: form.cleaned_data[name] for name in ("title", "summary", "text", "comment")}
    seen = form.cleaned_data["seen"] or 0
    try:
        version = articles.save_version(
            article=desk.article, seen=seen, **typed, actor=desk.actor, at=desk.at
        )
        return version, None
    except articles.Overtaken as overtaken:
        return None, _overtaken(request, desk, overtaken)
    except Refused as refused:
        _show(refused, form)
    return None, None


def _overtaken(request: HttpRequest, desk: Desk, overtaken: articles.Overtaken) -> HttpResponseBase:
    """The page with what was typed kept and the newer version shown; saved again, it follows upon that one."""
    sent = request.POST.copy()
    sent["seen"] = str(overtaken.latest.number)
    desk.writing = WritingForm(sent, auto_id="%s")
    desk.refusal, desk.newer = str(overtaken), overtaken.latest
    return shown(request, desk, status=OVERTAKEN)


def _not_done(
    request: HttpRequest, desk: Desk, tried: tuple[str, forms.Form, str], *, status: int = REFUSED
) -> HttpResponseBase:
    desk.tried = tried
    return shown(request, desk, status=status)


def _show(refused: Refused, form: forms.Form, *others: forms.Form) -> None:
    """Put a refusal at its field, in whichever form has it."""
    holder = next((each for each in (form, *others) if refused.field in each.fields), form)
    show_refusal(holder, refused, {})


def _place(pk: int, noun: str) -> str:
    """The page of the article; after a file, at its files."""
    anchor = "#files" if noun == "files" else "#container"
    return f"{reverse('admin:article', args=[pk])}{anchor}"
