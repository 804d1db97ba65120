"""Which staff a ticket concerns: the one place that says whom mails go to.

Other pieces add people here (watchers, for one): ``concerned`` is what every message to staff asks.
"""

from collections.abc import Iterable
from datetime import datetime

from contracts.models import User
from contracts.roster import active_staff, on_call, present
from tickets.models import Ticket


def concerned(ticket: Ticket, at: datetime) -> list[User]:
    """The assignee. Where there is none, or they are away at ``at``: the team, else who knows the product, else
    everybody on the desk who is there; the assignee who is away is told all the same.
    """
    assignee = list(active_staff().filter(pk=ticket.assignee_id)) if ticket.assignee_id else []
    if present(assignee, at):
        return assignee
    return assignee + [user for user in _those_behind(ticket, at) if user.pk != ticket.assignee_id]


def concerned_at_once(ticket: Ticket, at: datetime) -> list[User]:
    """Those whom the ticket concerns, and who is on call: for what cannot wait."""
    slug = ticket.policy_version.slug if ticket.policy_version else ""
    people = [*concerned(ticket, at), *on_call(team=ticket.team_id, policy_slug=slug, at=at)]
    return list({user.pk: user for user in people}.values())


def _those_behind(ticket: Ticket, at: datetime) -> list[User]:
    """The narrowest circle in which somebody is there; where nobody is, everybody."""
    staff = active_staff().order_by("pk")
    circles: Iterable[Iterable[User]] = (
        staff.filter(teams=ticket.team_id) if ticket.team_id else (),
        staff.filter(knowledge__product=ticket.product_id),
        staff,
    )
    for circle in circles:
        if there := present(circle, at):
            return there
    return list(staff)
