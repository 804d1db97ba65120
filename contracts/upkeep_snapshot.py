"""What the pages of status and maintenance read, taken at most once in ``SNAPSHOT_SECONDS`` and kept in the cache.

A snapshot holds instants, not states: whether a window has begun is judged when it is shown. While the database is
busy or away the last one is served, however old, and the page says of when it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from contracts.freshness import look
from contracts.models import Component, User
from contracts.models.components import Visitor
from contracts.upkeep_reading import Snapshot, read

# How long others serve the old one while somebody takes a new one, and until a database that failed is asked again.
TRY_AGAIN = 10
KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """A snapshot as it is shown ``at``; ``is_late`` says that a newer one is due and could not be had."""

    snapshot: Snapshot
    at: datetime

    @property
    def is_late(self) -> bool:
        return self.at - self.snapshot.taken_at >= timedelta(seconds=settings.SNAPSHOT_SECONDS + TRY_AGAIN)


def shown_to(user: Visitor, at: datetime) -> Shown:
    """What ``user`` is shown: no query where a visitor's snapshot is fresh, one for somebody who is signed in.

    Raises the database's error where it fails and nothing is kept.
    """
    key = _key(user)
    kept = cast("Snapshot | None", cache.get(key))
    if kept is None or (not _is_fresh(kept, at) and cache.add(f"{key}:asked", 1, TRY_AGAIN)):
        kept = _taken(key, user, at, kept)
    return Shown(kept, at)


def _is_fresh(snapshot: Snapshot, at: datetime) -> bool:
    return at - snapshot.taken_at < timedelta(seconds=settings.SNAPSHOT_SECONDS)


def _taken(key: str, user: Visitor, at: datetime, older: Snapshot | None) -> Snapshot:
    try:
        snapshot = read(user, at)
    except (OperationalError, InterfaceError):
        if older is None:
            raise
        return older
    # Worked out once here, and kept with it.
    _ = snapshot.digest
    cache.set(key, snapshot, KEPT_SECONDS)
    return snapshot


def _key(user: Visitor) -> str:
    """One for all who see the same components. Another release may keep something else, so its code is named, too."""
    if not isinstance(user, User) or not user.is_active:
        readers = "everybody"
    else:
        seen = Component.objects.visible_to(user).order_by("pk").values_list("pk", flat=True)
        readers = sha256(repr(list(seen)).encode()).hexdigest()
    return f"upkeep:{look()[:16]}:{readers}"
