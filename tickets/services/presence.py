"""Who is at a ticket: rows that end by themselves, so that several web processes agree without a cache of their own."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError

from contracts.models import User
from tickets.models import Presence, Ticket

LOOKS_FOR = timedelta(minutes=2)
BEATS_FOR = timedelta(seconds=75)  # two beats of the script may be lost
AT_ONCE = 1_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class There:
    """A colleague at a ticket."""

    name: str
    is_writing: bool

    def __str__(self) -> str:
        return f"{self.name} {'is writing' if self.is_writing else 'is looking'}"


def come(*, user: User, ticket: Ticket, is_writing: bool, at: datetime, stays: timedelta = LOOKS_FOR) -> None:
    """``user`` is at ``ticket`` from ``at`` on, for as long as they are not heard of again; one statement."""
    Presence.objects.bulk_create(
        [Presence(user=user, ticket=ticket, is_writing=is_writing, until=at + stays)],
        update_conflicts=True,
        unique_fields=["ticket", "user"],
        update_fields=["is_writing", "until"],
    )


def look(*, user: User, ticket: Ticket, at: datetime) -> None:
    """Opening the page counts as looking. A database that cannot write now keeps nobody from reading."""
    try:
        come(user=user, ticket=ticket, is_writing=False, at=at)
    except DatabaseError:
        log.warning("who looks at %s could not be kept", ticket.number)


def leave(*, user: User, ticket: Ticket) -> None:
    """``user`` has closed the page."""
    Presence.objects.filter(user=user, ticket=ticket).delete()


def others_at(ticket: Ticket, user: User, at: datetime) -> list[There]:
    """Who else is at ``ticket``, those who write first."""
    return [_there(row) for row in Presence.objects.others(user, at).filter(ticket=ticket)]


def others_at_each(tickets: Iterable[int], user: User, at: datetime) -> Mapping[int, list[There]]:
    """The same for many tickets by their keys, in one query."""
    found: dict[int, list[There]] = {}
    for row in Presence.objects.others(user, at).filter(ticket__in=list(tickets)):
        found.setdefault(row.ticket_id, []).append(_there(row))
    return found


def forget_gone(*, at: datetime) -> None:
    """The recurring job: who is not there any more."""
    gone = Presence.objects.filter(until__lt=at).order_by("until")[:AT_ONCE]
    Presence.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()


def _there(row: Presence) -> There:
    return There(str(row.user), row.is_writing)
