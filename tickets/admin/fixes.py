"""Which release fixes a ticket, on a page of staff's own: named, changed, taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.models import Product, Release
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.access import fix_behind
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page, zone_of
from tickets.admin.ticket import ticket_numbered
from tickets.services import fixes
from tickets.services.fixes import LONGEST_REASON

MOST_OFFERED = 100


class ReleaseField(forms.ModelChoiceField):  # type: ignore[type-arg] # Django's own is not generic
    """A planned release of one product."""

    def __init__(self, **given: Any) -> None:
        super().__init__(queryset=Release.objects.none(), empty_label="Choose …", **given)

    def offer(self, product: Product) -> None:
        """Choose among the planned releases of ``product``, the next first."""
        planned = Release.objects.filter(product=product, published_at=None)
        self.queryset = planned.select_related("product").order_by("planned_at", "pk")

    def label_from_instance(self, obj: Release) -> str:
        """The version and the day that it is planned for."""
        return (
            f"{obj.version}, {obj.planned_at:%d %b %Y}" if obj.planned_at else f"{obj.version}, no date yet"
        )


class FixForm(forms.Form):
    """A release that fixes something, and why."""

    release = ReleaseField(required=False)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Customers read it. It is needed to change the release or to take it back.",
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["release"]
        if isinstance(field, ReleaseField):
            field.offer(product)

    def chosen(self) -> Release:
        """The release of a valid form. Raises ``Refused`` where none is chosen."""
        found: Release | None = self.cleaned_data["release"]
        if found is None:
            raise Refused("Choose the release.", field="release")
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def ticket_fix(request: HttpRequest, number: str) -> HttpResponseBase:
    """Say which release fixes a ticket, or take it back."""
    ticket, at = ticket_numbered(number), timezone.now()
    form = FixForm(
        request.POST if request.method == "POST" else None, product=ticket.product, auto_id="fix-%s"
    )
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"ticket": ticket, "reason": form.cleaned_data["reason"]}
        given |= {"actor": actor_of(request), "at": at}
        try:
            if "withdraw" in request.POST:
                fixes.take_fix_back(**given)
            else:
                fixes.name_fix(release=form.chosen(), **given)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            done = "The release is taken back." if "withdraw" in request.POST else "The release is named."
            messages.success(request, f"{done} The customer is told.")
            return redirect("admin:ticket", ticket.number)
    context = {
        "ticket": ticket,
        "fix": fix_behind(list(ticket.events.order_by("seq")), at),
        "form": form,
        "zone": zone_of(request),
        "at": at,
    }
    status = REFUSED if form.errors else 200
    return page(request, "ticket_fix", f"Fixed in a release: {ticket.number}", context, status=status)
