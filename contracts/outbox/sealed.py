"""
Messages whose link is made at the moment of sending: the table of their kinds.

Each kind has a function that takes the row and the instant and returns the context of the kind's templates, or raises
``NotNeeded`` when there is nobody, any more, whom the message would help.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from contracts.licence_links import claim_link
from contracts.links import absolute, invitation_link, reset_link
from contracts.models.components import Component
from contracts.models.people import Customer, User
from contracts.outbox.digests import context_of
from contracts.outbox.models import OutboxMessage
from contracts.subscription_links import confirmation_link

Maker = Callable[[OutboxMessage, datetime], Mapping[str, Any]]


class NotNeeded(Exception):  # noqa: N818 -- not an error
    """The message has lost its purpose; says why."""


def password_reset(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """For the person whose address it is now. Asking for an unknown address writes a row like any other."""
    user = User.objects.filter(email=message.to.strip().lower(), is_active=True).first()
    if user is None:
        raise NotNeeded("No active person has this address.")
    if not (user.has_usable_password() or user.is_staff or _was_invited(user)):
        raise NotNeeded("The person was never invited.")
    return {"person": user, "url": reset_link(user, at=at), "hours": settings.LINK_HOURS}


def _was_invited(user: User) -> bool:
    """Whether a password may be chosen where there was none: who only inquired comes in by invitation, too."""
    return OutboxMessage.objects.filter(kind="invitation", user=user).exists()


def invitation(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """For somebody who has no password yet; to one who has, it only says what they may see from now on."""
    user = message.user
    if user is None or user.email != message.to:
        raise NotNeeded("The person's address has changed.")
    customer = Customer.objects.filter(pk=message.data.get("customer")).first()
    is_new = not user.has_usable_password()
    if not is_new and message.data.get("again"):
        raise NotNeeded("The invitation has been accepted.")
    url = invitation_link(user, at=at) if is_new else absolute("account_login")
    return {"person": user, "customer": customer, "url": url, "is_new": is_new, "hours": settings.LINK_HOURS}


def subscription(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """For whoever has the address that a visitor typed in; nothing else of what was typed is repeated."""
    chosen = message.data["components"]
    named = Component.objects.filter(pk__in=chosen or ()).select_related("product")
    return {
        "components": [str(component) for component in named],
        "url": confirmation_link(message.to, chosen, at=at),
        "hours": settings.LINK_HOURS,
    }


def licence_claim(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """For whoever has the address that somebody typed in with a licence number; nothing that was typed is repeated."""
    said = message.data
    link = claim_link(
        number=said["number"], name=said["name"], email=message.to, message_key=message.key, at=at
    )
    return {"url": link, "hours": settings.LINK_HOURS}


def digest(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """What waited for a reader. It opens no door, but is made when it is sent: of the messages as they are then."""
    if (context := context_of(message)) is None:
        raise NotNeeded("Nothing waits for this digest.")
    return context


# A floor above registers those of its own, when the program starts.
MAKERS: dict[str, Maker] = {
    "digest": digest,
    "password_reset": password_reset,
    "invitation": invitation,
    "subscription": subscription,
    "licence_claim": licence_claim,
}
