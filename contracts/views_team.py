"""/team/: a customer's people and entitlements, and what its administrators do and ask for."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.forms_team import InvitationForm, NamingForm, WhyForm
from contracts.models import Contact, Customer, LicenceClaim, User
from contracts.refusals import Refused
from contracts.services.licences import agree_claim, refuse_claim, release_licence
from contracts.services.people import invite_contact
from contracts.services.team import ask_ending, ask_naming
from contracts.statuses import REFUSED
from contracts.team_reading import teams_of
from contracts.verb_forms import show_refusal
from contracts.views_subscriptions import reader_of


@login_required
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Each customer that the reader is a contact of."""
    user, at = reader_of(request), timezone.now()
    context = {"teams": teams_of(user, at), "zone": ZoneInfo(user.time_zone), "at": at}
    return render(request, "contracts/team/team.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, customer: int) -> HttpResponse:
    """A colleague is invited."""
    user, found = reader_of(request), _managed(request, customer)
    form = InvitationForm(request.POST if request.method == "POST" else None)

    def invite() -> None:
        invite_contact(
            customer=found,
            **form.cleaned_data,
            is_named=False,
            trained_on=None,
            is_administrator=False,
            actor=user,
            at=timezone.now(),
        )

    about = {"customer": found, "title": "Invite a colleague", "button": "Send the invitation"}
    return _asked(request, form, invite, about, "The invitation is on its way.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def naming(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff are asked to make a colleague a named contact."""
    user, contact = reader_of(request), _colleague(request, pk)
    named = Contact.objects.filter(customer=contact.customer_id, is_named=True).select_related("user")
    form = NamingForm(request.POST if request.method == "POST" else None, named=named)

    def ask() -> None:
        ask_naming(contact=contact, **form.cleaned_data, actor=user, at=timezone.now())

    about = {
        "customer": contact.customer,
        "title": f"Ask for {contact.user} as a named contact",
        "button": "Ask for it",
        "lead": "We check what your support policy asks of a named contact, and answer by mail.",
    }
    return _asked(request, form, ask, about, "We are asked. The answer comes by mail.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff are asked to end a colleague's access."""
    user, contact = reader_of(request), _colleague(request, pk)
    form = WhyForm(request.POST if request.method == "POST" else None)

    def ask() -> None:
        ask_ending(contact=contact, **form.cleaned_data, actor=user, at=timezone.now())

    about = {
        "customer": contact.customer,
        "title": f"Ask to end the access of {contact.user}",
        "button": "Ask for it",
        "lead": "Their sessions end at once when we do it. Tickets and what they wrote stay.",
    }
    return _asked(request, form, ask, about, "We are asked. The answer comes by mail.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's claim of a licence: agreed to, or refused with a reason."""
    user, found = reader_of(request), _claim(request, pk)
    agrees = request.POST.get("answer") == "agree"
    given = request.POST if request.method == "POST" and not agrees else None
    form = WhyForm(given)
    refusal = ""
    if request.method == "POST" and (agrees or form.is_valid()):
        try:
            if agrees:
                agree_claim(claim=found, actor=user, at=timezone.now())
            else:
                refuse_claim(claim=found, reason=form.cleaned_data["reason"], actor=user, at=timezone.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Agreed. They are invited." if agrees else "Refused. They are told.")
            return redirect("team")
    context = {"claim": found, "form": form, "refusal": refusal, "zone": ZoneInfo(user.time_zone)}
    context["at"] = timezone.now()
    status = REFUSED if refusal or form.errors else 200
    return render(request, "contracts/team/claim.html", context, status=status)


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """A licence is free again."""
    user = reader_of(request)
    own = LicenceClaim.objects.held().filter(licence__contract__customer__contacts__user=user)
    found = own.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such claim.")
    try:
        release_licence(claim=found, actor=user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The licence is free.")
    return redirect("team")


def _asked(
    request: HttpRequest, form: forms.Form, verb: Callable[[], None], about: dict[str, Any], done: str
) -> HttpResponse:
    """Do it and go back to the team, or show the form, with what was typed and why not."""
    if request.method == "POST" and form.is_valid():
        try:
            verb()
        except Refused as refusal:
            show_refusal(form, refusal, {})
        else:
            messages.success(request, done)
            return redirect("team")
    return render(
        request, "contracts/team/form.html", {"form": form, **about}, status=REFUSED if form.errors else 200
    )


def _managed(request: HttpRequest, pk: int) -> Customer:
    """A customer whose administrator the reader is. Raises 404."""
    found = _administered(reader_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such customer.")
    return found


def _colleague(request: HttpRequest, pk: int) -> Contact:
    """A contact of a customer whose administrator the reader is. Raises 404."""
    own = Contact.objects.filter(customer__in=_administered(reader_of(request)))
    found = own.select_related("user", "customer").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such contact.")
    return found


def _claim(request: HttpRequest, pk: int) -> LicenceClaim:
    """An open claim that the reader answers. Raises 404."""
    own = LicenceClaim.objects.open().filter(
        licence__contract__customer__in=_administered(reader_of(request))
    )
    found = own.select_related("licence__contract__customer").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such claim.")
    return found


def _administered(user: User) -> QuerySet[Customer]:
    return Customer.objects.filter(contacts__user=user, contacts__is_administrator=True)
