"""The mails about a ticket, for staff: what was sent to whom and what became of it."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page, zone_of
from tickets.admin.ticket import ticket_numbered
from tickets.mail_story import MOST, mails_about


@require_safe
@for_staff(CHANGE_TICKET)
def mail_story(request: HttpRequest, number: str) -> HttpResponseBase:
    """Every mail, the latest first."""
    ticket = ticket_numbered(number)
    mails = mails_about(ticket)
    context = {
        "ticket": ticket,
        "mails": mails,
        "is_cut": len(mails) == MOST,
        "most": MOST,
        "may_read": actor_of(request).has_perm("contracts.view_outboxmessage"),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "mail_story", f"Mails about {ticket.number}", context)
