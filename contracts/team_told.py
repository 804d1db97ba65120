"""The mails about a customer's people and licences: a heading, a sentence or two, and the page to open."""

from collections.abc import Iterable
from datetime import datetime

from contracts.links import absolute
from contracts.models import Customer, User
from contracts.outbox.rendering import render
from contracts.outbox.writing import address, post


def tell(people: Iterable[User | str], *, heading: str, said: str, page: str, key: str, at: datetime) -> None:
    """One message a person, or an address that has no account; ``page`` is an address's name. Once per ``key``."""
    text = render("team", {"heading": heading, "said": said, "url": absolute(page)})
    post(
        address(text, kind="team", to=person, at=at, key=f"team/{key}/{_unique(person)}") for person in people
    )


def administrators_of(customer: Customer) -> list[User]:
    """The active ones."""
    own = User.objects.filter(contacts__customer=customer, contacts__is_administrator=True, is_active=True)
    return list(own.distinct().order_by("pk"))


def desk() -> list[User]:
    """All active staff."""
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))


def _unique(person: User | str) -> str:
    return str(person.pk) if isinstance(person, User) else "address"
