"""Outages where tickets hang on them: linked, unlinked, and told on each ticket what is told of the outage."""

from datetime import datetime

from django.db import transaction

from contracts.models import Outage, OutageEvent, User
from contracts.refusals import Refused
from contracts.services import outages
from tickets.models import Spread, Ticket, TicketOutage
from tickets.models.event import Kind
from tickets.services.changing import changing, require_staff
from tickets.services.spreading import OUTAGE, spread


def link_outage(*, ticket: Ticket, outage: Outage, actor: User, at: datetime) -> Ticket:
    """Say that ``outage`` explains ``ticket``: its updates then reach the ticket.

    Refused for an outage that is withdrawn, linked already or nothing that the contact may see, and on a finished
    ticket.
    """
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("link_outage")
        visible = Outage.objects.standing().visible_to(change.ticket.contact.user)
        if not visible.filter(pk=outage.pk).exists():
            raise Refused("This outage is withdrawn, or of nothing that the customer has. Choose another.")
        if outage.pk in change.facts.outages:
            raise Refused("The ticket is linked to this outage already.")
        TicketOutage.objects.create(ticket=change.ticket, outage=outage, linked_at=change.at)
        change.record(Kind.OUTAGE_LINKED, actor, text=outage.title, outage=outage.pk)
    return change.ticket


def unlink_outage(*, ticket: Ticket, outage: Outage, actor: User, at: datetime) -> Ticket:
    """Take a link back; what was told on the ticket stays. Refused where there is none."""
    require_staff(actor)
    with changing(ticket, at) as change:
        if outage.pk not in change.facts.outages:
            raise Refused("The ticket is not linked to this outage.")
        TicketOutage.objects.filter(ticket=change.ticket, outage=outage).delete()
        change.record(Kind.OUTAGE_UNLINKED, actor, text=outage.title, outage=outage.pk)
    return change.ticket


@transaction.atomic
def update_outage(
    *, outage: Outage, text: str, actor: User, at: datetime, seen: int | None = None
) -> OutageEvent:
    """Say how a running outage stands, in public and on every ticket linked to it. Raises ``Refused``."""
    event = outages.update_outage(outage=outage, text=text, actor=actor, at=at, seen=seen)
    _spread(event, event.text, actor, at)
    return event


@transaction.atomic
def end_outage(
    *,
    outage: Outage,
    ended_at: datetime | None = None,
    what_was_done: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Outage:
    """Say that an outage is over and what was done, in public and on every ticket linked to it. Raises ``Refused``."""
    ended = outages.end_outage(
        outage=outage, ended_at=ended_at, what_was_done=what_was_done, actor=actor, at=at, seen=seen
    )
    event = ended.events.latest("number")
    _spread(event, f"“{ended.title}” is over.\n\n{ended.what_was_done}", actor, at)
    return ended


def _spread(event: OutageEvent, text: str, actor: User, at: datetime) -> Spread:
    return spread(
        cause_kind=OUTAGE,
        cause_id=event.outage_id,
        text=text,
        key=f"outage-event-{event.pk}",
        actor=actor,
        at=at,
    )
