"""What a ticket has to do with others, each on a page of its own below the ticket's: what is there with a button to
take it away, and a form to add to it.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.relation_kinds import Desk
from tickets.admin.relations_beside import BESIDE_IT
from tickets.admin.relations_of_tickets import OF_TICKETS
from tickets.admin.ticket import ticket_numbered
from tickets.history import history

RELATIONS = {found.noun: found for found in (*OF_TICKETS, *BESIDE_IT)}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def relation(request: HttpRequest, number: str, noun: str) -> HttpResponseBase:
    """The page of one relation of a ticket: shown, added to, or something taken away."""
    known, ticket = RELATIONS[noun], ticket_numbered(number)
    desk = Desk(ticket, actor_of(request), timezone.now(), history(ticket, internal=True))
    removes = known.undo is not None and "remove" in request.POST
    form = known.form(desk, request.POST if request.method == "POST" and not removes else None)
    refusal = ""
    try:
        if removes and known.undo:
            messages.success(request, known.undo(desk, request.POST["remove"]))
            return redirect(f"admin:{known.url_name}", ticket.number)
        if form.is_valid():
            done, to = known.do(desk, form.cleaned_data)
            messages.success(request, done)
            return redirect("admin:ticket", to)
    except Refused as refused:
        if removes:
            refusal = str(refused)
        else:
            show_refusal(form, refused, {})
    context = {"ticket": ticket, "page": known, "rows": known.rows(desk), "form": form, "refusal": refusal}
    status = REFUSED if request.method == "POST" else 200
    return page(request, "relation", f"{known.title} · {number}", context, status=status)
