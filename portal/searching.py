"""/search/?q=: everything that the reader may see: the knowledge base, and for who is signed in their tickets."""

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
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.wording import status_in_words

# Subjects stand in no index: so many of the newest are looked through, and the page says so.
LOOKED_THROUGH = 1000
MOST_TICKETS = 10
MOST_WORDS = 5
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
        "looked_through": LOOKED_THROUGH,
        **results(request.user, wanted, timezone.now()),
    }
    return render(request, "portal/search.html", context)


def _tickets(user: User, wanted: Wanted) -> list[TicketFound]:
    """By number or its beginning, and by the words of the subject; on the first page alone."""
    if not wanted.q or wanted.page > 1 or not user.is_active:
        return []
    visible = Ticket.objects.visible_to(user)
    of_subject = Q(pk__in=_newest(visible, user).values("pk")[:LOOKED_THROUGH])
    for word in wanted.q.split()[:MOST_WORDS]:
        of_subject &= Q(subject__icontains=word)
    numbered = _numbered(visible, wanted.q)
    found = list(numbered[:MOST_TICKETS]) or list(
        visible.filter(of_subject).order_by("-filed_at")[:MOST_TICKETS]
    )
    return [_found(ticket, user) for ticket in found]


def _newest(visible: TicketQuerySet, user: User) -> TicketQuerySet:
    """In an order that an index has: of all tickets for staff, of their customers' for a contact."""
    if user.is_staff:
        return visible.order_by("-pk")
    own = list(Contact.objects.filter(user=user).order_by().values_list("customer_id", flat=True))
    return visible.filter(customer__in=own).order_by("-filed_at", "-pk")


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
