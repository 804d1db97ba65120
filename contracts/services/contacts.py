"""Contacts, and the rules of every policy that the customer has a contract under (AT7, AT8)."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from contracts.calendar_rows import policy_of
from contracts.models import Contact, Contract, Customer, CustomerDomain, User
from contracts.policy import ContactRules
from contracts.refusals import Refused
from contracts.services.rows import others
from contracts.words import day_in_words, list_in_words


@transaction.atomic
def add_contact(
    *,
    user: User,
    customer: Customer,
    is_named: bool = False,
    trained_on: date | None = None,
    is_administrator: bool = False,
    language: str = "en",
    actor: User | None,
    at: datetime,
) -> Contact:
    """Make a user a contact of ``customer``; the invitation is sent elsewhere. May be refused."""
    _lock(customer)
    if Contact.objects.filter(user=user, customer=customer).exists():
        raise Refused(f"{user} is a contact of {customer} already; change that one.", field="email")
    check_contact(customer=customer, email=user.email, is_named=is_named, trained_on=trained_on, on=at.date())
    return Contact.objects.create(
        user=user,
        customer=customer,
        is_named=is_named,
        trained_on=trained_on,
        is_administrator=is_administrator,
        language=language,
    )


@transaction.atomic
def change_contact(
    *,
    contact: Contact,
    is_named: bool,
    trained_on: date | None,
    is_administrator: bool,
    language: str,
    actor: User | None,
    at: datetime,
) -> Contact:
    """Change a contact; every rule of the customer's policies is checked anew. May be refused."""
    _lock(contact.customer)
    contact = Contact.objects.select_related("user", "customer").get(pk=contact.pk)
    check_contact(
        customer=contact.customer,
        email=contact.user.email,
        is_named=is_named,
        trained_on=trained_on,
        on=at.date(),
        contact=contact,
    )
    contact.is_named, contact.trained_on = is_named, trained_on
    contact.is_administrator, contact.language = is_administrator, language
    contact.save(update_fields=["is_named", "trained_on", "is_administrator", "language"])
    return contact


def name_contact(*, contact: Contact, trained_on: date | None, actor: User | None, at: datetime) -> Contact:
    """Make a contact a named one (AT3, AT8). May be refused."""
    return change_contact(
        contact=contact,
        is_named=True,
        trained_on=trained_on,
        is_administrator=contact.is_administrator,
        language=contact.language,
        actor=actor,
        at=at,
    )


def unname_contact(*, contact: Contact, actor: User | None, at: datetime) -> Contact:
    """Take the name away from a contact; another may then have it."""
    return change_contact(
        contact=contact,
        is_named=False,
        trained_on=contact.trained_on,
        is_administrator=contact.is_administrator,
        language=contact.language,
        actor=actor,
        at=at,
    )


def check_contact(
    *,
    customer: Customer,
    email: str,
    is_named: bool,
    trained_on: date | None,
    on: date,
    contact: Contact | None = None,
) -> None:
    """Refuse a named contact whom a policy of the customer's contracts does not allow.

    Contracts in term on ``on`` and to come count. ``contact`` is the one that is changed, ``None``
    for a new one. Whoever is not named needs no more than an invitation.
    """
    if not is_named:
        return
    named = [str(other.user) for other in others(_named(customer), contact)]
    for contract in _contracts(customer, on):
        rules = policy_of(contract.policy_version).contacts
        _check_number(contract, rules, named)
        _check_person(contract, rules, email, trained_on, on)


def check_named_contacts(*, contract: Contract, on: date) -> None:
    """Refuse a contract, new or changed, under which the customer's named contacts could not stay."""
    if contract.ends_on is not None and contract.ends_on < on:
        return
    rules = policy_of(contract.policy_version).contacts
    named = _named(contract.customer)
    try:
        _check_number(contract, rules, [str(contact.user) for contact in named], adding=0)
        for contact in named:
            _check_person(contract, rules, contact.user.email, contact.trained_on, on)
    except Refused as refusal:
        fields = {"is_named": "extra_named_contacts"}
        raise Refused(str(refusal), field=fields.get(refusal.field, "")) from None


def check_domains(*, customer: Customer, domains: list[str], on: date) -> None:
    """Refuse to take away a domain that a named contact's address must lie in."""
    for contract in _contracts(customer, on):
        if not policy_of(contract.policy_version).contacts.internal_only:
            continue
        for contact in _named(customer):
            if not _is_internal(contact.user.email, domains):
                raise Refused(
                    f"{contact.user} <{contact.user.email}> is a named contact, and"
                    f" {contract.policy_version.title} wants the address in one of the customer's own domains:"
                    f" keep {_domain(contact.user.email)}, or name somebody else first.",
                    field="domains",
                )


def _check_number(contract: Contract, rules: ContactRules, named: list[str], *, adding: int = 1) -> None:
    if rules.named_contacts is None:
        return
    allowed = rules.named_contacts + contract.extra_named_contacts
    if len(named) + adding > allowed:
        extra = f" and {contract.extra_named_contacts} more by order" if contract.extra_named_contacts else ""
        raise Refused(
            f"{contract.policy_version.title}, under which {contract.order_reference} stands, includes"
            f" {_contacts_in_words(rules.named_contacts)}{extra}; {list_in_words(named)}"
            f" {'is' if len(named) == 1 else 'are'} named already. Unname one, or enter an order for more"
            f" on the contract.",
            field="is_named",
        )


def _check_person(
    contract: Contract, rules: ContactRules, email: str, trained_on: date | None, on: date
) -> None:
    title = contract.policy_version.title
    if rules.internal_only and not _is_internal(email, _domains(contract.customer)):
        own = list_in_words(_domains(contract.customer), "or") or "none is entered yet"
        raise Refused(
            f"{title} wants a named contact from inside the customer, with an address in one of its own"
            f" domains ({own}); {email} is not.",
            field="email",
        )
    if rules.training_required and trained_on is None:
        raise Refused(
            f"{title} wants a named contact to have gone through support training:"
            f" enter the day of {email}'s training.",
            field="trained_on",
        )
    if rules.training_required and trained_on is not None and trained_on > on:
        raise Refused(
            f"{title} wants a named contact to have gone through support training, and"
            f" {day_in_words(trained_on)} is still to come: name {email} after it.",
            field="trained_on",
        )


def _contacts_in_words(number: int) -> str:
    return "one named contact" if number == 1 else f"{number} named contacts"


def _lock(customer: Customer) -> None:
    """Two who name a contact at one time stand in line, so that the number holds."""
    Customer.objects.select_for_update().get(pk=customer.pk)


def _named(customer: Customer) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=customer, is_named=True).select_related("user")


def _contracts(customer: Customer, on: date) -> Iterator[Contract]:
    """Those in term on ``on`` and those to come."""
    lasting = Contract.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), customer=customer)
    yield from lasting.select_related("policy_version", "customer")


def _domains(customer: Customer) -> list[str]:
    return list(CustomerDomain.objects.filter(customer=customer).values_list("domain", flat=True))


def _is_internal(email: str, domains: list[str]) -> bool:
    return _domain(email) in {plain_domain(domain) for domain in domains}


def _domain(email: str) -> str:
    return plain_domain(email.rpartition("@")[2])


def plain_domain(domain: str) -> str:
    """A domain as it compares: lower case, ASCII, without a dot at its end."""
    domain = domain.strip().rstrip(".").lower()
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
