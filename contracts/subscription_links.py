"""
The links of a visitor's subscription. Neither is stored: both are made when a mail is sent.

That of a confirmation is bound to the address and to how its subscription stands, so it opens once; it ends after
LINK_HOURS. That of an ending stands in every mail and works for good, since a mail may be old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from contracts.links import absolute
from contracts.models import Subscription

CONFIRMATIONS = signing.Signer(salt="contracts.subscription.confirmation", sep=".")
ENDINGS = signing.Signer(salt="contracts.subscription.ending", sep=".")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for: the address, and the keys of the components; ``None`` for all of them."""

    email: str
    components: tuple[int, ...] | None


def confirmation_link(email: str, components: Sequence[int] | None, *, at: datetime) -> str:
    """The address of the page that confirms a subscription, good until LINK_HOURS after ``at``."""
    until = at + timedelta(hours=settings.LINK_HOURS)
    said = {
        "email": email,
        "components": None if components is None else [*components],
        "state": _state(email),
        "until": int(until.timestamp()),
    }
    return absolute("confirm_subscription", token=CONFIRMATIONS.sign_object(said, compress=True))


def read_confirmation(token: str, *, at: datetime) -> Asked | None:
    """What ``token`` confirms; ``None`` when it was forged, used, or its time is over."""
    try:
        said = CONFIRMATIONS.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    if at.timestamp() >= said["until"] or not constant_time_compare(said["state"], _state(said["email"])):
        return None
    chosen = said["components"]
    return Asked(said["email"], None if chosen is None else tuple(chosen))


def ending_link(key: int) -> str:
    """The address that ends the subscription with that key."""
    return absolute("end_subscription", token=ENDINGS.sign(str(key)))


def read_ending(token: str) -> int | None:
    """The key of the subscription that ``token`` ends; ``None`` when it was forged."""
    try:
        return int(ENDINGS.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _state(email: str) -> str:
    """Changes whenever the subscription of that address is confirmed or ended."""
    found = Subscription.objects.filter(email=email).values_list("confirmed_at", "ended_at").first()
    return salted_hmac("contracts.subscription.state", f"{email}|{found}", algorithm="sha256").hexdigest()[
        :32
    ]
