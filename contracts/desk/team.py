"""Staff's pages of customers' people: what customers ask for, claims of licences, the licences of a contract."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.desk_pages import REFUSED, actor_of, for_staff, framed, zone_of
from contracts.models import Contact, Contract, Licence, LicenceClaim, TeamRequest
from contracts.refusals import Refused
from contracts.services import licences, team
from contracts.verb_forms import show_refusal

ROWS = 50
SEE_LICENCE, CHANGE_CONTACT = "contracts.change_licence", "contracts.change_contact"


class DecisionForm(forms.Form):
    """What staff say to what a customer asks for."""

    trained_on = forms.DateField(
        label="Day of the support training",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="As you know it; the day that the customer names is their word. Where the policy asks for a"
        " training nobody is named without it.",
    )
    answer = forms.CharField(
        label="Answer",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="The customer reads it. Needed to refuse.",
    )


class ReasonForm(forms.Form):
    """Why a claim is refused."""

    reason = forms.CharField(
        label="Why it is refused",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="The person reads it. Needed to refuse.",
    )


class NumbersForm(forms.Form):
    """Licence numbers to be entered."""

    numbers = forms.CharField(
        label="Licence numbers",
        max_length=80_000,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text="One a line, or parted by commas. Small letters, spaces and other dashes are read as they are meant.",
    )


@require_safe
@for_staff(CHANGE_CONTACT)
def requests(request: HttpRequest) -> HttpResponseBase:
    """What customers ask for and nobody has answered, the oldest first; and what was answered last."""
    known = TeamRequest.objects.select_related("customer", "contact__user", "instead_of__user", "asked_by")
    claims = LicenceClaim.objects.open().select_related("licence__contract__customer")
    context = {
        "open_requests": known.filter(decided_at=None)[:ROWS],
        "claims": claims[:ROWS],
        "decided": known.exclude(decided_at=None)
        .select_related("decided_by")
        .order_by("-decided_at", "-pk")[:25],
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return framed(request, "team/requests", "Requests of customers", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_CONTACT)
def team_request(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One of them, with the form that answers it."""
    joined = ("customer", "contact__user", "instead_of__user", "asked_by", "decided_by")
    found = get_object_or_404(TeamRequest.objects.select_related(*joined), pk=pk)
    form = DecisionForm(
        request.POST if request.method == "POST" else None, initial={"trained_on": found.contact.trained_on}
    )
    if not found.is_naming:
        del form.fields["trained_on"]
    if request.method == "POST" and form.is_valid() and _decided(request, found, form):
        return redirect("admin:requests")
    elsewhere = Contact.objects.filter(user=found.contact.user).exclude(customer=found.customer)
    context = {
        "asked": found,
        "form": form,
        "elsewhere": elsewhere.select_related("customer"),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return _page(request, "team/request", f"{found.customer} asks", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_CONTACT)
def claim(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A claim of a licence, which staff answer where the customer does not."""
    joined = ("licence__contract__customer", "decided_by")
    found = get_object_or_404(LicenceClaim.objects.select_related(*joined), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        about: dict[str, Any] = {"claim": found, "actor": actor_of(request), "at": timezone.now()}
        try:
            if "agree" in request.POST:
                licences.agree_claim(**about)
            else:
                licences.refuse_claim(reason=form.cleaned_data["reason"], **about)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, "The claim is answered, and the person is told.")
            return redirect("admin:requests")
    context = {"claim": found, "form": form, "zone": zone_of(request), "at": timezone.now()}
    return _page(request, "team/claim", f"Claim of {found.licence}", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SEE_LICENCE)
def contract_licences(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The licences of a contract: who holds which; numbers are pasted here."""
    contract = get_object_or_404(Contract.objects.select_related("customer"), pk=pk)
    form = NumbersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = licences.enter_licences(
                contract=contract, **form.cleaned_data, actor=actor_of(request), at=timezone.now()
            )
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, f"Entered: {len(made)}.")
            return redirect("admin:contract_licences", pk)
    known = contract.licences.select_related("withdrawn_by", "entered_by")
    held = LicenceClaim.objects.held().filter(licence__contract=contract).select_related("contact__user")
    holders = {claim.licence_id: claim.contact for claim in held}
    rows = [(licence, holders.get(licence.pk)) for licence in known[: 20 * ROWS]]
    context = {
        "contract": contract,
        "rows": rows,
        "form": form,
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return _page(request, "team/licences", f"Licences of {contract.order_reference}", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SEE_LICENCE)
def licence_withdrawal(request: HttpRequest, pk: int, licence: int) -> HttpResponseBase:
    """A licence is taken back, with a reason."""
    found = Licence.objects.select_related("contract__customer").filter(contract=pk, pk=licence).first()
    if found is None:
        raise Http404("There is no such licence.")
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            licences.withdraw_licence(
                licence=found, **form.cleaned_data, actor=actor_of(request), at=timezone.now()
            )
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, f"{found} is withdrawn.")
            return redirect("admin:contract_licences", pk)
    return _page(request, "team/withdrawal", f"Withdraw {found}", {"licence": found, "form": form}, form)


class WithdrawalForm(forms.Form):
    """Why a licence is taken back."""

    reason = forms.CharField(label="Why", max_length=200)


def _decided(request: HttpRequest, found: TeamRequest, form: DecisionForm) -> bool:
    """Whether the service took the decision; if not, the form says why."""
    typed: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now(), "request": found}
    typed["answer"] = form.cleaned_data["answer"]
    try:
        if "approve" in request.POST:
            team.approve_request(trained_on=form.cleaned_data.get("trained_on"), **typed)
        else:
            team.refuse_request(**typed)
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, "It is decided, and the customer is told.")
    return True


def _page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], form: forms.Form
) -> HttpResponseBase:
    return framed(request, template, title, context, status=REFUSED if form.errors else 200)
