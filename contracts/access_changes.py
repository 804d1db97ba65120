"""Keeps who let whom in, and shows it to staff."""

from collections.abc import Iterable
from datetime import UTC, datetime

from contracts.models import AccessChange, User
from contracts.models.access_changes import LONGEST, AccessChangeKind
from contracts.phrasing import short_date, wall_time


def record_access(
    user: User, kind: AccessChangeKind, *, actor: User | None, at: datetime, what: str = ""
) -> None:
    """Notes one fact about the access of ``user``, within the caller's transaction."""
    AccessChange.objects.create(user=user, kind=kind, actor=actor, at=at, what=what[:LONGEST])


def access_told(user: User) -> Iterable[str]:
    """What happened to the access of ``user``, the newest first, a line each."""
    for change in user.access_changes.select_related("actor"):
        what = f" ({change.what})" if change.what else ""
        who = f" by {change.actor}" if change.actor else ""
        at = change.at.astimezone(UTC)
        yield f"{short_date(at.date())} {wall_time(at.replace(second=0))} UTC: {change.get_kind_display()}{what}{who}"
