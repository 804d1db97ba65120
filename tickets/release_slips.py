"""The desk told of a release that slips: one mail a person and plan, however many of their tickets wait for it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts import phrasing
from contracts.models import User
from contracts.outbox.writing import compose, post
from contracts.roster import active_staff
from tickets.models import Errand, Ticket
from tickets.notifications import site_url
from tickets.watching import with_watchers

KIND = "release_slipped"


@dataclass(frozen=True, slots=True)
class Slip:
    """When the release was planned for, and is now; ``None`` for no date."""

    before: datetime
    due: datetime | None


def tell_desk(errand: Errand, ticket: Ticket, release: str, slip: Slip, at: datetime) -> None:
    """Whose ticket it is, and the staff who watch it: the first of their tickets that the plan reaches tells them, and
    the key leaves out the others. Not who made the plan.
    """
    own = active_staff().filter(pk=ticket.assignee_id) if ticket.assignee_id else ()
    people = with_watchers(ticket, own, but=errand.actor_id, staff_only=True)
    others = [person for person in people if person.pk != errand.actor_id]
    post(
        compose(
            kind=KIND,
            to=person,
            at=at,
            context={
                "release": release,
                "due_reader": _told(slip.due, person, at),
                "before_reader": _told(slip.before, person, at),
                "reason": errand.reason,
                "actor": errand.actor,
                "url": site_url("/admin/queue/"),
            },
            key=f"errand-{errand.pk}/{KIND}/{person.pk}",
        )
        for person in others
    )


def _told(instant: datetime | None, reader: User, at: datetime) -> str:
    return phrasing.moment(instant, ZoneInfo(reader.time_zone), now=at) if instant else ""
