"""
The link by which somebody who was told of an escalation acknowledges it.

It is signed and made when the mail is sent, so no secret is stored. It opens for that person's row alone, and ends when
the ticket has ended.
"""

from django.core import signing
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from contracts.links import absolute
from contracts.models import EscalationPerson
from tickets.models import Escalation

SIGNER = signing.Signer(salt="tickets.escalation", sep=".")


def escalation_token(row: Escalation) -> str:
    """Names the row, and is bound to the address that it was told to."""
    return SIGNER.sign_object({"escalation": row.pk, "to": _state(row)})


def escalation_link(row: Escalation) -> str:
    """The full address of the page on which it is acknowledged."""
    return absolute("escalation", token=escalation_token(row))


def read_escalation(token: str) -> Escalation | None:
    """The row that ``token`` stands for, with its ticket; ``None`` where it was forged, or who it was for has left."""
    try:
        said = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    row = (
        Escalation.objects.select_related(
            "ticket__customer", "ticket__policy_version", "ticket__product", "user"
        )
        .filter(pk=said["escalation"])
        .first()
    )
    if row is None or not constant_time_compare(said["to"], _state(row)):
        return None
    return None if has_left(row) else row


def has_left(row: Escalation) -> bool:
    """Whether who was told is no longer somebody to be told: their access was ended, or an executive who never signs in
    is named for no role of the policy any more. Who has left reads nothing further, however long the ticket goes on.
    """
    if row.user is not None:
        return not (row.user.is_active and row.user.is_staff)
    version = row.ticket.policy_version
    named = EscalationPerson.objects.filter(role__policy_slug=version.slug if version else "")
    return not named.filter(Q(own_email=row.email) | Q(user__email=row.email)).exists()


def _state(row: Escalation) -> str:
    return salted_hmac(
        "tickets.escalation.state", f"{row.ticket_id}|{row.email}", algorithm="sha256"
    ).hexdigest()[:32]
