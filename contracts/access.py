"""What of the contracts a person may see; the one door for every page that a customer can reach."""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from contracts.models import Contact, Contract, Customer, Deployment, User

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


def _visible(rows: QuerySet[Row], customer: str, user: Visitor) -> QuerySet[Row]:
    """The rows whose ``customer`` is one of the user's own."""
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_staff:
        return rows
    own = Contact.objects.filter(user=user).values("customer")
    return rows.filter(**{f"{customer}__in": own})
