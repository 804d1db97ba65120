"""Links between tickets: duplicates, causes, what else has to do with it. For staff, over customers' borders, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from contracts.models import User
from contracts.refusals import Refused
from tickets.links import INVERSE, read_links
from tickets.models import Ticket, TicketLink
from tickets.models.event import Kind
from tickets.models.relations import LinkKind
from tickets.services.changing import Change, changing, require_staff


def link_tickets(*, ticket: Ticket, other: Ticket, kind: LinkKind, actor: User, at: datetime) -> TicketLink:
    """Say what ``ticket`` is to ``other``; both records tell it. Refused for itself, and for two that are linked."""
    require_staff(actor)
    if ticket.pk == other.pk:
        raise Refused("A ticket cannot be linked to itself. Choose another one.", field="other")
    with _both(ticket, other, at) as (one, two):
        if _are_linked(one, two):
            raise Refused("They are linked already. Take that link away first.", field="other")
        row = TicketLink.objects.create(ticket=one.ticket, other=two.ticket, kind=kind, linked_at=one.at)
        one.record(Kind.TICKET_LINKED, actor, link=kind.value, **_named(two.ticket))
        two.record(Kind.TICKET_LINKED, actor, link=INVERSE[kind.value], **_named(one.ticket))
    return row


def unlink_tickets(*, ticket: Ticket, other: Ticket, actor: User, at: datetime) -> None:
    """Take the link between two tickets away, from whichever side. Refused where there is none."""
    require_staff(actor)
    with _both(ticket, other, at) as (one, two):
        if not _are_linked(one, two):
            raise Refused("They are not linked.", field="other")
        TicketLink.objects.filter(Q(ticket=ticket, other=other) | Q(ticket=other, other=ticket)).delete()
        one.record(Kind.TICKET_UNLINKED, actor, **_named(two.ticket))
        two.record(Kind.TICKET_UNLINKED, actor, **_named(one.ticket))


@contextmanager
def _both(ticket: Ticket, other: Ticket, at: datetime) -> Iterator[tuple[Change, Change]]:
    """Both under change, locked in the order of their keys."""
    first, second = sorted([ticket, other], key=lambda each: each.pk)
    with transaction.atomic(), changing(first, at) as one, changing(second, at) as two:
        yield (one, two) if first.pk == ticket.pk else (two, one)


def _are_linked(one: Change, two: Change) -> bool:
    """Whether the record of ``one`` says so: a link that came about otherwise has no row."""
    return two.ticket.pk in {link.ticket for link in read_links(one.events)}


def _named(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket.pk, "number": ticket.number}
