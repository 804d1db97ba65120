"""A verb is sent: its form is read, its service is called once, and the page comes back."""

import logging

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.bodies import with_files
from contracts.refusals import Refused
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff
from tickets.admin.ticket import Attempt, Desk, shown, ticket_numbered
from tickets.admin.verbs import VERB_PAGES, Doing, VerbPage
from tickets.history import history
from tickets.models import Ticket, TicketEvent
from tickets.news import news_since
from tickets.views.filing import DISK_FAULT, NOT_STORED

log = logging.getLogger(__name__)

OVERTAKEN = 409  # the ticket has changed since the form was opened


@with_files
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def do(request: HttpRequest, number: str, verb: str) -> HttpResponseBase:
    """Do ``verb`` on the ticket, or show its page again with why not and with all that was typed."""
    ticket = ticket_numbered(number)
    if request.method != "POST":
        return redirect("admin:ticket", number)
    verb_page, at = VERB_PAGES[verb], timezone.now()
    desk = Desk(ticket, actor_of(request), at)
    looks = "find" in request.POST and verb_page.carries_articles
    form = desk.form_with(verb, request) if looks else desk.form(verb, request)
    if looks or not form.is_valid():
        desk.attempt = Attempt(verb, form, is_looking=looks)
        return shown(request, desk, status=200 if looks else REFUSED)
    try:
        news = _call(verb_page, Doing(ticket, desk.actor, form, at))
    except Refused as refused:
        desk.attempt = Attempt(verb, form, refusal=str(refused))
        return shown(request, desk, status=REFUSED)
    except OSError:
        log.exception("files of %s could not be stored", number)
        desk.attempt = Attempt(verb, form, refusal=DISK_FAULT)
        return shown(request, desk, status=NOT_STORED)
    if news:
        return _overtaken(request, number, verb, news)
    messages.success(request, verb_page.done)
    # The form's own address ends in its place on the page; what was done is told at the top.
    return redirect(f"{reverse('admin:ticket', args=[number])}#container")


def _call(verb_page: VerbPage, doing: Doing) -> list[TicketEvent]:
    """Call the service, unless something was said since the form was opened: that is returned."""
    if not verb_page.heard:
        verb_page.call(doing)
        return []
    with transaction.atomic():
        locked = Ticket.objects.select_for_update().get(pk=doing.ticket.pk)
        news = news_since(history(locked, internal=True), doing.form.cleaned_data["seen"])
        if not news:
            verb_page.call(doing)
        return news


def _overtaken(request: HttpRequest, number: str, verb: str, news: list[TicketEvent]) -> HttpResponseBase:
    """The page as it stands now, the text kept, and what is new shown above the button."""
    desk = Desk(ticket_numbered(number), actor_of(request), timezone.now())
    form = desk.form(verb, request, seen=str(desk.ticket.seq))
    desk.attempt = Attempt(verb, form, news=news)
    return shown(request, desk, status=OVERTAKEN)
