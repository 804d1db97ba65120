"""Tickets that carry no promise by a clause of the policy (AT11): excluded, disputed, reinstated or upheld."""

from datetime import datetime

from contracts.calendar_rows import policy_of
from contracts.models import User
from contracts.policy import Clause
from contracts.refusals import Refused
from tickets import access, notifications
from tickets.judgements import clause_of, read_judgement
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.changing import Change, changing, in_its_place, require_staff, require_text


def exclude_ticket(*, ticket: Ticket, actor: User, clause: str, reason: str, at: datetime) -> Ticket:
    """Put the ticket under a clause of the policy's exclusions: every clock that has started is void.

    The contact reads the clause and ``reason``, and may dispute them.
    """
    require_staff(actor)
    reason = require_text(reason, "the reason; the customer reads it")
    with changing(ticket, at) as change:
        change.refuse_unless("exclude")
        known = _exclusions(change.ticket)
        if (chosen := known.get(clause)) is None:
            raise Refused("Choose one of the policy's clauses.", field="clause")
        event = change.record(Kind.EXCLUDED, actor, text=reason, clause=clause)
        _tell_customer(change, "excluded", event, chosen)
    return change.ticket


def dispute_exclusion(
    *, ticket: Ticket, actor: User, reason: str, seen: int | None = None, at: datetime
) -> Ticket:
    """Say that the clause does not apply; by a person of the customer who may reply. Staff answer it.

    ``seen`` is the last event that they had before them: the same words twice since then are one dispute.
    """
    reason = require_text(reason, "why the clause does not apply")
    with changing(ticket, at) as change:
        if why := access.why_not_speak_there(change.ticket, actor):
            raise Refused(why)
        if change.written_already(Kind.DISPUTED, actor, reason, seen):
            return change.ticket
        change.refuse_unless("dispute")
        if change.facts.waiting_since is not None:
            change.record(Kind.CUSTOMER_REPLIED, actor)
        event = change.record(Kind.DISPUTED, actor, text=reason)
        people = [change.ticket.contact.user, *notifications.staff_for(change.ticket, change.at)]
        clause = _clause(change)
        notifications.tell_people(
            change.ticket, "disputed", people, event, change.clocks(), **_told_of(clause)
        )
    return change.ticket


def reinstate_ticket(*, ticket: Ticket, actor: User, reason: str, at: datetime) -> Ticket:
    """Take an exclusion back, or that the work was declined: the clocks stand as if it had never been.

    What fell due meanwhile is missed at its due instant.
    """
    require_staff(actor)
    reason = require_text(reason, "the reason; the customer reads it")
    with in_its_place(ticket, at), changing(ticket, at) as change:
        change.refuse_unless("reinstate")
        clause = _clause(change)
        event = change.record(Kind.REINSTATED, actor, text=reason)
        _tell_customer(change, "reinstated", event, clause)
    return change.ticket


def uphold_exclusion(*, ticket: Ticket, actor: User, reason: str, at: datetime) -> Ticket:
    """Answer a dispute: the clause applies all the same. The contact may dispute that, too."""
    require_staff(actor)
    reason = require_text(reason, "the reason; the customer reads it")
    with changing(ticket, at) as change:
        change.refuse_unless("uphold")
        event = change.record(Kind.UPHELD, actor, text=reason)
        _tell_customer(change, "upheld", event, _clause(change))
    return change.ticket


def _exclusions(ticket: Ticket) -> dict[str, Clause]:
    """The clauses that may be chosen, by code. Raises ``Refused`` where no clock runs, or none is written."""
    if ticket.policy_version is None or not ticket.runs_clocks:
        raise Refused("No clock runs on this ticket, so no promise is there to be excluded.")
    if not (known := policy_of(ticket.policy_version).exclusions):
        raise Refused("The policy of this ticket excludes nothing, so all its promises hold.")
    return {clause.code: clause for clause in known}


def _clause(change: Change) -> Clause:
    """That of the judgement as it stands."""
    version = change.ticket.policy_version
    judgement = read_judgement(change.events)
    policy = policy_of(version) if version else None
    return clause_of(policy, judgement) if judgement else Clause("", "")


def _tell_customer(change: Change, kind: str, event: TicketEvent, clause: Clause) -> None:
    people = notifications.contact_and_watchers(change.ticket, event)
    notifications.tell_people(change.ticket, kind, people, event, change.clocks(), **_told_of(clause))


def _told_of(clause: Clause) -> dict[str, str]:
    return {"clause": clause.code, "clause_text": clause.text}
