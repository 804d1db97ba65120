"""
The link by which somebody who was told of an escalation acknowledges it.

It is signed and made when the mail is sent, so no secret is stored. It opens for that person's row alone, and ends when
the ticket has ended.
"""

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from contracts.links import absolute
from tickets.models import Escalation

SIGNER = signing.Signer(salt="tickets.escalation", sep=".")


def escalation_token(row: Escalation) -> str:
    """Names the row, and is bound to the address that it was told to."""
    return SIGNER.sign_object({"escalation": row.pk, "to": _state(row)})


def escalation_link(row: Escalation) -> str:
    """The full address of the page on which it is acknowledged."""
    return absolute("escalation", token=escalation_token(row))


def read_escalation(token: str) -> Escalation | None:
    """The row that ``token`` stands for, with its ticket; ``None`` where it was forged."""
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
    return row if row and constant_time_compare(said["to"], _state(row)) else None


def _state(row: Escalation) -> str:
    return salted_hmac(
        "tickets.escalation.state", f"{row.ticket_id}|{row.email}", algorithm="sha256"
    ).hexdigest()[:32]
