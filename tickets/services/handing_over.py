"""A ticket goes on with another contact: the one that it had has left, or may not deal with support any more."""

from datetime import datetime

from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets import access, notifications
from tickets.models import Ticket, TicketShare
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.words import learn_anew


def hand_over(*, ticket: Ticket, contact: Contact, reason: str, actor: User, at: datetime) -> Ticket:
    """Make ``contact`` the one whose ticket it is: they see it, are told of it, answer and accept. Both are told, with
    ``reason``. No clock changes; a request that was kept since its contact was not entitled is judged anew by theirs.

    Refused for people of another customer, for who may not deal with support under the ticket's policy (AT3), and for
    a confidential ticket whose contact can still answer (VK2).
    """
    require_staff(actor)
    reason = require_text(reason, "why; the customer reads it")
    with changing(ticket, at) as change:
        if change.facts.merged_into:
            raise Refused(
                f"This ticket was merged and lives on in {change.facts.merged_into}. Hand that one over."
            )
        _check(change, contact)
        before = change.ticket.contact
        change.ticket.contact = contact
        TicketShare.objects.filter(ticket=change.ticket, contact=contact).delete()
        message = change.say(MessageKind.REPLY, actor, reason)
        event = change.record(
            Kind.SHARED,
            actor,
            text=str(contact.user),
            message=message,
            hands_over=True,
            contact=contact.pk,
            before=before.pk,
        )
        notifications.tell_handed_over(
            change.ticket, before.user, event, change.clocks(), change.facts.waiting_for
        )
        learn_anew(change.ticket)
    return change.ticket


def _check(change: Change, contact: Contact) -> None:
    ticket, user = change.ticket, contact.user
    if contact.customer_id != ticket.customer_id or not user.is_active:
        raise Refused("Choose somebody of the ticket's customer who can sign in.", field="contact")
    if contact.pk == ticket.contact_id:
        raise Refused(f"{user} is the contact of this ticket already.", field="contact")
    if ticket.is_confidential and not access.why_contact_cannot_answer(ticket):
        raise Refused(
            f"This ticket is confidential: it stays between {ticket.contact.user}, who can answer it, and us."
        )
    if not access.may_speak(ticket, contact):
        raise Refused(
            f"Under the support policy only named contacts may write to support, and {user} is none."
            " Choose a named contact, or have them named first.",
            field="contact",
        )
