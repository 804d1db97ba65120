"""/licences/claim/: a person says that a licence is theirs (VV1). What is answered tells nobody which numbers exist."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.clients import client_key
from contracts.forms_team import ClaimForm, StrangerClaimForm
from contracts.licence_links import read_claim
from contracts.limits import is_within
from contracts.models import User
from contracts.refusals import Refused
from contracts.services.licences import ask_licence_claim, claim_licence, confirm_licence_claim
from contracts.statuses import GONE, REFUSED, TOO_MANY
from contracts.verb_forms import show_refusal

HOUR, DAY = 3600, 24 * 3600
MOST_OF_A_CLIENT = 10
MOST_OF_A_PERSON = 20
MOST_TO_AN_ADDRESS = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claiming(request: HttpRequest) -> HttpResponse:
    """The form: a number for who is signed in, which counts at once; with name and address for everybody else."""
    if isinstance(request.user, User):
        return _own(request, request.user)
    form = StrangerClaimForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _form_page(request, form)
    at = timezone.now()
    if not is_within("licence-claim", client_key(request), most=MOST_OF_A_CLIENT, seconds=HOUR, at=at):
        form.add_error(None, "That was often in a short time. Try again in an hour.")
        return _form_page(request, form, status=TOO_MANY)
    if not form.is_valid():
        return _form_page(request, form, status=REFUSED)
    try:
        if _is_within(form.cleaned_data["email"]):
            ask_licence_claim(**form.cleaned_data, at=at)
    except Refused as refusal:
        show_refusal(form, refusal, {})
        return _form_page(request, form, status=REFUSED)
    return redirect(f"{reverse('licence_claim')}?asked=yes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """The address is confirmed by a button, since scanners of mail open every link; the answer is always the same."""
    at = timezone.now()
    if read_claim(token, at=at) is None:
        return render(request, "contracts/licences/over.html", status=GONE)
    if request.method == "POST":
        confirm_licence_claim(token=token, at=at)
        return render(request, "contracts/licences/confirmed.html")
    return render(request, "contracts/licences/confirm.html")


def _own(request: HttpRequest, user: User) -> HttpResponse:
    """A contact claims a licence of their own customer."""
    form, at = ClaimForm(request.POST if request.method == "POST" else None), timezone.now()
    if request.method != "POST":
        return _form_page(request, form)
    if not is_within("own-licence-claim", str(user.pk), most=MOST_OF_A_PERSON, seconds=HOUR, at=at):
        form.add_error(None, "That was often in a short time. Try again in an hour.")
        return _form_page(request, form, status=TOO_MANY)
    if form.is_valid():
        try:
            claim = claim_licence(number=form.cleaned_data["number"], actor=user, at=at)
        except Refused as refusal:
            show_refusal(form, refusal, {})
        else:
            messages.success(request, f"The licence {claim.licence} is yours.")
            return redirect("team")
    return _form_page(request, form, status=REFUSED)


def _is_within(email: str) -> bool:
    """Whether the address was typed in seldom enough; if not, nobody is told, and no mail leaves."""
    who = salted_hmac("contracts.licence.claim", email.strip().lower(), algorithm="sha256").hexdigest()
    return is_within("licence-claim-address", who, most=MOST_TO_AN_ADDRESS, seconds=DAY, at=timezone.now())


def _form_page(request: HttpRequest, form: ClaimForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "asked": "asked" in request.GET}
    return render(request, "contracts/licences/claim.html", context, status=status)
