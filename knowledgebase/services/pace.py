"""How much one person may write in a while, counted in the rows themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from contracts import phrasing
from contracts.models import User
from contracts.refusals import Refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most ``most`` of ``things``, written at their ``field``, within any ``length``."""

    things: str
    field: str
    most: int
    length: timedelta


def take_turns(actor: User) -> User:
    """``actor``, whose other verbs of the forum wait until this transaction is over, so that none is counted twice."""
    return User.objects.select_for_update().get(pk=actor.pk)


def require_pace(own: QuerySet[Any], pace: Pace, *, actor: User, at: datetime) -> None:
    """Raise ``Refused``, saying when ``actor`` may write again, where ``own`` rows of theirs use up the ``pace``.

    Staff are not counted: they answer as much as they like.
    """
    if actor.is_staff:
        return
    since = own.filter(**{f"{pace.field}__gt": at - pace.length}).order_by(f"-{pace.field}")
    times = list(since.values_list(pace.field, flat=True)[: pace.most])
    if len(times) < pace.most:
        return
    free = times[-1] + pace.length
    # To the minute, and never too early.
    said = phrasing.moment(free + timedelta(seconds=59), ZoneInfo(actor.time_zone), now=at)
    raise Refused(
        f"{pace.most} {pace.things} within {_in_words(pace.length)} are the most that one person may send. "
        f"You can send the next one at {said}; what you typed is still here."
    )


def _in_words(length: timedelta) -> str:
    return "an hour" if length == HOUR else "a day"
