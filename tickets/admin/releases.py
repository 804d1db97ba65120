"""Planning and publishing releases: their date is a due date (VK15)."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.forms import ReleaseForm
from contracts.models import Release
from contracts.models.products import ReleaseKind
from contracts.refusals import Refused
from contracts.verb_forms import WALL_TIME, show_refusal
from tickets.admin.pages import REFUSED, actor_of, for_staff, page, zone_of
from tickets.release_effects import effects_of
from tickets.services import releases as verbs
from tickets.services.fixes import LONGEST_REASON

MOST_LISTED = 200


class PlanForm(ReleaseForm):
    """A release with its planned date in the reader's zone."""

    reason = forms.CharField(
        label="Why the date moves",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The contacts whose tickets it moves read it.",
    )

    class Meta(ReleaseForm.Meta):
        widgets = {"planned_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL_TIME)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        hint = f"In your time zone, {zone}. Leave it empty while there is no date."
        self.fields["planned_at"].help_text = hint
        if self.instance.planned_at is None:
            del self.fields["reason"]

    def clean_planned_at(self) -> datetime | None:
        """What was typed; the date that stands, where it is the same minute, which is all that the field shows."""
        typed: datetime | None = self.cleaned_data["planned_at"]
        stands = self.instance.planned_at
        same = typed and stands and typed == stands.replace(second=0, microsecond=0)
        return stands if same else typed


@require_safe
@for_staff("contracts.view_release")
def releases(request: HttpRequest) -> HttpResponseBase:
    """What is planned, and what is out."""
    known = Release.objects.select_related("product").order_by("planned_at", "product__name", "pk")
    out = known.exclude(published_at=None).order_by("-published_at", "pk")
    context = {
        "planned": list(known.filter(published_at=None)[:MOST_LISTED]),
        "published": list(out[:MOST_LISTED]),
        "may_plan": actor_of(request).has_perm("contracts.add_release"),
        "may_publish": actor_of(request).has_perm("contracts.change_release"),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "releases", "Releases", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.add_release")
def plan(request: HttpRequest) -> HttpResponseBase:
    """Plan a release."""
    return _planning(request, None, "Plan a release")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.change_release")
def plan_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the plan of a release."""
    release = get_object_or_404(Release.objects.select_related("product"), pk=pk)
    return _planning(request, release, f"Change the plan of {release}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.change_release")
def publication(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that a release is out, once it is confirmed."""
    release = get_object_or_404(Release.objects.select_related("product"), pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            verbs.publish_release(release=release, actor=actor_of(request), at=timezone.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(
                request, f"{release} is out. The tickets that it fixes are resolved within seconds."
            )
            return redirect("admin:releases")
    context = {
        "release": release,
        "files": release.files.count(),
        "effects": None if release.published_at else effects_of(release),
        "zone": zone_of(request),
        "at": timezone.now(),
        "refusal": refusal,
    }
    status = REFUSED if refusal else 200
    return page(request, "publication", f"Publish {release}", context, status=status)


def _planning(request: HttpRequest, release: Release | None, title: str) -> HttpResponseBase:
    with timezone.override(zone_of(request)):
        form = PlanForm(request.POST or None, instance=release)
        if request.method == "POST" and form.is_valid() and _planned(request, form, release):
            return redirect("admin:releases")
        status = REFUSED if form.errors else 200
        context = {"form": form, "release": release, "effects": effects_of(release) if release else None}
        answer = page(request, "planning", title, context, status=status)
        return answer.render()


def _planned(request: HttpRequest, form: PlanForm, release: Release | None) -> bool:
    """Whether the service took the plan; if not, the form says why."""
    typed = form.cleaned_data
    try:
        planned = verbs.plan_release(
            release=Release.objects.get(pk=release.pk) if release else None,
            product=typed["product"],
            version=typed["version"],
            kind=ReleaseKind(typed["kind"]),
            planned_at=typed["planned_at"],
            reason=typed.get("reason", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(
        request, f"{planned} is planned. Open tickets that wait for it get its date within seconds."
    )
    return True
