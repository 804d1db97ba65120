"""What of the contracts a person may see; the one door for every page that a customer can reach."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from contracts.entitlement import is_in_force
from contracts.models import Contact, Contract, Customer, Deployment, Release, User
from contracts.models.products import ReleaseQuerySet

Visitor = User | AnonymousUser
Row = TypeVar("Row", bound=Model)


def customers_visible_to(user: Visitor) -> QuerySet[Customer]:
    """All for staff, for a contact their own, none for anybody else."""
    return _visible(Customer.objects.all(), "pk", user)


def contacts_visible_to(user: Visitor) -> QuerySet[Contact]:
    """All for staff, for a contact those of the same customer, none for anybody else."""
    return _visible(Contact.objects.all(), "customer", user)


def deployments_visible_to(user: Visitor) -> QuerySet[Deployment]:
    """All for staff, for a contact those of their customer, none for anybody else."""
    return _visible(Deployment.objects.all(), "customer", user)


def contracts_visible_to(user: Visitor) -> QuerySet[Contract]:
    """All for staff, for a contact those of their customer, none for anybody else."""
    return _visible(Contract.objects.all(), "customer", user)


def releases_visible_to(user: Visitor, at: datetime) -> ReleaseQuerySet:
    """Releases, planned and published, whose product ``user`` has under contract at ``at`` (VK5); all for staff.

    The contract covers a deployment of the product, is in term, and in good standing where its policy asks for it. Of
    a planned one readers see the version, the kind and the planned date alone.
    """
    if not isinstance(user, User) or not user.is_active:
        return Release.objects.none()
    if user.is_staff:
        return Release.objects.all()
    contracts = contracts_visible_to(user).select_related("policy_version").order_by()
    return Release.objects.filter(product__in=products_under(contracts, at))


def products_under(contracts: Iterable[Contract], at: datetime) -> set[int]:
    """The keys of the products of which one of ``contracts`` covers a deployment and is in force at ``at``."""
    in_force = [contract.pk for contract in contracts if is_in_force(contract, at)]
    covered = Deployment.objects.filter(contracts__in=in_force).order_by()
    return set(covered.values_list("product_id", flat=True)) if in_force else set()


def _visible(rows: QuerySet[Row], customer: str, user: Visitor) -> QuerySet[Row]:
    """The rows whose ``customer`` is one of the user's own."""
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_staff:
        return rows
    own = Contact.objects.filter(user=user).values("customer")
    return rows.filter(**{f"{customer}__in": own})
