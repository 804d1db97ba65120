"""Email addresses as strangers type them."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contracts.refusals import Refused

LONGEST = 254


def read_address(typed: str) -> str:
    """The address as it is kept: in lower case, without white space around it. Raises ``Refused``, at ``email``."""
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("Enter an email address, such as name@example.com.", field="email") from None
    if len(email) > LONGEST:
        raise Refused("This address is too long for an email address.", field="email")
    return email


def mailbox_seal(email: str) -> str:
    """Names the mailbox of an address for a key, which does not tell it.

    What stands behind a plus sign leads to the same mailbox.
    """
    local, _, domain = email.rpartition("@")
    return sha256(f"{local.partition('+')[0]}@{domain}".encode()).hexdigest()
