"""Outages on staff's pages of tickets: what is said of one reaches its tickets, and a ticket is linked to one."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.desk import verbs
from contracts.keys import row_in
from contracts.models import Outage
from contracts.refusals import Refused
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page, zone_of
from tickets.admin.ticket import ticket_numbered
from tickets.facts import read
from tickets.services import outages

MOST_LISTED = 25

# As the floor below has them, but what is told of an outage is told on its tickets, too.
OUTAGE_VERBS: verbs.Table = {
    **verbs.OUTAGE_VERBS,
    "updates": replace(
        verbs.OUTAGE_VERBS["updates"],
        call=lambda doing: outages.update_outage(**doing.given),
        done="The update is told to those whom it concerns, and goes to every ticket linked to the outage.",
    ),
    "end": replace(
        verbs.OUTAGE_VERBS["end"],
        call=lambda doing: outages.end_outage(**doing.given),
        done="The outage is over. Those whom it concerns are told, and every ticket linked to it.",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def ticket_outages(request: HttpRequest, number: str) -> HttpResponseBase:
    """The outages that may explain a ticket, running ones first: link it to one, or take a link back."""
    ticket, actor, at = ticket_numbered(number), actor_of(request), timezone.now()
    refusal = ""
    if request.method == "POST":
        verb = outages.unlink_outage if "unlink" in request.POST else outages.link_outage
        try:
            verb(ticket=ticket, outage=_chosen(request), actor=actor, at=at)
        except Refused as refused:
            refusal = str(refused)
        else:
            done = "The link is taken away." if "unlink" in request.POST else "The ticket is linked."
            messages.success(request, f"{done} The customer sees it on the ticket.")
            return redirect("admin:ticket", ticket.number)
    linked = read(ticket.events.order_by("seq")).outages
    visible = Outage.objects.standing().visible_to(ticket.contact.user)
    offered = [*visible.running(), *visible.past()[:MOST_LISTED]]
    context = {
        "ticket": ticket,
        "linked": Outage.objects.filter(pk__in=linked).order_by("started_at", "pk"),
        "offered": [outage for outage in offered if outage.pk not in linked],
        "refusal": refusal,
        "zone": zone_of(request),
        "at": at,
    }
    title = f"Outages behind {ticket.number}"
    return page(request, "ticket_outages", title, context, status=REFUSED if refusal else 200)


def _chosen(request: HttpRequest) -> Outage:
    """The outage whose button was pressed. Raises ``Refused`` where it was none."""
    key = request.POST.get("unlink") or request.POST.get("link") or ""
    found = row_in(Outage.objects.all(), key)
    if found is None:
        raise Refused("Choose one of the outages.")
    return found
