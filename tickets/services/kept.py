"""Requests that were kept because their contact was not entitled: put right, their clocks start."""

import logging
from datetime import datetime

from django.db import transaction

from contracts.calendar_rows import policy_of
from contracts.entitlement import entitlement
from contracts.models import Contract, User
from contracts.models.contracts import Standing
from contracts.services.contracts import set_standing
from tickets import notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import UNFINISHED
from tickets.services.changing import changing
from tickets.services.releases import record_next_release

log = logging.getLogger(__name__)
AT_ONCE = 200


def change_standing(
    *, contract: Contract, standing: Standing, reason: str, actor: User, at: datetime
) -> list[Ticket]:
    """Change a contract's standing; putting it right starts the clocks of its kept requests (AT2).

    Returns the tickets whose clocks started. Raises ``Refused``.
    """
    with transaction.atomic():
        set_standing(contract=contract, standing=standing, reason=reason, actor=actor, at=at)
        kept = Ticket.objects.unfinished().filter(contract=contract, runs_clocks=False)
        return [ticket for ticket in kept.exclude(kept_because=[]) if start_clocks(ticket=ticket, at=at)]


def start_clocks(*, ticket: Ticket, at: datetime) -> bool:
    """Start the clocks of a kept request if nothing stands against it any more; whether it did.

    The clocks see a ticket submitted at ``at`` with the severity of that instant.
    """
    with changing(ticket, at) as change:
        kept = change.ticket
        if kept.runs_clocks or not kept.kept_because or change.facts.status not in UNFINISHED:
            return False
        found = entitlement(
            contact=kept.contact, deployment=kept.deployment, channel=kept.channel, at=change.at
        )
        if not found.holds or found.contract is None:
            return False
        contract = found.contract
        _bind(kept, contract)
        kept.kept_because = []
        event = None
        if not kept.request_type or policy_of(contract.policy_version).request_type(kept.request_type).clocks:
            kept.runs_clocks = True
            event = change.record(Kind.SUBMITTED, None, severity=_severity(kept, contract))
            record_next_release(change)
        notifications.tell_started(kept, event, change.clocks(), at)
    return True


def start_clocks_put_right(*, at: datetime) -> None:
    """The recurring job: whatever put a kept request right (a contact named, a contract signed), its
    clocks start within a minute.
    """
    kept = Ticket.objects.unfinished().filter(runs_clocks=False).exclude(kept_because=[])
    known = kept.select_related("deployment", "contact__user", "contact__customer").order_by("pk")
    # All of them, or those that nobody puts right would keep the others from being looked at; asked once for each
    # contact and place, since one who is not entitled may write often.
    holds: dict[tuple[int, int | None, str], bool] = {}
    right: list[Ticket] = []
    for ticket in known.iterator(chunk_size=AT_ONCE):
        key = (ticket.contact_id, ticket.deployment_id, ticket.channel)
        if key not in holds:
            holds[key] = _is_entitled(ticket, at)
        if holds[key]:
            right.append(ticket)
    for ticket in right[:AT_ONCE]:
        try:
            start_clocks(ticket=ticket, at=at)
        except Exception:  # one broken ticket must not keep the others waiting
            log.exception("the clocks of the kept ticket %s could not be started", ticket.number)


def _is_entitled(ticket: Ticket, at: datetime) -> bool:
    """Asked without a lock: nearly always nothing has changed."""
    return entitlement(
        contact=ticket.contact, deployment=ticket.deployment, channel=ticket.channel, at=at
    ).holds


def _bind(ticket: Ticket, contract: Contract) -> None:
    """A ticket filed without a contract takes the one that it starts under."""
    ticket.contract = contract
    ticket.policy_version = contract.policy_version
    ticket.tier = contract.tier


def _severity(ticket: Ticket, contract: Contract) -> str:
    """The severity that the ticket has; the least one where its contract does not know it."""
    codes = [severity.code for severity in policy_of(contract.policy_version).severities]
    return ticket.severity if ticket.severity in codes else codes[-1]
