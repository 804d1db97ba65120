"""Changing a contract's standing: put right, it starts the clocks of the requests kept meanwhile (AT2)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.forms import StandingForm
from contracts.models import Contract
from contracts.models.contracts import Standing
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import REFUSED, actor_of, for_staff, page, zone_of
from tickets.models import Ticket
from tickets.services import kept


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("contracts.change_contract")
def standing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The standing of a contract: what it is, what it was, and the form that changes it."""
    contract = get_object_or_404(Contract.objects.select_related("customer", "policy_version"), pk=pk)
    before = {"standing": contract.standing, "reason": contract.standing_reason}
    form = StandingForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid() and _changed(request, contract, form):
        return redirect("admin:contract_standing", pk)
    context = {
        "contract": contract,
        "form": form,
        "changes": contract.standing_changes.select_related("changed_by").order_by("-changed_at", "-pk"),
        "kept": Ticket.objects.unfinished()
        .filter(contract=contract, runs_clocks=False)
        .exclude(kept_because=[])
        .count(),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    status = REFUSED if form.errors else 200
    return page(request, "standing", f"Standing of {contract}", context, status=status)


def _changed(request: HttpRequest, contract: Contract, form: StandingForm) -> bool:
    """Whether the service took it; if not, the form says why."""
    typed = form.cleaned_data
    try:
        started = kept.change_standing(
            contract=contract,
            standing=Standing(typed["standing"]),
            reason=typed["reason"],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, _told(started))
    return True


def _told(started: list[Ticket]) -> str:
    if not started:
        return "The standing is changed."
    numbers = ", ".join(ticket.number for ticket in started)
    if len(started) == 1:
        return f"The standing is changed. The clocks of one kept request started: {numbers}."
    return f"The standing is changed. The clocks of {len(started)} kept requests started: {numbers}."
