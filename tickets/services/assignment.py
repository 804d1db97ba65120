"""Who works on a ticket."""

from datetime import datetime

from contracts.models import User
from contracts.refusals import Refused
from tickets import notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.changing import changing, require_staff


def assign_ticket(*, ticket: Ticket, actor: User, assignee: User | None, at: datetime) -> Ticket:
    """Give the ticket to ``assignee``, or to nobody with ``None``."""
    require_staff(actor)
    if assignee is not None and not (assignee.is_staff and assignee.is_active):
        raise Refused(f"{assignee} is not staff, or cannot sign in. Choose somebody else.")
    with changing(ticket, at) as change:
        change.refuse_unless("assign")
        wanted = assignee.pk if assignee else None
        if wanted == change.facts.assignee_id:
            raise Refused("Nothing to change: the ticket is assigned so already.")
        event = change.record(Kind.ASSIGNED, actor, assignee=wanted)
        if assignee is not None and assignee != actor:
            notifications.tell_assigned(change.ticket, assignee, event, change.clocks())
    return change.ticket
