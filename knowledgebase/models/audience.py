"""Who may read a thing. Articles, questions and what search finds are judged by the same words."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import models

from contracts.models import Contact, Deployment, User

Visitor = User | AnonymousUser


class Audience(models.TextChoices):
    """For whom an article is written; each includes the ones below it, staff read everything."""

    PUBLIC = "public", "everybody"
    CUSTOMERS = "customers", "customers"
    PRODUCT = "product", "customers of its products"
    STAFF = "staff", "staff"


@dataclass(frozen=True, slots=True)
class Reader:
    """What decides what somebody may read: staff or not, and the products that their customers run.

    ``products`` is ``None`` for visitors, who are no customers; empty for a customer without an installation.
    """

    is_staff: bool = False
    products: frozenset[int] | None = None

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Those that the reader belongs to whatever the article's products are."""
        if self.is_staff:
            return tuple(Audience)
        if self.products is None:
            return (Audience.PUBLIC,)
        return (Audience.PUBLIC, Audience.CUSTOMERS)


VISITOR = Reader()


def reader_of(user: Visitor) -> Reader:
    """``user`` as a reader. Somebody who is disabled, or no customer's contact, reads as a visitor."""
    if not isinstance(user, User) or not user.is_active:
        return VISITOR
    if user.is_staff:
        return Reader(is_staff=True)
    customers = list(Contact.objects.filter(user=user).order_by().values_list("customer_id", flat=True))
    if not customers:
        return VISITOR
    runs = Deployment.objects.filter(customer__in=customers).order_by()
    return Reader(products=frozenset(runs.values_list("product_id", flat=True)))


def is_staff(user: Visitor) -> bool:
    """Whether ``user`` is staff who may come in."""
    return isinstance(user, User) and user.is_active and user.is_staff
