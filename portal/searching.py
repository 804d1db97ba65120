"""/search/?q=: everything that the reader may see: the knowledge base, and for who is signed in their tickets."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.freshness import asked_page
from contracts.models import Contact, User
from knowledgebase.views.search import Wanted, read, results
from tickets.finding import has_words, keys_found
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.wording import status_in_words

MOST_TICKETS = 10
DRAWN = 6  # letters and digits of a number behind its prefix


@dataclass(frozen=True, slots=True)
class TicketFound:
    """A ticket among the results."""

    number: str
    subject: str
    status: str
    address: str


@asked_page
def search(request: HttpRequest) -> HttpResponse:
    """The tickets, then a page of what the knowledge base knows."""
    wanted = read(request, [])
    tickets = _tickets(request.user, wanted) if isinstance(request.user, User) else []
    context = {
        "wanted": wanted,
        "tickets": tickets,
        **results(request.user, wanted, timezone.now()),
    }
    return render(request, "portal/search.html", context)


def _tickets(user: User, wanted: Wanted) -> list[TicketFound]:
    """By number or its beginning, else by the words that were said on them; on the first page alone."""
    if not wanted.q or wanted.page > 1 or not user.is_active:
        return []
    own = [] if user.is_staff else list(Contact.objects.filter(user=user).order_by())
    visible = Ticket.objects.visible_to(user, contacts=own)
    numbered = list(_numbered(visible, wanted.q)[:MOST_TICKETS])
    found = numbered or list(visible.filter(_said(user, own, wanted.q)).order_by("-filed_at")[:MOST_TICKETS])
    return [_found(ticket, user) for ticket in found]


def _said(user: User, own: Sequence[Contact], words: str) -> Q:
    """Where all of the words were said: to staff also in notes, to a contact on their customers' tickets."""
    if user.is_staff:
        return Q(pk__in=keys_found(words, internal=True))
    return has_words(words, customers=[contact.customer_id for contact in own])


def _numbered(visible: TicketQuerySet, typed: str) -> TicketQuerySet:
    """Those whose number begins as ``typed``: between the first and the last that could, for the index."""
    prefix = f"{settings.TICKET_PREFIX}-"
    start = typed.upper()
    if len(start) == DRAWN and start.isalnum():
        start = prefix + start
    length = len(prefix) + DRAWN
    if not start.startswith(prefix) or len(start) > length or not start[len(prefix) :].isalnum():
        return visible.none()
    return visible.filter(number__range=(start.ljust(length, "0"), start.ljust(length, "Z"))).order_by(
        "number"
    )


def _found(ticket: Ticket, user: User) -> TicketFound:
    name = "admin:ticket" if user.is_staff else "ticket"
    status = status_in_words(ticket.status, kept=bool(ticket.kept_because))
    return TicketFound(ticket.number, ticket.subject, status, reverse(name, args=[ticket.number]))
