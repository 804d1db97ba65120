"""
The link that confirms the address of who says that a licence is theirs. Made when its mail is sent, never stored.

It carries what was typed and a key of its mail, so that it makes one claim however often it is opened, and says the
same to everybody until LINK_HOURS are over: whether the number is one of ours shows neither in a mail nor on a page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from contracts.links import absolute

CLAIMS = signing.Signer(salt="contracts.licence.claim", sep=".")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a confirmed address says: a licence number, a name, and the key of the mail that asked."""

    number: str
    name: str
    email: str
    key: str


def claim_link(*, number: str, name: str, email: str, message_key: str, at: datetime) -> str:
    """The address of the page that confirms ``email``, good until LINK_HOURS after ``at``."""
    until = at + timedelta(hours=settings.LINK_HOURS)
    key = salted_hmac("contracts.licence.claim.key", message_key, algorithm="sha256").hexdigest()
    said = {"number": number, "name": name, "email": email, "key": key, "until": int(until.timestamp())}
    return absolute("confirm_licence_claim", token=CLAIMS.sign_object(said, compress=True))


def read_claim(token: str, *, at: datetime) -> Claimed | None:
    """What ``token`` confirms; ``None`` when it was forged, or its time is over."""
    try:
        said = CLAIMS.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    if at.timestamp() >= said.pop("until"):
        return None
    return Claimed(**said)
