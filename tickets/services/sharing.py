"""A contact shares one ticket with a colleague, whatever the contract says of colleagues."""

from datetime import datetime

from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets import notifications
from tickets.models import Ticket, TicketShare
from tickets.models.event import Kind
from tickets.services.changing import Change, changing
from tickets.watching import may_see


def share_ticket(*, ticket: Ticket, colleague: Contact, actor: User, at: datetime) -> Ticket:
    """Let ``colleague`` see the ticket; they are told. Whether they may write, the policy says as ever (AT3).

    Only the ticket's own contact shares it. Refused for a confidential ticket (VK2), for people of another customer,
    and for who sees it already.
    """
    _check_owner(ticket, actor)
    with changing(ticket, at) as change:
        share(change, colleague, actor)
    return change.ticket


def unshare_ticket(*, ticket: Ticket, colleague: Contact, actor: User, at: datetime) -> Ticket:
    """Take that back, by the ticket's contact or by the colleague. Refused where it is not shared with them."""
    if actor.pk != colleague.user_id:
        _check_owner(ticket, actor)
    with changing(ticket, at) as change:
        removed, _ = TicketShare.objects.filter(ticket=ticket, contact=colleague).delete()
        if not removed:
            raise Refused("The ticket is not shared with them.", field="colleague")
        change.record(Kind.UNSHARED, actor, text=str(colleague.user), contact=colleague.pk)
    return change.ticket


def share(change: Change, colleague: Contact, actor: User) -> None:
    """Share a ticket under change. Raises ``Refused``."""
    ticket, user = change.ticket, colleague.user
    if colleague.customer_id != ticket.customer_id or not user.is_active:
        raise Refused("Choose one of your colleagues.", field="colleague")
    if ticket.is_confidential:
        raise Refused("This ticket is confidential: it stays between you and our staff.")
    if may_see(user, ticket):
        raise Refused(f"{user} sees this ticket already.", field="colleague")
    TicketShare.objects.create(ticket=ticket, contact=colleague, shared_at=change.at)
    event = change.record(Kind.SHARED, actor, text=str(user), contact=colleague.pk)
    notifications.tell_shared(ticket, user, event, change.clocks())


def _check_owner(ticket: Ticket, actor: User) -> None:
    if not actor.is_active or actor.pk != ticket.contact.user_id:
        raise Refused("Only who filed the ticket shares it.")
