"""Customers and the e-mail domains of their own."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import transaction

from contracts.models import Customer, CustomerDomain, User
from contracts.refusals import Refused
from contracts.services.contacts import check_domains, plain_domain
from contracts.services.rows import others


@transaction.atomic
def save_customer(
    *,
    customer: Customer | None = None,
    name: str,
    domains: Iterable[str],
    actor: User | None,
    at: datetime,
) -> Customer:
    """A new customer, or ``customer`` changed, with exactly these ``domains``.

    Refused for a name that is taken, for what is no domain, and for taking away a domain that a
    named contact's address must lie in (AT8).
    """
    name = name.strip()
    if not name:
        raise Refused("Enter the customer's name.", field="name")
    if others(Customer.objects.filter(name=name), customer).exists():
        raise Refused(f"There is a customer {name} already.", field="name")
    plain = _plain(domains)
    if customer is None:
        customer = Customer.objects.create(name=name, created_at=at)
    else:
        customer = Customer.objects.select_for_update().get(pk=customer.pk)
        check_domains(customer=customer, domains=plain, on=at.date())
        customer.name = name
        customer.save(update_fields=["name"])
    customer.domains.exclude(domain__in=plain).delete()
    known = set(customer.domains.values_list("domain", flat=True))
    CustomerDomain.objects.bulk_create(
        [CustomerDomain(customer=customer, domain=domain) for domain in plain if domain not in known]
    )
    return customer


def _plain(domains: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_checked(domain) for domain in domains if domain.strip()))


def _checked(domain: str) -> str:
    plain = plain_domain(domain)
    try:
        DomainNameValidator(accept_idna=False)(plain)
    except ValidationError:
        raise Refused(
            f"{domain.strip()} is no e-mail domain: enter what stands after the @, as in example.com.",
            field="domains",
        ) from None
    return plain
