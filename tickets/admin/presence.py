"""Who else is at a ticket, for its page: told when it is opened, and by the script from then on."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff
from tickets.admin.ticket import ticket_numbered
from tickets.services.presence import BEATS_FOR, come, leave, others_at


@require_POST
@for_staff(CHANGE_TICKET)
def presence(request: HttpRequest, number: str) -> HttpResponseBase:
    """The script says that its reader looks, writes or goes; the answer says who else is there."""
    ticket, actor, at = ticket_numbered(number), actor_of(request), timezone.now()
    doing = request.POST.get("doing", "")
    if doing == "gone":
        leave(user=actor, ticket=ticket)
        return HttpResponse(status=204)
    come(user=actor, ticket=ticket, is_writing=doing == "writing", at=at, stays=BEATS_FOR)
    return render(request, "admin/tickets/_others.html", {"others": others_at(ticket, actor, at)})
