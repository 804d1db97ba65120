"""Two tickets of one customer for one thing: one lives on in the other, and both histories are kept.

The merged ticket's clocks run until the survivor is resolved: what ``carrying`` says happens to both.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Outage, Release, User
from contracts.refusals import Refused
from tickets import notifications
from tickets.fixes import read_fix
from tickets.models import KnownProblem, Ticket, TicketMerge, TicketOutage, TicketProblem
from tickets.models.event import Kind
from tickets.negotiation import open_to_agreement, read_negotiations
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.fixes import mark, plannable
from tickets.services.sharing import share
from tickets.services.watching import watch
from tickets.watching import may_see, watchers_of


def merge_tickets(
    *, ticket: Ticket, into: Ticket, reason: str, actor: User, shares: bool = False, at: datetime
) -> Ticket:
    """Let ``ticket`` live on in ``into``, which is returned. The contact of ``ticket`` is told with the reason, and
    from now on gets the mails about ``into``.

    Refused for another customer's, for itself, for a finished one on either side (so for a merged one, and no circle
    can come about), for one confidential ticket of the two or two of different people (VK2), and where the contact
    may not read ``into``, unless it ``shares`` that one with them. So is one on which the customer waits for an answer
    that nobody could give any more: another severity, a date.
    """
    require_staff(actor)
    reason = require_text(reason, "why they are one")
    if ticket.pk == into.pk:
        raise Refused("A ticket cannot be merged into itself. Choose another one.", field="into")
    with transaction.atomic():
        _lock(ticket, into)
        with changing(into, at) as survivor, changing(ticket, survivor.at) as merged:
            merged.refuse_unless("merge")
            _check_survivor(merged, survivor)
            _check_answered(merged)
            TicketMerge.objects.create(ticket=merged.ticket, survivor=survivor.ticket, merged_at=merged.at)
            event = merged.record(Kind.MERGED_INTO, actor, text=reason, **_named(survivor.ticket))
            survivor.record(Kind.MERGED_FROM, actor, **_named(merged.ticket))
            _let_read(merged.ticket, survivor, actor, shares=shares)
            _take_outages(merged, survivor, actor)
            _take_problems(merged, survivor, actor)
            _take_fix(merged, survivor, actor)
            notifications.tell_merged(merged.ticket, survivor.ticket, event, merged.clocks())
    return survivor.ticket


def _lock(*tickets: Ticket) -> None:
    """Both in the order of their keys, so that two who merge the same two do not wait for each other."""
    keys = [ticket.pk for ticket in tickets]
    list(Ticket.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _named(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket.pk, "number": ticket.number}


def _check_survivor(merged: Change, survivor: Change) -> None:
    ticket, into = merged.ticket, survivor.ticket
    if into.customer_id != ticket.customer_id:
        raise Refused("Only tickets of one customer can be merged. Link them instead.", field="into")
    if why := survivor.why_not("merge"):
        raise Refused(f"{into.number} cannot take it in. {why}", field="into")
    if not (ticket.is_confidential or into.is_confidential):
        return
    if not (ticket.is_confidential and into.is_confidential and ticket.contact_id == into.contact_id):
        raise Refused(
            "A confidential ticket can be merged with another confidential one of the same person only:"
            " others would read of it. Link them instead.",
            field="into",
        )


def _check_answered(merged: Change) -> None:
    """What the customer asked for on the ticket and nobody could answer any more after the merge is answered first."""
    number = merged.ticket.number
    if merged.facts.severity_requested:
        raise Refused(
            f"The customer asks for another severity on {number}, which could not be answered any more after the merge."
            " Grant it, or keep the severity with a reason, first."
        )
    stories = read_negotiations(merged.events)
    for name in open_to_agreement(merged.clocks()):
        if (standing := stories[name].standing) is not None and not standing.by_staff:
            raise Refused(
                f"The customer proposes a date for the {name.value} of {number}, which could not be answered any more"
                " after the merge. Accept it, or propose another one, first."
            )


def _let_read(ticket: Ticket, survivor: Change, actor: User, *, shares: bool) -> None:
    """The contact of ``ticket``, and who watched it, follow it to where it lives on."""
    into, contact = survivor.ticket, ticket.contact
    if contact.user.is_active and not may_see(contact.user, into):
        if not shares:
            raise Refused(
                f"{contact.user} may not read {into.number}. Share it with them, or link the tickets instead.",
                field="shares",
            )
        share(survivor, contact, actor)
    for user in [contact.user, *watchers_of(ticket)]:
        if user.is_active and user.pk != into.contact.user_id and (user.is_staff or may_see(user, into)):
            watch(survivor, user, actor)


def _take_outages(merged: Change, survivor: Change, actor: User) -> None:
    """What is told of an outage behind the merged ticket now comes to the survivor, where its contact reads."""
    new = merged.facts.outages - survivor.facts.outages
    if not new:
        return
    visible = Outage.objects.standing().visible_to(survivor.ticket.contact.user)
    for outage in visible.filter(pk__in=new).order_by("pk"):
        TicketOutage.objects.create(ticket=survivor.ticket, outage=outage, linked_at=survivor.at)
        survivor.record(Kind.OUTAGE_LINKED, actor, text=outage.title, outage=outage.pk)


def _take_problems(merged: Change, survivor: Change, actor: User) -> None:
    """So does what is told of its known problems, where they are of the survivor's product and not closed."""
    new = merged.facts.problems - survivor.facts.problems
    if not new:
        return
    known = KnownProblem.objects.filter(
        pk__in=new, product=survivor.ticket.product_id, closed_at=None
    ).order_by("pk")
    for problem in known.select_for_update(of=("self",)):
        TicketProblem.objects.create(ticket=survivor.ticket, problem=problem, linked_at=survivor.at)
        survivor.record(Kind.PROBLEM_LINKED, actor, text=problem.title, problem=problem.pk)


def _take_fix(merged: Change, survivor: Change, actor: User) -> None:
    """Where the merged ticket is fixed in a planned release, and of the survivor none is named, it is fixed there, too:
    the worker resolves it when that is out, and the merged one with it.
    """
    fix = read_fix(merged.events)
    if fix is None or read_fix(survivor.events) is not None:
        return
    planned = Release.objects.filter(
        pk=fix.release, product=survivor.ticket.product_id, published_at=None
    ).first()
    if planned is not None:
        shared = survivor.facts.problems & {fix.problem}
        problem = KnownProblem.objects.filter(pk__in=shared).first()
        mark(survivor, plannable(planned, survivor.ticket), actor, "", problem)
