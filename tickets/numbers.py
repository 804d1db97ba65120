"""Tracking numbers: unique, and telling a stranger nothing about how many there are (VK11)."""

import secrets

from django.conf import settings

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which are misread
LENGTH = 6


def new_number() -> str:
    """``VK-7F3K9Q``: the prefix of the site and six random characters."""
    return f"{settings.TICKET_PREFIX}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
