"""Closing the desk, step by step, and taking a closure back (VV5)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.calendar_rows import policy_of
from contracts.forms import ClosureForm
from contracts.models import Closure, PolicyVersion
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import REFUSED, actor_of, for_staff, page, zone_of
from tickets.services import desk

MOST_SHOWN = 50
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class DeskOf:
    """The desk of a policy: its title and the zone of its hours."""

    title: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Row:
    """A closure in the list."""

    closure: Closure
    desk: DeskOf


@require_safe
@for_staff("contracts.view_closure")
def closures(request: HttpRequest) -> HttpResponseBase:
    """Closures to come or going on, those that are over, and those taken back."""
    at = timezone.now()
    known = _known()
    standing = [row for row in known if row.closure.withdrawn_at is None]
    context = {
        "to_come": [row for row in standing if row.closure.ends_at > at],
        "past": [row for row in standing if row.closure.ends_at <= at],
        "withdrawn": [row for row in known if row.closure.withdrawn_at],
        "may_close": actor_of(request).has_perm("contracts.add_closure"),
        "may_withdraw": actor_of(request).has_perm("contracts.change_closure"),
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "closures", "Closures", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.add_closure")
def closing(request: HttpRequest) -> HttpResponseBase:
    """Close the desk: what is typed is first shown with the clocks that it moves, then done."""
    at = timezone.now()
    form = ClosureForm(request.POST or None, initial={"policy_slug": request.GET.get("policy", "")})
    if request.method != "POST":
        return page(request, "closing", "Close the desk", {"form": form})
    if not form.is_valid() or "again" in request.POST:
        status = 200 if "again" in request.POST else REFUSED
        return page(request, "closing", "Close the desk", {"form": form}, status=status)
    typed = {name: form.cleaned_data[name] for name in ("policy_slug", "starts_at", "ends_at", "reason")}
    try:
        if "close" not in request.POST:
            return _preview(request, form, at)
        desk.close_desk(**typed, actor=actor_of(request), at=at)
    except Refused as refused:
        show_refusal(form, refused, {})
        return page(request, "closing", "Close the desk", {"form": form}, status=REFUSED)
    messages.success(request, "The desk is closed. Its open clocks move within a minute.")
    return redirect("admin:closures")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.change_closure")
def withdrawal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a closure back, once it is confirmed."""
    closure, at = get_object_or_404(Closure, pk=pk), timezone.now()
    refusal = ""
    if request.method == "POST":
        try:
            desk.withdraw_closure(closure=closure, actor=actor_of(request), at=at)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "The closure is withdrawn. Its clocks move back within a minute.")
            return redirect("admin:closures")
    context = {
        "row": Row(closure, desks()[closure.policy_slug]),
        "zone": zone_of(request),
        "at": at,
        "refusal": refusal,
    }
    return page(request, "withdrawal", "Withdraw a closure", context, status=REFUSED if refusal else 200)


def _preview(request: HttpRequest, form: ClosureForm, at: datetime) -> HttpResponseBase:
    """Which clocks the closure would move, and to when; nothing is stored yet."""
    typed = form.cleaned_data
    moves = desk.moves_of_closure(
        policy_slug=typed["policy_slug"],
        starts_at=typed["starts_at"],
        ends_at=typed["ends_at"],
        reason=typed["reason"],
        at=at,
    )
    context = {
        "form": form,
        "typed": typed,
        "desk": desks()[typed["policy_slug"]],
        "moves": moves[:MOST_SHOWN],
        "count": len(moves),
        "tickets": len({move.ticket.pk for move in moves}),
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "closing_preview", "Close the desk", context)


def desks() -> dict[str, DeskOf]:
    """The desk of each policy by its slug, as its newest version has it."""
    versions = PolicyVersion.objects.order_by("effective_from")
    return {known.slug: DeskOf(known.title, policy_of(known).hours.time_zone) for known in versions}


def _known() -> list[Row]:
    """The closures, the latest first."""
    found = Closure.objects.select_related("entered_by", "withdrawn_by").order_by("-starts_at", "-pk")
    of_policy = desks()
    return [Row(closure, of_policy[closure.policy_slug]) for closure in found[:MOST_LISTED]]
