"""
Reply addresses: an answer sent to one says of which ticket it is and to whom the mail went that it answers.

``support+vk-7f3k9q.2s.<seal>@example.com``: the ticket's number, the user's key in base 36, and a seal over both. Mail
systems may write the local part small, so it has one case; it has 63 characters at most, of the 64 that are allowed.
Nothing is stored, and an address stays good as long as SECRET_KEY, or one of SECRET_KEY_FALLBACKS, is what sealed it.
What an address says is no right: whoever answers must be allowed to answer that ticket all the same.
"""

import re
from base64 import b32encode

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

# 20 signs of base 32 are 100 bits.
SEAL_LENGTH = 20
LOCAL = re.compile(
    rf"(?P<said>(?P<number>[a-z0-9-]{{1,20}})\.(?P<user>[0-9a-z]{{1,13}}))\.(?P<seal>[a-z2-7]{{{SEAL_LENGTH}}})"
)


def reply_address(ticket_number: str, user_pk: int) -> str:
    """The address at which ``user_pk`` answers the ticket with that number, at MAIL_REPLY_DOMAIN."""
    said = f"{ticket_number.lower()}.{int_to_base36(user_pk)}"
    seal = _seal(said, settings.SECRET_KEY)
    return f"{settings.MAIL_REPLY_PREFIX}+{said}.{seal}@{settings.MAIL_REPLY_DOMAIN}"


def read_reply_address(address: str) -> tuple[str, int] | None:
    """The ticket's number and the user's key that ``address`` names; ``None`` for whatever we did not make.

    ``address`` is the bare one, without a name or angle brackets, in any case.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    prefix, _, rest = local.partition("+")
    ours = {settings.MAIL_REPLY_DOMAIN.lower(), settings.MAIL_DOMAIN.lower()}
    found = LOCAL.fullmatch(rest)
    if found is None or prefix != settings.MAIL_REPLY_PREFIX.lower() or domain not in ours:
        return None
    # All keys are tried, so that the time does not tell which was right.
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    right = [constant_time_compare(found["seal"], _seal(found["said"], key)) for key in keys]
    return (found["number"].upper(), base36_to_int(found["user"])) if any(right) else None


def _seal(said: str, key: str) -> str:
    mac = salted_hmac("contracts.outbox.reply_address", said, secret=key, algorithm="sha256")
    return b32encode(mac.digest()).decode().lower()[:SEAL_LENGTH]
