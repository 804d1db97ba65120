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
from contracts.statuses import OVERTAKEN
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff
from tickets.admin.ticket import Attempt, Desk, shown, ticket_numbered
from tickets.admin.verbs import VERB_PAGES, Doing, VerbPage
from tickets.admin.writing import aside
from tickets.forms import Plain
from tickets.history import history
from tickets.models import Ticket, TicketEvent
from tickets.news import decided_since, news_since
from tickets.services.drafts import forget_draft
from tickets.views.filing import DISK_FAULT, NOT_STORED

log = logging.getLogger(__name__)


@with_files
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def do(request: HttpRequest, number: str, verb: str) -> HttpResponseBase:
    """Do ``verb`` on the ticket, or show its page again with why not and with all that was typed."""
    ticket = ticket_numbered(number)
    if request.method != "POST":
        return redirect("admin:ticket", number)
    verb_page = VERB_PAGES[verb]
    desk = Desk(ticket, actor_of(request), timezone.now())
    if (answer := aside(request, desk, verb_page)) is not None:
        return answer
    form = desk.form(verb, request)
    if not form.is_valid():
        return _not_done(request, desk, Attempt(verb, form))
    return _sent(request, desk, verb_page, form)


def _sent(request: HttpRequest, desk: Desk, verb_page: VerbPage, form: Plain) -> HttpResponseBase:
    """Call the service once, and tell what came of it."""
    verb, number = verb_page.verb, desk.ticket.number
    try:
        news = _call(verb_page, Doing(desk.ticket, desk.actor, form, desk.at))
    except Refused as refused:
        return _not_done(request, desk, Attempt(verb, form, refusal=str(refused)))
    except OSError:
        log.exception("files of %s could not be stored", number)
        return _not_done(request, desk, Attempt(verb, form, refusal=DISK_FAULT), NOT_STORED)
    if news:
        return _overtaken(request, number, verb, news)
    messages.success(request, verb_page.done)
    # The form's own address ends in its place on the page; what was done is told at the top.
    return redirect(f"{reverse('admin:ticket', args=[number])}#container")


def _not_done(request: HttpRequest, desk: Desk, attempt: Attempt, status: int = REFUSED) -> HttpResponseBase:
    """The page again, with why not and with all that was typed."""
    desk.attempt = attempt
    return shown(request, desk, status=status)


def _call(verb_page: VerbPage, doing: Doing) -> list[TicketEvent]:
    """Call the service, unless something was said since the form was opened: that is returned.

    What was a draft until now goes with it, or stays with it.
    """
    with transaction.atomic():
        news = _unread(verb_page, doing)
        if not news:
            verb_page.call(doing)
            forget_draft(owner=doing.actor, ticket=doing.ticket, verb=verb_page.verb)
        return news


def _unread(verb_page: VerbPage, doing: Doing) -> list[TicketEvent]:
    """What somebody should see before they do this; the ticket is locked where it is looked for."""
    if not (verb_page.heard or verb_page.overtaken_by):
        return []
    locked = Ticket.objects.select_for_update().get(pk=doing.ticket.pk)
    events, seen = history(locked, internal=True), doing.form.cleaned_data["seen"]
    if verb_page.heard:
        return news_since(events, seen, actor=doing.actor)
    return decided_since(events, seen, actor=doing.actor, kinds=verb_page.overtaken_by)


def _overtaken(request: HttpRequest, number: str, verb: str, news: list[TicketEvent]) -> HttpResponseBase:
    """The page as it stands now, the text kept, and what is new shown above the button."""
    desk = Desk(ticket_numbered(number), actor_of(request), timezone.now())
    form = desk.form(verb, request, seen=str(desk.ticket.seq))
    desk.attempt = Attempt(verb, form, news=news)
    return shown(request, desk, status=OVERTAKEN)
