"""Outages: the list, reporting one, and the page of each. The floor above hands in the verbs if it adds to them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.desk.forms import OutageForm
from contracts.desk.pages import Kind, about_outage, do, show
from contracts.desk.paging import ROWS, page_of
from contracts.desk.verbs import OUTAGE_VERBS, Table
from contracts.desk_pages import REFUSED, actor_of, for_staff, framed, zone_of
from contracts.models import Outage
from contracts.models.upkeep import RUNNING
from contracts.refusals import Refused
from contracts.services.outages import report_outage
from contracts.verb_forms import show_refusal

SEE, ADD, CHANGE = (f"contracts.{action}_outage" for action in ("view", "add", "change"))
OUTAGES = Kind(
    "outage", "upkeep/outage", lambda pk: Outage.objects.filter(pk=pk).first(), OUTAGE_VERBS, about_outage
)


@require_safe
@for_staff(SEE)
def outages(request: HttpRequest) -> HttpResponseBase:
    """What is down, and what was or was withdrawn, the latest first; ``?before=`` goes on with the past."""
    at = timezone.now()
    known = Outage.objects.prefetch_related("components__product")
    over = known.exclude(RUNNING).order_by("-started_at", "-pk")
    past, more = page_of(over, request.GET.get("before", ""), "started_at")
    context = {
        "running": _rows(known.running()[: 4 * ROWS], at),
        "past": _rows(past, at),
        "older": more,
        "is_first": "before" not in request.GET,
        "may_report": actor_of(request).has_perm(ADD),
        "zone": zone_of(request),
        "at": at,
    }
    return framed(request, "upkeep/outages", "Outages", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ADD)
def reporting(request: HttpRequest) -> HttpResponseBase:
    """Report an outage."""
    at = timezone.now()
    form = OutageForm(
        request.POST if request.method == "POST" else None, zone=zone_of(request), initial={"started_at": at}
    )
    if request.method == "POST" and form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        try:
            made = report_outage(**typed, actor=actor_of(request), at=at)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            told = ["The outage is reported, and those whom it concerns are told.", *form.readings]
            messages.success(request, " ".join(told))
            return redirect("admin:outage", made.pk)
    return framed(
        request,
        "upkeep/reporting",
        "Report an outage",
        {"form": form},
        status=REFUSED if form.errors else 200,
    )


@require_safe
@for_staff(SEE)
def outage(request: HttpRequest, pk: int, verbs: Table = OUTAGE_VERBS) -> HttpResponseBase:
    """An outage: how it stands, what can be done, what was done."""
    return show(request, replace(OUTAGES, verbs=verbs), pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def outage_verb(request: HttpRequest, pk: int, noun: str, verbs: Table = OUTAGE_VERBS) -> HttpResponseBase:
    """Do one thing with an outage."""
    return do(request, replace(OUTAGES, verbs=verbs), pk, noun)


def _rows(found: Iterable[Outage], at: datetime) -> list[dict[str, Any]]:
    """Each outage with how long it lasted."""
    return [{"outage": each, "length": each.length(at)} for each in found]
