"""/releases/: what is planned and what is out, for those who have the product under contract (VK4, VK5)."""

import logging
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import releases_visible_to
from contracts.downloads import download
from contracts.models import Contact, ReleaseFile, User
from contracts.refusals import Refused
from contracts.services.updates import choose_updates
from contracts.statuses import REFUSED
from contracts.verb_forms import show_refusal
from knowledgebase.forms_releases import UpdatesForm
from knowledgebase.release_pages import MOST, agents_of, release_page, shelves

log = logging.getLogger(__name__)
CHOICES_SHOWN = 20
NOTHING = "There is no such release."


@login_required
@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """The newest of each product, and the reader's agents."""
    user, now = _reader(request), timezone.now()
    is_contact = Contact.objects.filter(user=user).exists()
    context = {
        "shelves": shelves(user, now),
        "agents": agents_of(user).order_by("product__name", "name", "pk") if is_contact else [],
        "zone": ZoneInfo(user.time_zone),
        "at": now,
    }
    return render(request, "releases/list.html", context)


@login_required
@require_safe
def product_releases(request: HttpRequest, slug: str) -> HttpResponse:
    """All of one product; 404 for who has it not under contract."""
    user, now = _reader(request), timezone.now()
    found = shelves(user, now, most=MOST, slug=slug)
    if not found:
        raise Http404(NOTHING)
    context = {"shelf": found[0], "zone": ZoneInfo(user.time_zone), "at": now}
    return render(request, "releases/product.html", context)


@login_required
@require_safe
def release(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """A release with its notes, its files and what it is supported on."""
    user, now = _reader(request), timezone.now()
    visible = releases_visible_to(user, now).select_related("product", "notes")
    found = get_object_or_404(visible, product__slug=slug, version=version)
    context = {"page": release_page(found, now), "zone": ZoneInfo(user.time_zone), "at": now}
    return render(request, "releases/release.html", context)


@login_required
@require_safe
def release_file(request: HttpRequest, slug: str, version: str, pk: int, name: str) -> HttpResponseBase:
    """A file of a published release, as a download and nothing else; 404 for one that is withdrawn, too."""
    now = timezone.now()
    visible = releases_visible_to(_reader(request), now).published(now)
    of_release = visible.filter(product__slug=slug, version=version).order_by()
    files = ReleaseFile.objects.filter(release__in=of_release, withdrawn_at=None)
    found = get_object_or_404(files, pk=pk, name=name)
    try:
        return download(found.file, found.name)
    except FileNotFoundError:
        log.exception("file %s of a release is missing in the storage", found.pk)
        raise Http404("There is no such file.") from None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deployment_updates(request: HttpRequest, pk: int) -> HttpResponse:
    """How an agent gets its releases; sent, that is chosen."""
    user, now = _reader(request), timezone.now()
    agent = get_object_or_404(agents_of(user), pk=pk)
    form = UpdatesForm(request.POST or None, initial={"preference": agent.update_preference})
    if request.method == "POST" and form.is_valid():
        try:
            preference = form.cleaned_data["preference"]
            choose_updates(deployment=agent, preference=preference, actor=user, at=now)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, f"Kept: from now on releases for {agent.name} are {_said(form)}.")
            return redirect("releases")
    choices = agent.update_choices.select_related("chosen_by")[:CHOICES_SHOWN]
    context = {"agent": agent, "form": form, "choices": choices, "zone": ZoneInfo(user.time_zone), "at": now}
    status = REFUSED if form.errors else 200
    return render(request, "releases/updates.html", context, status=status)


def _said(form: UpdatesForm) -> str:
    return str(dict(form.fields["preference"].choices)[form.cleaned_data["preference"]])  # type: ignore[attr-defined] # a ChoiceField


def _reader(request: HttpRequest) -> User:
    """The signed-in person; behind ``login_required`` alone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
