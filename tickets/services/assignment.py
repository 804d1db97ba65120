"""Who works on a ticket: given by hand, or by knowledge of the product and load (VK20)."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count

from contracts.models import Team, User
from contracts.refusals import Refused
from contracts.roster import absent_of, active_staff
from tickets import notifications
from tickets.choosing import Candidate, choose, load_of
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.changing import Change, changing, require_staff


def assign_ticket(*, ticket: Ticket, actor: User, assignee: User | None, at: datetime) -> Ticket:
    """Give the ticket to ``assignee``, or to nobody with ``None``."""
    require_staff(actor)
    if assignee is not None and not (assignee.is_staff and assignee.is_active):
        raise Refused(f"{assignee} is not staff, or cannot sign in. Choose somebody else.")
    with changing(ticket, at) as change:
        change.refuse_unless("assign")
        wanted = assignee.pk if assignee else None
        if wanted == change.facts.assignee_id:
            raise Refused("Nothing to change: the ticket is assigned so already.")
        event = change.record(Kind.ASSIGNED, actor, assignee=wanted)
        if assignee is not None and assignee != actor:
            notifications.tell_assigned(change.ticket, assignee, event, change.clocks())
    return change.ticket


def give_to_team(*, ticket: Ticket, actor: User, team: Team | None, at: datetime) -> Ticket:
    """Give the ticket to ``team``, or to none with ``None``; whose it is in particular stays."""
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("assign")
        wanted = team.pk if team else None
        if wanted == change.facts.team_id:
            raise Refused("Nothing to change: the ticket is with this team already.")
        change.record(Kind.TEAM_ASSIGNED, actor, team=wanted, name=team.name if team else "")
    return change.ticket


def assign_by_rule(change: Change) -> User | None:
    """Give a new ticket to who knows its product, is there and has least to do; else to the product's team.

    Returns whom it was given to, ``None`` for nobody. What was chosen by hand is left as it is.
    """
    if not settings.ASSIGN_NEW_TICKETS or change.facts.assignee_id or change.facts.team_id:
        return None
    knowers = {user.pk: user for user in active_staff().filter(knowledge__product=change.ticket.product_id)}
    chosen = choose(_candidates(knowers, change.at)) if knowers else None
    if chosen is not None:
        change.record(Kind.ASSIGNED, None, assignee=chosen, by_rule=True, reason="knows the product")
        return knowers[chosen]
    behind = Team.objects.filter(products=change.ticket.product_id, members__is_active=True)
    if team := behind.order_by("name").first():
        change.record(
            Kind.TEAM_ASSIGNED, None, team=team.pk, name=team.name, by_rule=True, reason="has the product"
        )
    return None


def _candidates(knowers: dict[int, User], at: datetime) -> list[Candidate]:
    away = absent_of(knowers.values(), at)
    counted = Ticket.objects.unfinished().filter(assignee__in=knowers).order_by()
    counts: dict[int, dict[str, int]] = {pk: {} for pk in knowers}
    for assignee, status, count in counted.values_list("assignee", "status").annotate(Count("pk")):
        counts[assignee][status] = count
    return [Candidate(pk, True, pk in away, load_of(counts[pk])) for pk in knowers]  # noqa: FBT003 -- they know it
