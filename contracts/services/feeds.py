"""Private calendars of contracts: a secret address that is shown once, and revoked for good."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracts.models import Contact, Contract, Feed, User
from contracts.refusals import Refused

# 192 bits, as 32 characters.
SECRET_BYTES = 24
MOST_A_CONTRACT = 10


@dataclass(frozen=True, slots=True)
class Made:
    """A feed that was just made, and its secret, which nobody is told a second time."""

    feed: Feed
    secret: str


@transaction.atomic
def make_feed(*, contract: Contract, actor: User, at: datetime) -> Made:
    """A new secret address of the contract's calendar.

    Refused to all but staff and the customer's administrators, and where ten are in use.
    """
    _check_may(contract, actor)
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if contract.feeds.filter(revoked_at=None).count() >= MOST_A_CONTRACT:
        raise Refused(f"{MOST_A_CONTRACT} addresses are in use. Revoke one that nobody needs any more.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = Feed.objects.create(contract=contract, secret_hash=hash_of(secret), made_at=at, made_by=actor)
    return Made(made, secret)


@transaction.atomic
def revoke_feed(*, feed: Feed, actor: User, at: datetime) -> Feed:
    """From now on the address leads nowhere. Refused like making one, and for one that is revoked."""
    feed = Feed.objects.select_for_update(of=("self",)).select_related("contract__customer").get(pk=feed.pk)
    _check_may(feed.contract, actor)
    if feed.revoked_at is not None:
        raise Refused("This address is revoked already.")
    feed.revoked_at, feed.revoked_by = at, actor
    feed.save(update_fields=["revoked_at", "revoked_by"])
    return feed


def hash_of(secret: str) -> str:
    """What is stored of a secret. It has no need of salt or stretching: it is long and random."""
    return sha256(secret.encode()).hexdigest()


def may_manage(contract: Contract, actor: User) -> bool:
    """Whether ``actor`` may make and revoke the contract's feeds."""
    if not actor.is_active:
        return False
    own = Contact.objects.filter(user=actor, customer=contract.customer_id, is_administrator=True)
    return actor.is_staff or own.exists()


def _check_may(contract: Contract, actor: User) -> None:
    if not may_manage(contract, actor):
        raise Refused("Only administrators of the customer, and staff, manage its private calendars.")
