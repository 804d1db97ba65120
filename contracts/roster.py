"""Who of the desk is there: questions about staff at an instant, asked of the rows."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from contracts.models import Absence, OnCall, User


def active_staff() -> QuerySet[User]:
    """Everybody who works here and may sign in."""
    return User.objects.filter(is_staff=True, is_active=True)


def absent_of(users: Iterable[User], at: datetime) -> set[int]:
    """The keys of those of ``users`` who are away at ``at``, each by the days of their own zone. One query."""
    zones = {user.pk: user.time_zone for user in users}
    if not zones:
        return set()
    rows = Absence.objects.around(at).filter(user__in=zones)
    return {row.user_id for row in rows if row.covers(at, zones[row.user_id])}


def present(users: Iterable[User], at: datetime) -> list[User]:
    """Those of ``users`` who are not away, in their order."""
    known = list(users)
    away = absent_of(known, at)
    return [user for user in known if user.pk not in away]


def on_call(*, team: int | None, policy_slug: str, at: datetime) -> list[User]:
    """Who is on call at ``at`` for a ticket of that team and policy."""
    turns = OnCall.objects.during(at).concerning(team=team, policy_slug=policy_slug).values("user")
    return list(active_staff().filter(pk__in=turns).order_by("pk"))
