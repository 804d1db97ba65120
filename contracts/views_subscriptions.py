"""/subscriptions/: of which components a contact is mailed, and the calendars of their contracts."""

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import contracts_visible_to
from contracts.forms_subscriptions import NONE, SOME, MailForm
from contracts.models import Contract, User
from contracts.services.subscriptions import choose_mail
from contracts.statuses import REFUSED
from contracts.upkeep import components_concerning


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    """The components that concern the reader with a tick each, and what they are mailed of; saved by POST."""
    user, at = reader_of(request), timezone.now()
    components = list(components_concerning(user, at))
    form = MailForm.of(
        user.mail_choices.all(), components, *([request.POST] if request.method == "POST" else [])
    )
    if request.method == "POST" and form.is_valid():
        which = form.cleaned_data["which"]
        unwanted = form.left_out if which == SOME else []
        choose_mail(user=user, unwanted=unwanted, stops=which == NONE, actor=user, at=at)
        messages.success(request, "Saved. It counts from the next mail on.")
        return redirect("subscriptions")
    context = {"form": form, "components": components, "contracts": _own_contracts(user, at)}
    return render(request, "contracts/subscriptions.html", context, status=REFUSED if form.errors else 200)


def reader_of(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)


def _own_contracts(user: User, at: datetime) -> list[Contract]:
    """Those of the customers that the reader belongs to, which are not over for long."""
    own = contracts_visible_to(user).filter(customer__contacts__user=user)
    return [contract for contract in own.select_related("customer") if _is_of_use(contract, at)]


def _is_of_use(contract: Contract, at: datetime) -> bool:
    return contract.ends_on is None or contract.ends_on >= at.date()
