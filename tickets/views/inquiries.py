"""/inquiries/: a stranger asks before they buy (VV2), and confirms the address by a link.

What is answered tells nobody whether an address is known, nor whether a mail leaves. Opening a link changes nothing,
since scanners of mail open every one; the button on its page does.
"""

from collections.abc import Collection
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.calendar_rows import policy_of
from contracts.keys import key_in
from contracts.refusals import Refused
from contracts.statuses import GONE, REFUSED, TOO_MANY
from contracts.verb_forms import show_refusal
from tickets.forms_inquiries import InquiryForm
from tickets.inquiring import MOST_SHOWN, network_of, offered_by
from tickets.inquiry_links import read_confirmation
from tickets.models import Inquiry
from tickets.services.inquiries import TooOften, ask_presale, confirm_inquiries
from tickets.whence import whence


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a policy that has a request type for strangers; 404 for any other."""
    at = timezone.now()
    offered = offered_by(slug, at)
    if offered is None:
        raise Http404("Nothing can be asked without a contract here.")
    form = InquiryForm(request.POST if request.method == "POST" else None, offered=offered)
    if request.method != "POST":
        return _form_page(request, form)
    if not form.is_valid():
        return _form_page(request, form, status=REFUSED)
    network = network_of(whence().address())
    try:
        ask_presale(offered=offered, asked=form.asked(), network=network, at=at)
    except Refused as refusal:
        show_refusal(form, refusal, {})
        return _form_page(request, form, status=TOO_MANY if isinstance(refusal, TooOften) else REFUSED)
    return redirect(f"{reverse('inquiry', args=[slug])}?asked=yes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """What waits of the address that the link went to; what its owner ticks becomes tickets."""
    at = timezone.now()
    waiting = _waiting(token, at)
    if not waiting:
        return _page(request, "over", status=GONE)
    if request.method != "POST":
        return _page(request, "confirm", inquiries=waiting, ticked=_only(waiting))
    chosen = {key for each in request.POST.getlist("inquiry") if (key := key_in(each)) is not None}
    try:
        tickets = confirm_inquiries(token=token, chosen=chosen, at=at)
    except Refused as refusal:
        # In between the link may have been used.
        if not (left := _waiting(token, at)):
            return _page(request, "over", status=GONE)
        return _page(request, "confirm", inquiries=left, ticked=chosen, refusal=str(refusal), status=REFUSED)
    return _page(request, "confirmed", tickets=tickets, email=tickets[0].contact.user.email)


def _waiting(token: str, at: datetime) -> list[Inquiry]:
    """What the link ``token`` confirms, the newest first; nothing where it is forged, used or over."""
    email = read_confirmation(token, at=at)
    if email is None:
        return []
    found = Inquiry.objects.waiting(at).filter(email=email).select_related("product", "policy_version")
    return list(found.order_by("-asked_at", "-pk")[:MOST_SHOWN])


def _only(waiting: Collection[Inquiry]) -> set[int]:
    """The key of the one that is ticked to begin with; of several, who knows which one was theirs."""
    return {each.pk for each in waiting} if len(waiting) == 1 else set()


def _form_page(request: HttpRequest, form: InquiryForm, *, status: int = 200) -> HttpResponse:
    policy = policy_of(form.offered.version)
    context = {"form": form, "policy": policy, "kinds": form.offered.kinds, "asked": "asked" in request.GET}
    return _page(request, "form", **context, status=status)


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, f"tickets/inquiries/{name}.html", context, status=status)
