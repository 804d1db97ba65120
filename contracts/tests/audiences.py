"""An audience for tests: the active contacts of one customer, by the mail that a password was changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contracts.models import Announcement, Contact, Customer, User
from contracts.outbox.announcements import announce
from contracts.outbox.audiences import Reader, register


class ContactsOfOne:
    """Counts how often a text was made."""

    name = "test-contacts"
    rendered = 0

    def candidates(self, announcement: Announcement, at: datetime) -> QuerySet[Contact]:
        return Contact.objects.filter(customer=announcement.data["customer"]).select_related("user")

    def readers(self, announcement: Announcement, rows: Sequence[Contact], at: datetime) -> Iterable[Reader]:
        return [Reader(row.user, row.user.time_zone) for row in rows if row.user.is_active]

    def context(self, announcement: Announcement, reader: Reader, at: datetime) -> Mapping[str, Any]:
        self.rendered += 1
        return {"url": announcement.data["url"]}


def contacts_of(customer: Customer, count: int) -> None:
    """So many more contacts of ``customer``."""
    first = User.objects.count()
    people = [
        User(email=f"person{n}@harbour.example", name=f"Person {n}") for n in range(first, first + count)
    ]
    made = User.objects.bulk_create(people)
    Contact.objects.bulk_create(Contact(user=user, customer=customer) for user in made)


def announced(customer: Customer, at: datetime, key: str = "test/1") -> Announcement:
    """Something to tell the customer's contacts."""
    register(ContactsOfOne())
    return announce(
        kind="password_changed",
        audience=ContactsOfOne.name,
        key=key,
        data={"customer": customer.pk, "url": "http://desk.example/"},
        at=at,
    )
