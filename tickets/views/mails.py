"""/tickets/<number>/mails/<id>/: the whole of a message that came by mail, with what it quotes, and its raw form."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.downloads import download
from contracts.models import User
from contracts.statuses import TOO_MANY
from tickets.mail_page import may_read, whole_of
from tickets.models import IncomingMail, Message
from tickets.views.reader import reader_of, zone_of

log = logging.getLogger(__name__)


@login_required
@require_safe
def ticket_mail(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The whole message, for those who may see what it said on the ticket; 404 for everybody else."""
    user, at = reader_of(request), timezone.now()
    mail, message = _get(user, number, pk)
    if not may_read(user, at):
        return render(request, "429.html", status=TOO_MANY)
    whole = whole_of(
        mail,
        message.attachments.all(),
        lambda file: reverse("ticket_file", args=[message.ticket.number, file.pk]),
    )
    context = {
        "mail": mail,
        "whole": whole,
        "ticket": message.ticket,
        "raw": reverse("ticket_mail_raw", args=[message.ticket.number, mail.pk]) if mail.raw else "",
        "zone": zone_of(user),
        "at": at,
    }
    return render(request, "tickets/mail.html", context)


@login_required
@require_safe
def ticket_mail_raw(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The message byte for byte as it came, as a download and nothing else."""
    mail, _ = _get(reader_of(request), number, pk)
    return raw_of(mail, f"{number}-{mail.pk}.eml")


def raw_of(mail: IncomingMail, name: str) -> HttpResponseBase:
    """The raw form of a message as a download; 404 where it is not kept, or the storage has lost it."""
    if not mail.raw:
        raise Http404("It is no longer kept.")
    try:
        return download(mail.raw, name)
    except FileNotFoundError:
        log.exception("the raw message %s is missing in the storage", mail.pk)
        return HttpResponse(
            "This message is missing in our storage.\n", status=404, content_type="text/plain"
        )


def _get(user: User, number: str, pk: int) -> tuple[IncomingMail, Message]:
    """The mail and what it said on the ticket. Raises 404 for those who do not see that.

    Of staff's own answers customers get what staff confirmed and no more: below it stands the mail that it answers,
    which was for staff.
    """
    visible = Message.objects.visible_to(user).filter(ticket__number=number, incoming_mail=pk)
    if not user.is_staff:
        visible = visible.filter(by_staff=False)
    message = visible.select_related("ticket", "incoming_mail").first()
    if message is None:
        raise Http404("There is no such message.")
    return message.incoming_mail, message
