"""Tags: words of staff on a ticket, for finding it again. No customer reads them."""

from datetime import datetime

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import Ticket, TicketTag
from tickets.models.event import Kind
from tickets.services.changing import changing, require_staff
from tickets.tags import MOST, normal


def tag_ticket(*, ticket: Ticket, tag: str, actor: User, at: datetime) -> Ticket:
    """Put ``tag`` on the ticket, in its normal form. Refused for what is no word, and where it is already."""
    require_staff(actor)
    if not (name := normal(tag)):
        raise Refused("Write a word of letters and digits, up to 40 of them.", field="tag")
    with changing(ticket, at) as change:
        tags = set(change.ticket.tags.values_list("name", flat=True))
        if name in tags:
            raise Refused(f"“{name}” is on the ticket already.", field="tag")
        if len(tags) >= MOST:
            raise Refused(f"A ticket has {MOST} tags at most. Take one away first.", field="tag")
        TicketTag.objects.create(ticket=change.ticket, name=name)
        change.record(Kind.TAGGED, actor, text=name)
    return change.ticket


def untag_ticket(*, ticket: Ticket, tag: str, actor: User, at: datetime) -> Ticket:
    """Take ``tag`` away. Refused where it is not on the ticket."""
    require_staff(actor)
    name = normal(tag)
    with changing(ticket, at) as change:
        removed, _ = TicketTag.objects.filter(ticket=ticket, name=name).delete()
        if not removed:
            raise Refused(f"“{name}” is not on the ticket.", field="tag")
        change.record(Kind.UNTAGGED, actor, text=name)
    return change.ticket
