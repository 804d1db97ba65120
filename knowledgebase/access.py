"""Who may write in the forum (VV3 VV7). Everybody may read it: ``visible_to`` on its querysets."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.calendar_rows import local_day
from contracts.entitlement import Reason, reasons_against
from contracts.models import Contact, Contract, Product, User
from contracts.words import list_in_words
from knowledgebase.models.audience import Visitor

CHANNEL = "forum"
SIGN_IN = "Sign in to write in the forum; everybody may read it."
NO_CONTACT = (
    "Customers and staff write in the forum, and you are not a contact of a customer. "
    "Ask your company’s administrator to have you added."
)


def why_not_write(user: Visitor, product: Product | None, *, at: datetime) -> str:
    """Why ``user`` may not write about ``product``, or, without one, about any; ``""`` if they may.

    Staff may; so may a contact whose customer runs the product under a contract in term whose tier includes the forum.
    """
    if not isinstance(user, User) or not user.is_active:
        return SIGN_IN
    if user.is_staff:
        return ""
    contacts = _contacts_of(user)
    if not contacts:
        return NO_CONTACT
    judged = [reasons for _, reasons in _judged(contacts, product, at)]
    if not judged:
        return _no_contract(contacts, product)
    return " ".join(reason.text for reason in min(judged, key=len))


def products_open_to(user: User, *, at: datetime) -> list[Product]:
    """The products that ``user`` may write about, by name."""
    if user.is_staff:
        return list(Product.objects.order_by("name"))
    judged = _judged(_contacts_of(user), None, at)
    open_under = [contract.pk for contract, reasons in judged if not reasons]
    found = Product.objects.filter(deployments__contracts__in=open_under)
    return list(found.distinct().order_by("name"))


def _contacts_of(user: User) -> list[Contact]:
    return list(Contact.objects.filter(user=user).select_related("customer"))


def _judged(
    contacts: Sequence[Contact], product: Product | None, at: datetime
) -> Iterator[tuple[Contract, list[Reason]]]:
    """The contracts of the contacts' customers that cover ``product``, the newest first, each with what speaks
    against writing under it.
    """
    found = Contract.objects.filter(customer__in=[contact.customer_id for contact in contacts])
    if product is not None:
        found = found.filter(deployments__product=product)
    own = {contact.customer_id: contact for contact in contacts}
    ordered = found.select_related("policy_version").order_by("-starts_on", "-pk")
    for contract in ordered.distinct():
        on = local_day(contract.policy_version, at)
        contact = own[contract.customer_id]
        yield contract, reasons_against(contract=contract, contact=contact, channel=CHANNEL, on=on)


def _no_contract(contacts: Sequence[Contact], product: Product | None) -> str:
    who = list_in_words((str(contact.customer) for contact in contacts), "or")
    if product is None:
        return f"Whoever writes here has a support contract that includes the forum; {who} has none. Ask us for one."
    return (
        f"Customers write about what they run under a support contract, and for {who} that is not {product}. "
        "File a ticket, or ask us for a contract."
    )
