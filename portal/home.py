"""Home: what the desk offers a visitor, what is due for a contact, the way to the queue for staff."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.freshness import etag, not_modified, public_page, with_etag
from contracts.models import User
from contracts.notices import closure_notices
from contracts.views import desks_now, desks_of, reader_zone
from tickets.clock_lines import ClockLine, line, nearest
from tickets.models import Clock, Ticket

TICKETS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket and its most urgent clock, if one is left."""

    ticket: Ticket
    line: ClockLine | None


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The page at /: for contacts their own, for everybody else what is offered and when."""
    user = request.user
    if isinstance(user, User) and not user.is_staff:
        return _contact_home(request, user)
    now = timezone.now()
    desks, closures = desks_now(now, reader_zone(request)), closure_notices(now)
    tag = etag(request, desks, closures)
    context = {"desks": desks, "closures": closures}
    return not_modified(request, tag) or with_etag(render(request, "portal/home.html", context), tag)


def _contact_home(request: HttpRequest, user: User) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(user.time_zone)
    found = (
        Ticket.objects.visible_to(user)
        .unfinished()
        .most_urgent_first()
        .select_related("product")
        .prefetch_related(Prefetch("clocks", Clock.objects.order_by("pk")))[: TICKETS_SHOWN + 1]
    )
    tickets = list(found)
    rows = []
    for ticket in tickets[:TICKETS_SHOWN]:
        clock = nearest(ticket.clocks.all())
        rows.append(TicketRow(ticket, line(clock, reader_zone=zone, at=now) if clock else None))
    context = {"rows": rows, "more": len(tickets) > TICKETS_SHOWN, "desks": desks_of(user, now)}
    return render(request, "portal/home_contact.html", context)
