"""Passwords: asking for a link to choose a new one, and the change itself."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from contracts.links import absolute
from contracts.models import User
from contracts.outbox.writing import write, write_secret

# However often an address is typed in, one mail leaves in this time.
ONCE_IN = timedelta(minutes=5)


def ask_reset(*, email: str, at: datetime) -> None:
    """Sends a reset link to the person with that address, if there is one.

    The same work for every address, so that neither answer nor time tells whether it is known: who has it is looked up
    when the mail is sent.
    """
    email = email.strip().lower()
    window = int(at.timestamp() // ONCE_IN.total_seconds())
    seal = sha256(email.encode()).hexdigest()
    write_secret(kind="password_reset", to=email[:254], at=at, key=f"password_reset/{window}/{seal}")


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> User:
    """Sets the password, which ends all other sessions and links of the person, and tells them."""
    user.set_password(password)
    user.save(update_fields=["password"])
    write(
        kind="password_changed",
        to=user,
        at=at,
        context={"url": absolute("account_reset_password")},
        key=f"password_changed/{user.pk}/{at.isoformat()}",
    )
    return user
