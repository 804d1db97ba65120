"""The pages of an invitation. Opening one changes nothing, since scanners of mail open every link."""

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from contracts.forms_account import AcceptInvitationForm
from contracts.links import Invitation, read_invitation
from contracts.models import User
from contracts.refusals import Refused
from contracts.services.people import accept_invitation, renew_invitation
from contracts.statuses import GONE


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who is invited and asks for a password; with it, signs them in."""
    found = read_invitation(token, at=timezone.now())
    if found is None or found.is_over or found.user.has_usable_password():
        return _over(request, token, found)
    form = AcceptInvitationForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        return _accept(request, token, form)
    context = {"form": form, "invited": found.user, "customers": _customers(found.user)}
    return render(request, "account/invitation.html", context)


def _accept(request: HttpRequest, token: str, form: AcceptInvitationForm) -> HttpResponse:
    try:
        user = accept_invitation(token=token, password=form.cleaned_data["password"], at=timezone.now())
    except Refused:
        return _over(request, token, None)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    messages.success(request, f"Welcome, {user}. You are signed in, and your password is set.")
    return redirect("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)


def _customers(user: User) -> list[str]:
    return [contact.customer.name for contact in user.contacts.select_related("customer")]


def _over(request: HttpRequest, token: str, found: Invitation | None) -> HttpResponse:
    """The page for a link that opens nothing any more: what happened, and the way on."""
    can_renew = found is not None and found.is_over and not found.user.has_usable_password()
    context = {"token": token, "can_renew": can_renew, "hours": settings.LINK_HOURS}
    return render(request, "account/invitation_over.html", context, status=GONE)


@rate_limit(action="reset_password_from_key")  # type: ignore[untyped-decorator]  # the library has no types
@never_cache
@require_POST
def renewal(request: HttpRequest, token: str) -> HttpResponse:
    """Sends a new invitation to the address that the old one went to."""
    if not renew_invitation(token=token, at=timezone.now()):
        return _over(request, token, None)
    return render(request, "account/invitation_renewed.html", {"hours": settings.LINK_HOURS})
