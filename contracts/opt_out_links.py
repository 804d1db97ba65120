"""The signed address in a mail that turns off its like, without a sign-in; good for ever, as a mail may be old."""

from django.core import signing

from contracts.links import absolute
from contracts.models.people import User

SIGNER = signing.Signer(salt="contracts.mail.opt_out", sep=".")
DIGEST = "digest"
"""Stands for all that somebody has in their digests."""
MAINTENANCE = "maintenance"
"""Stands for windows and outages, which people choose by component."""


def opt_out_link(user: User, group: str) -> str:
    """The address that turns off the mails of ``group`` to ``user``."""
    return absolute("mail_ending", token=SIGNER.sign_object([user.pk, group]))


def read_opt_out(token: str) -> tuple[int, str] | None:
    """The user's key and the group that ``token`` stands for; ``None`` when it was forged."""
    try:
        user, group = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return int(user), str(group)
