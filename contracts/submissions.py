"""The key of a form that is filled in once: however often it is sent, it makes one thing."""

import secrets

from django.core import signing

from contracts.models import User

KEYS = signing.Signer(salt="contracts.submission")


def new_submission_key(user: User) -> str:
    """A key for one filled-in form of ``user``."""
    return KEYS.sign(f"{user.pk}:{secrets.token_urlsafe(24)}")


def read_submission_key(key: str, user: User) -> str | None:
    """The key as the thing keeps it; ``None`` for one that was not made for ``user``."""
    try:
        owner, _, token = KEYS.unsign(key).partition(":")
    except signing.BadSignature:
        return None
    return token if owner == str(user.pk) else None
