"""A visitor's subscription: the form, the link that confirms it, the link that ends it.

Opening a link changes nothing, since scanners of mail open every one; a button on its page does.
"""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contracts.clients import client_key
from contracts.forms_subscriptions import ALL, SubscribeForm
from contracts.limits import is_within
from contracts.models import Component, Subscription
from contracts.refusals import Refused
from contracts.services.subscriptions import ask_subscription, confirm_subscription, end_subscription
from contracts.statuses import GONE, REFUSED, TOO_MANY
from contracts.subscription_links import read_confirmation, read_ending
from contracts.verb_forms import show_refusal

HOUR, DAY = 3600, 24 * 3600
MOST_OF_A_CLIENT = 10
MOST_TO_AN_ADDRESS = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form; sent, the answer is the same whether the address is known or not."""
    at = timezone.now()
    public = Component.objects.visible_to(AnonymousUser()).in_service(at).select_related("product")
    given = [request.POST] if request.method == "POST" else []
    form = SubscribeForm(*given, components=list(public), initial={"which": ALL})
    if request.method != "POST":
        return _form_page(request, form)
    if not is_within("subscribe", client_key(request), most=MOST_OF_A_CLIENT, seconds=HOUR, at=at):
        form.add_error(None, "That was often in a short time. Try again in an hour.")
        return _form_page(request, form, status=TOO_MANY)
    if not form.is_valid():
        return _form_page(request, form, status=REFUSED)
    email, which = form.cleaned_data["email"], form.cleaned_data["which"]
    try:
        if _is_within(email):
            ask_subscription(email=email, components=None if which == ALL else form.chosen, at=at)
    except Refused as refusal:
        show_refusal(form, refusal, {})
        return _form_page(request, form, status=REFUSED)
    return redirect(f"{reverse('visitor_subscription')}?asked=yes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Asks whether mails are to come, and with the button pressed they do."""
    at = timezone.now()
    if request.method == "POST":
        try:
            confirm_subscription(token=token, at=at)
        except Refused:
            return _page(request, "over", status=GONE)
        return _page(request, "confirmed")
    if read_confirmation(token, at=at) is None:
        return _page(request, "over", status=GONE)
    return _page(request, "confirm")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a subscription by one POST, from the page's button or a mail program (RFC 8058).

    It needs no session and no form token: the address itself is the secret.
    """
    key = read_ending(token)
    if key is None:
        raise Http404("There is no such subscription.")
    if request.method == "POST":
        end_subscription(key=key, at=timezone.now())
        return _page(request, "ended")
    is_live = Subscription.objects.live().filter(pk=key).exists()
    return _page(request, "end" if is_live else "ended")


def _is_within(email: str) -> bool:
    """Whether the address was typed in seldom enough; if not, nobody is told, and no mail leaves."""
    who = salted_hmac("contracts.subscribe", email.strip().lower(), algorithm="sha256").hexdigest()
    return is_within("subscribe-address", who, most=MOST_TO_AN_ADDRESS, seconds=DAY, at=timezone.now())


def _form_page(request: HttpRequest, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "asked": "asked" in request.GET}
    return render(request, "contracts/visitors/subscribe.html", context, status=status)


def _page(request: HttpRequest, name: str, *, status: int = 200) -> HttpResponse:
    return render(request, f"contracts/visitors/{name}.html", status=status)
