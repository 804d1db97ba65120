"""Who may ask for a consultation and act on one, and under which contracts."""

from datetime import datetime

from django.http import Http404

from contracts.access import contracts_visible_to
from contracts.calendar_rows import policy_of
from contracts.entitlement import is_in_force
from contracts.models import Contact, Contract, User
from tickets.access import why_not_speak_there
from tickets.models import Consultation

JOINED = (
    "customer",
    "contact__user",
    "contract__policy_version",
    "ticket__policy_version",
    "ticket__contact",
    "host",
)
NOT_NAMED = (
    "Under your support policy only named contacts deal with support. Ask one of yours, or your administrator to have"
    " you named."
)


def get_consultation_for(user: User, pk: int) -> Consultation:
    """The consultation with what its page names. Raises ``Http404`` where ``user`` may not see it, or it is not."""
    found = Consultation.objects.visible_to(user).select_related(*JOINED).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such consultation.")
    return found


def why_not_act(consultation: Consultation, user: User) -> str:
    """Why ``user``, as a person of the customer, may not act on it; ``""`` if they may.

    Who may write on its ticket may, also where that lives on in another; without a ticket, who asked for it.
    """
    if consultation.ticket is not None:
        return why_not_speak_there(consultation.ticket, user)
    if not user.is_active or consultation.contact.user_id != user.pk:
        return "Only who asked for this consultation can change it."
    return why_not_ask(consultation.contact, consultation.contract)


def why_not_ask(contact: Contact, contract: Contract) -> str:
    """Why ``contact`` may not ask for a consultation under ``contract``; ``""`` if the policy lets them (AT3)."""
    only_named = policy_of(contract.policy_version).contacts.only_named_contacts
    return NOT_NAMED if only_named and not contact.is_named else ""


def contracts_to_ask_under(user: User, at: datetime) -> list[Contract]:
    """The contracts of the user's own customers that are in force: in term, and in good standing."""
    own = contracts_visible_to(user).filter(customer__contacts__user=user)
    known = own.select_related("policy_version", "customer").order_by("customer__name", "order_reference")
    return [contract for contract in known if is_in_force(contract, at)]
