"""/tickets/<number>/sharing/ and /tickets/<number>/watching/: who else reads a ticket, and who gets its mails."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import contacts_visible_to
from contracts.models import Contact
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from tickets import access
from tickets.forms import SharingForm
from tickets.models import Ticket
from tickets.services.sharing import share_ticket, unshare_ticket
from tickets.services.watching import add_watcher, remove_watcher
from tickets.views.reader import reader_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, number: str) -> HttpResponseBase:
    """With whom a ticket is shared, a button to end each, and a form to share it with one colleague more."""
    user = reader_of(request)
    found = access.get_ticket_for(user, number)
    colleagues = _colleagues(found, request)
    shared = found.shares.select_related("contact__user").order_by("pk")
    known = {str(each.contact_id): each.contact for each in shared}
    offered = [(key, str(each.user)) for key, each in colleagues.items() if key not in known]
    removes = "remove" in request.POST
    form = SharingForm(request.POST if request.method == "POST" and not removes else None, colleagues=offered)
    refusal = ""
    try:
        if removes:
            colleague = _chosen(known, request.POST["remove"])
            unshare_ticket(ticket=found, colleague=colleague, actor=user, at=timezone.now())
            messages.success(request, f"{colleague.user} no longer reads this ticket through you.")
            return redirect("ticket_sharing", found.number)
        if form.is_valid():
            colleague = colleagues[form.cleaned_data["colleague"]]
            share_ticket(ticket=found, colleague=colleague, actor=user, at=timezone.now())
            messages.success(request, f"{colleague.user} can read this ticket now and is told.")
            return redirect("ticket_sharing", found.number)
    except Refused as refused:
        refusal = str(refused)
    context = {
        "ticket": found,
        "form": form,
        "offered": offered,
        "shared": list(known.values()),
        "is_owner": found.contact.user_id == user.pk,
        "everybody": _all_see(found),
        "refusal": refusal,
    }
    status = REFUSED if request.method == "POST" else 200
    return render(request, "tickets/sharing.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def watching(request: HttpRequest, number: str) -> HttpResponseBase:
    """Whether the reader gets the mails about a ticket of a colleague, and a button for the other way."""
    user = reader_of(request)
    found = access.get_ticket_for(user, number)
    watches = found.watchers.filter(user=user).exists()
    refusal = ""
    if request.method == "POST":
        wants = request.POST.get("watch") == "yes"
        try:
            if wants != watches:
                verb = add_watcher if wants else remove_watcher
                verb(ticket=found, user=user, actor=user, at=timezone.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            done = (
                "You get the mails about this ticket."
                if wants
                else "You get no more mails about this ticket."
            )
            messages.success(request, done)
            return redirect("ticket", found.number)
    context = {"ticket": found, "watches": watches, "refusal": refusal}
    return render(request, "tickets/watching.html", context, status=REFUSED if refusal else 200)


def _colleagues(ticket: Ticket, request: HttpRequest) -> dict[str, Contact]:
    """The others of the ticket's customer whom the reader may know, by key."""
    known = contacts_visible_to(reader_of(request)).filter(customer=ticket.customer_id, user__is_active=True)
    others = known.exclude(pk=ticket.contact_id).select_related("user").order_by("user__name", "pk")
    return {str(contact.pk): contact for contact in others}


def _all_see(ticket: Ticket) -> bool:
    """Whether the contract shares the ticket with every colleague as it is."""
    contract = ticket.contract
    return contract is not None and contract.colleagues_see_tickets and not ticket.is_confidential


def _chosen(known: dict[str, Contact], key: str) -> Contact:
    if (found := known.get(key)) is None:
        raise Refused("Choose somebody with whom it is shared.")
    return found
