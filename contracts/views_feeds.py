"""Private calendars: the pages on which they are made and revoked, and the calendar itself."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import contracts_visible_to
from contracts.calendar_entries import CONTENT_TYPE
from contracts.clients import client_key
from contracts.limits import is_spent, is_within
from contracts.links import absolute
from contracts.models import Contract, Feed
from contracts.private_calendar import calendar_of_contract, feed_of
from contracts.refusals import Refused
from contracts.services.feeds import make_feed, may_manage, revoke_feed
from contracts.statuses import REFUSED
from contracts.views_subscriptions import reader_of

HOUR = 3600
MOST_MISSES = 60
NOTHING = "There is no such calendar.\n"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contract_feeds(request: HttpRequest, contract: int) -> HttpResponse:
    """The private calendars of a contract; by POST one more, whose address this answer alone shows."""
    user, found = reader_of(request), _contract(request, contract)
    made = refusal = ""
    if request.method == "POST":
        try:
            secret = make_feed(contract=found, actor=user, at=timezone.now()).secret
        except Refused as refused:
            refusal = str(refused)
        else:
            made = absolute("private_feed", secret=secret)
    context = {
        "contract": found,
        "feeds": found.feeds.select_related("made_by").filter(revoked_at=None),
        "zone": ZoneInfo(user.time_zone),
        "may_manage": may_manage(found, user),
        "made": made,
        "refusal": refusal,
        "at": timezone.now(),
    }
    return render(request, "contracts/feeds.html", context, status=REFUSED if refusal else 200)


@login_required
@require_http_methods(["POST"])
def revocation(request: HttpRequest, contract: int, pk: int) -> HttpResponse:
    """Revoke one of them."""
    found = _contract(request, contract)
    feed = get_object_or_404(Feed, pk=pk, contract=found)
    try:
        revoke_feed(feed=feed, actor=reader_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The address is revoked. Calendars that read it find nothing there.")
    return redirect("contract_feeds", found.pk)


@require_safe
def private_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The windows that concern a contract, for whoever knows the secret; guessed and revoked ones look the same."""
    at, who = timezone.now(), client_key(request)
    if is_spent("feed-miss", who, most=MOST_MISSES, seconds=HOUR, at=at):
        return _plain("That was often in a short time. Try again in an hour.\n", 429)
    feed = feed_of(secret)
    if feed is None:
        is_within("feed-miss", who, most=MOST_MISSES, seconds=HOUR, at=at)
        return _plain(NOTHING, 404)
    name = f"{settings.SITE_NAME}: {feed.contract.order_reference}"
    response = HttpResponse(calendar_of_contract(feed.contract, at, name=name), content_type=CONTENT_TYPE)
    return _kept_nowhere(response)


def _plain(text: str, status: int) -> HttpResponse:
    return _kept_nowhere(HttpResponse(text, status=status, content_type="text/plain; charset=utf-8"))


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """For who asked alone: no cache, no search engine."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _contract(request: HttpRequest, pk: int) -> Contract:
    """The contract, if the reader may see it. Raises 404."""
    found = contracts_visible_to(reader_of(request)).filter(pk=pk).select_related("customer").first()
    if found is None:
        raise Http404("There is no such contract.")
    return found
