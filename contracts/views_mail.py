"""Which mails one gets: the page of wishes, the link that turns some off, an address that works again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from contracts.forms_mail import WishesForm
from contracts.models import BouncedAddress, User
from contracts.opt_out_links import DIGEST, MAINTENANCE, read_opt_out
from contracts.outbox.kinds import groups_for
from contracts.refusals import Refused
from contracts.services.bounces import clear_bounce
from contracts.services.mail_wishes import choose_mails, stop_mails
from contracts.statuses import REFUSED
from contracts.verb_forms import show_refusal
from contracts.views_subscriptions import reader_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_wishes(request: HttpRequest) -> HttpResponse:
    """How each group of mails comes to the reader; saved by POST."""
    user, at = reader_of(request), timezone.now()
    stored = dict(user.mail_wishes.values_list("kind", "how"))
    sent = [request.POST] if request.method == "POST" else []
    form = WishesForm(*sent, is_staff=user.is_staff, stored=stored)
    if request.method == "POST" and form.is_valid():
        try:
            choose_mails(user=user, wishes=form.wishes, actor=user, at=at)
        except Refused as refusal:
            show_refusal(form, refusal, {})
        else:
            messages.success(request, "Saved. It counts from the next mail on.")
            return redirect("mail_wishes")
    bounce = BouncedAddress.objects.standing().among([user.email]).first()
    context = {"form": form, "bounce": bounce}
    return render(request, "account/mail_wishes.html", context, status=REFUSED if form.errors else 200)


@login_required
@require_POST
def mail_address(request: HttpRequest) -> HttpResponse:
    """The reader says that their own address works again."""
    user = reader_of(request)
    try:
        clear_bounce(address=user.email, actor=user, at=timezone.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"Mail is sent to {user.email} again.")
    return redirect("mail_wishes")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_ending(request: HttpRequest, token: str) -> HttpResponse:
    """Turns off mails of a group by one POST, from the page's button or a mail program (RFC 8058).

    It needs no session and no form token: the address itself is the secret. Opening it changes nothing.
    """
    user, group = _read(token)
    if request.method == "POST":
        stop_mails(user=user, group=group, at=timezone.now())
    context = {"label": _label(user, group), "is_done": request.method == "POST"}
    return render(request, "account/mail_ending.html", context)


def _read(token: str) -> tuple[User, str]:
    found = read_opt_out(token)
    user = User.objects.filter(pk=found[0]).first() if found else None
    if found is None or user is None:
        raise Http404("There are no such mails.")
    return user, found[1]


def _label(user: User, group: str) -> str:
    """What the link turns off, in words; "these mails" for what no longer stands in the list."""
    names = {each.name: each.label for each in groups_for(is_staff=user.is_staff)}
    names |= {DIGEST: "All that comes in a digest", MAINTENANCE: "Maintenance and outages"}
    return names.get(group, "These mails")
