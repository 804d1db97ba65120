"""
The link by which a stranger confirms their address, and the mail that it goes out in (VV2).

It is made when the mail is sent, so no secret is stored. It is bound to the address, ends after LINK_HOURS, and opens
once: what it signs changes when an inquiry of the address is confirmed. It is for all that waits of the address, since
at most one such mail a day goes there.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from contracts.links import absolute
from contracts.models import OutboxMessage, User
from contracts.outbox.sealed import NotNeeded
from tickets.models import Inquiry

SIGNER = signing.Signer(salt="tickets.inquiry", sep=".")


def confirmation_link(email: str, *, at: datetime) -> str:
    """The full address of the page that confirms what ``email`` asked, good until LINK_HOURS after ``at``."""
    until = at + timedelta(hours=settings.LINK_HOURS)
    said = {"email": email, "state": _state(email), "until": int(until.timestamp())}
    return absolute("confirm_inquiry", token=SIGNER.sign_object(said, compress=True))


def read_confirmation(token: str, *, at: datetime) -> str | None:
    """The address that ``token`` confirms; ``None`` when it was forged, used, or its time is over."""
    try:
        said = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    if at.timestamp() >= said["until"] or not constant_time_compare(said["state"], _state(said["email"])):
        return None
    return str(said["email"])


def inquiry(message: OutboxMessage, at: datetime) -> Mapping[str, Any]:
    """For whoever has the address that somebody typed in; nothing of what was typed is repeated."""
    if not Inquiry.objects.waiting(at).filter(email=message.to).exists():
        raise NotNeeded("Nothing of this address waits to be confirmed.")
    user = User.objects.filter(email=message.to).first()
    if user is not None and (user.is_staff or not user.is_active):
        raise NotNeeded("The address is that of staff, or of somebody whose access has been ended.")
    return {"url": confirmation_link(message.to, at=at), "hours": settings.LINK_HOURS}


def _state(email: str) -> str:
    used = Inquiry.objects.filter(email=email, confirmed_at__isnull=False).count()
    return salted_hmac("tickets.inquiry.state", f"{email}|{used}", algorithm="sha256").hexdigest()[:32]
