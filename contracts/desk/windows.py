"""Maintenance windows: the list, announcing one step by step, and the page of each."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.desk.forms import WindowForm
from contracts.desk.pages import Kind, about_window, do, show
from contracts.desk.paging import ROWS, page_of
from contracts.desk.verbs import WINDOW_VERBS
from contracts.desk_pages import REFUSED, actor_of, for_staff, framed, zone_of
from contracts.models import Component, MaintenanceWindow
from contracts.outlook import PolicyOutlook, outlook
from contracts.phrasing import UTC_ZONE
from contracts.refusals import Refused
from contracts.services.windows import announce_window, check_window
from contracts.verb_forms import show_refusal

SEE, ADD, CHANGE = (f"contracts.{action}_maintenancewindow" for action in ("view", "add", "change"))
TITLE = "Announce maintenance"
HOUR = timedelta(hours=1)
WINDOWS = Kind(
    "window",
    "upkeep/window",
    lambda pk: MaintenanceWindow.objects.filter(pk=pk).first(),
    WINDOW_VERBS,
    about_window,
)


@require_safe
@for_staff(SEE)
def maintenance(request: HttpRequest) -> HttpResponseBase:
    """What is going on, what is to come, and what is past, the latest first; ``?before=`` goes on with the past."""
    at = timezone.now()
    known = MaintenanceWindow.objects.prefetch_related("components__product")
    past, more = page_of(known.past(at), request.GET.get("before", ""), "starts_at")
    context = {
        "now": _rows(known.going_on(at)[: 4 * ROWS], at),
        "coming": _rows(known.coming(at)[: 4 * ROWS], at),
        "past": _rows(past, at),
        "older": more,
        "is_first": "before" not in request.GET,
        "may_announce": actor_of(request).has_perm(ADD),
        "zone": zone_of(request),
        "at": at,
    }
    return framed(request, "upkeep/maintenance", "Maintenance", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ADD)
def announcing(request: HttpRequest) -> HttpResponseBase:
    """Announce a window: what is typed is first shown with whom it concerns and what is left, then done."""
    at, zone = timezone.now(), zone_of(request)
    form = WindowForm(
        request.POST if request.method == "POST" else None, zone=zone, initial={"interrupts": True}
    )
    if request.method != "POST" or not form.is_valid():
        everything = Component.objects.in_service(at).select_related("product")
        seen = outlook(everything, at, at + HOUR, at=at)
        status = REFUSED if request.method == "POST" else 200
        return _typing(request, form, seen, at, status=status)
    typed = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    seen = outlook(typed["components"], typed["starts_at"], typed["ends_at"], at=at)
    if "again" in request.POST:
        return _typing(request, form, seen, at)
    try:
        if "announce" not in request.POST:
            check_window(**{name: typed[name] for name in typed if name != "interrupts"}, at=at)
            context = {"form": form, "typed": typed, "outlook": seen, "zone": zone, "utc": UTC_ZONE, "at": at}
            return framed(request, "upkeep/announcing_preview", TITLE, context)
        window = announce_window(**typed, actor=actor_of(request), at=at)
    except Refused as refused:
        show_refusal(form, refused, {})
        return _typing(request, form, seen, at, status=REFUSED)
    messages.success(request, "The window is announced, and those whom it concerns are told.")
    return redirect("admin:window", window.pk)


@require_safe
@for_staff(SEE)
def window(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A window: how it stands, what can be done, what was done."""
    return show(request, WINDOWS, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def window_verb(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Do one thing with a window."""
    return do(request, WINDOWS, pk, noun)


def _typing(
    request: HttpRequest, form: WindowForm, seen: Sequence[PolicyOutlook], at: datetime, *, status: int = 200
) -> HttpResponseBase:
    context = {
        "form": form,
        "outlook": seen,
        "is_about_form": form.is_bound and form.cleaned_data.keys() >= {"components", "starts_at", "ends_at"},
        "zone": zone_of(request),
        "at": at,
    }
    return framed(request, "upkeep/announcing", TITLE, context, status=status)


def _rows(windows: Iterable[MaintenanceWindow], at: datetime) -> list[dict[str, Any]]:
    """Each window with its state and how long it overran."""
    return [{"window": each, "state": each.state(at).value, "overrun": each.overrun(at)} for each in windows]
