"""A release on the desk: its notes with the preview beside them, its files, what readers will see."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.bodies import with_release_file
from contracts.desk_pages import OVERTAKEN
from contracts.models import Release, ReleaseFile, ReleaseNotes
from contracts.refusals import Refused
from contracts.services.releases import add_release_file, remove_release_file
from contracts.uploads import left_out_of
from contracts.verb_forms import show_refusal
from knowledgebase.admin.previewing import Preview
from knowledgebase.forms_releases import NotesForm, ReleaseFileForm, WithdrawalForm
from knowledgebase.markdown import render
from knowledgebase.models.audience import Reader
from knowledgebase.services.readiness import problems_in
from knowledgebase.services.release_notes import NotesOvertaken, write_release_notes
from tickets.admin.pages import REFUSED, actor_of, for_staff, page, zone_of

log = logging.getLogger(__name__)
CHANGE_RELEASE = "contracts.change_release"
NOT_STORED = 507
DISK_FAULT = "The file could not be stored: our disk is full. Try again later."


@dataclass(slots=True)
class ReleaseDesk:
    """All that the page of one release is made of."""

    release: Release
    at: datetime
    form: NotesForm | None = None
    file_form: ReleaseFileForm | None = None
    refusal: str = ""
    newer: ReleaseNotes | None = None

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the template shows."""
        notes = self.release.notes
        saved = {"text": notes.text if notes else "", "seen": notes.number if notes else 0}
        form = self.form or NotesForm(initial=saved, auto_id="%s")
        return {
            "release": self.release,
            "form": form,
            "preview": preview_of(form["text"].value() or "", self.release),
            "is_typed": self.form is not None,
            "file_form": self.file_form or ReleaseFileForm(auto_id="release-%s"),
            "refusal": self.refusal,
            "newer": self.newer,
            "files": self.release.files.select_related("uploaded_by", "withdrawn_by"),
            "may_change": actor_of(request).has_perm(CHANGE_RELEASE),
            "zone": zone_of(request),
            "at": self.at,
        }


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.view_release")
def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A release; sent, its notes are saved or, with the button Preview, only looked at."""
    desk = _desk(pk)
    if request.method != "POST":
        return _shown(request, desk)
    if not actor_of(request).has_perm(CHANGE_RELEASE):
        raise PermissionDenied
    form = desk.form = NotesForm(request.POST, auto_id="%s")
    if "preview" in request.POST:
        return _shown(request, desk)
    if not form.is_valid():
        return _shown(request, desk, status=REFUSED)
    try:
        write_release_notes(
            release=desk.release,
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
            actor=actor_of(request),
            at=desk.at,
        )
    except NotesOvertaken as overtaken:
        return _overtaken(request, desk, overtaken)
    except Refused as refused:
        show_refusal(form, refused, {})
        return _shown(request, desk, status=REFUSED)
    messages.success(request, "The notes are saved. " + _when_seen(desk))
    return redirect("admin:release", pk)


@require_POST
@for_staff(CHANGE_RELEASE)
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The part of the page that follows the typing: the notes that were sent, as readers would see them."""
    found = preview_of(request.POST.get("text", ""), get_object_or_404(Release, pk=pk))
    return TemplateResponse(request, "admin/knowledgebase/_preview.html", {"preview": found})


@with_release_file
@require_POST
@for_staff(CHANGE_RELEASE)
def files(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a file, or say why not."""
    desk = _desk(pk)
    form = desk.file_form = ReleaseFileForm(request.POST, request.FILES, auto_id="release-%s")
    if left_out := left_out_of(request):
        desk.refusal = " ".join(left_out)
        return _shown(request, desk, status=REFUSED)
    if not form.is_valid():
        return _shown(request, desk, status=REFUSED)
    try:
        made = add_release_file(
            release=desk.release, upload=form.upload(), actor=actor_of(request), at=desk.at
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return _shown(request, desk, status=REFUSED)
    except OSError:
        log.exception("a file of release %s could not be stored", pk)
        desk.refusal = DISK_FAULT
        return _shown(request, desk, status=NOT_STORED)
    messages.success(request, f"{made.name} is added. Its SHA-256 is {made.sha256}.")
    return redirect(f"{reverse('admin:release', args=[pk])}#files")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_RELEASE)
def removal(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Take a file away, once it is confirmed; of a published release with a reason."""
    known = ReleaseFile.objects.select_related("release__product")
    found = get_object_or_404(known, pk=file, release=pk, withdrawn_at=None)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_release_file(
                file=found, reason=form.cleaned_data["reason"], actor=actor_of(request), at=timezone.now()
            )
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, f"{found.name} is removed.")
            return redirect("admin:release", pk)
    context = {"file": found, "release": found.release, "form": form}
    status = REFUSED if form.errors else 200
    return page(request, "release_file_removal", f"Remove {found.name}", context, status=status)


def preview_of(text: str, release: Release) -> Preview:
    """Notes rendered and checked, their links judged for the product's customers."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    reader = Reader(products=frozenset({release.product_id}))
    try:
        return Preview(render(text, trusted=True).html, problems_in(text, reader))
    except Refused as refused:
        return Preview(refusal=str(refused))


def _desk(pk: int) -> ReleaseDesk:
    """The desk of a release, now. Raises 404."""
    known = Release.objects.select_related("product", "notes__written_by")
    return ReleaseDesk(get_object_or_404(known, pk=pk), timezone.now())


def _shown(request: HttpRequest, desk: ReleaseDesk, *, status: int = 200) -> HttpResponseBase:
    return page(request, "release", str(desk.release), desk.context(request), status=status)


def _overtaken(request: HttpRequest, desk: ReleaseDesk, overtaken: NotesOvertaken) -> HttpResponseBase:
    """The page with what was typed kept and the newer notes shown; saved again, it follows upon those."""
    sent = request.POST.copy()
    sent["seen"] = str(overtaken.latest.number)
    desk.form = NotesForm(sent, auto_id="%s")
    desk.refusal, desk.newer = str(overtaken), overtaken.latest
    return _shown(request, desk, status=OVERTAKEN)


def _when_seen(desk: ReleaseDesk) -> str:
    if desk.release.is_published(desk.at):
        return "Customers read them from now on."
    return "Customers read them as soon as the release is published."
