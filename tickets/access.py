"""Who may do what with a ticket. What a person may see at all is ``visible_to``, on the querysets."""

from django.http import Http404

from contracts.calendar_rows import policy_of
from contracts.models import Contact, User
from tickets.models import Ticket

PAGE = ("customer", "contact__user", "contract", "policy_version", "product", "deployment", "assignee")


def get_ticket_for(user: User, number: str) -> Ticket:
    """The ticket with what its page names. Raises ``Http404`` where ``user`` may not see it, or it is not."""
    found = Ticket.objects.visible_to(user).filter(number=number).select_related(*PAGE).first()
    if found is None:
        raise Http404("There is no such ticket.")
    return found


def why_not_reply(ticket: Ticket, user: User) -> str:
    """Why ``user``, a person of the customer, may not write on ``ticket``; ``""`` if they may (AT3)."""
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return "There is no such ticket."
    contact = Contact.objects.filter(user=user, customer=ticket.customer_id).first()
    if contact is None:
        return "Only people of the customer can reply here."
    if ticket.policy_version is None:
        return ""
    rules = policy_of(ticket.policy_version).contacts
    if rules.only_named_contacts and not contact.is_named:
        return (
            "Under your support policy only named contacts may write to support. "
            "Ask one of your named contacts to reply, or your administrator to have you named."
        )
    return ""
