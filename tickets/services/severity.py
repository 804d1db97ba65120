"""The severity: proposed by the contact, confirmed or changed by staff with a reason (AT9).

The contact may ask for another one; staff grant that by changing it, or keep what it is with a reason.
"""

from datetime import datetime

from contracts.calendar_rows import policy_of
from contracts.models import User
from contracts.refusals import Refused
from tickets import access, notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.severity_request import read_request


def change_severity(*, ticket: Ticket, actor: User, severity: str, reason: str, at: datetime) -> Ticket:
    """Set another severity. It counts from ``at``; what was missed stays missed."""
    require_staff(actor)
    reason = require_text(reason, "the reason")
    with changing(ticket, at) as change:
        _change(change, actor, severity, reason)
    return change.ticket


def grant_severity(*, ticket: Ticket, actor: User, reason: str, at: datetime) -> Ticket:
    """Set the severity that the customer asks for; as ``change_severity`` does."""
    require_staff(actor)
    reason = require_text(reason, "the reason")
    with changing(ticket, at) as change:
        if (asked := read_request(change.events)) is None:
            raise Refused("Nobody asks for another severity any more.")
        _change(change, actor, asked.data["severity"], reason)
    return change.ticket


def confirm_severity(*, ticket: Ticket, actor: User, at: datetime) -> Ticket:
    """Agree with the severity that the contact proposed."""
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("confirm_severity")
        change.record(Kind.SEVERITY_CONFIRMED, actor, severity=change.facts.severity)
    return change.ticket


def request_severity(
    *, ticket: Ticket, actor: User, severity: str, reason: str, seen: int | None = None, at: datetime
) -> Ticket:
    """Ask for another severity, by a person of the customer who may reply; the clocks run on as they are.

    One request stands open at a time. ``seen`` is the last event that they had before them: the same words twice since
    then are one request.
    """
    reason = require_text(reason, "the reason")
    with changing(ticket, at) as change:
        if why := access.why_not_reply(ticket, actor):
            raise Refused(why)
        if change.written_already(Kind.SEVERITY_REQUESTED, actor, reason, seen):
            return change.ticket
        change.refuse_unless("request_severity")
        if severity == change.facts.severity:
            raise Refused("The ticket has that severity already. Choose another one.", field="severity")
        _check_known(change.ticket, severity)
        if change.facts.waiting_since is not None:
            change.record(Kind.CUSTOMER_REPLIED, actor)
        event = change.record(Kind.SEVERITY_REQUESTED, actor, text=reason, severity=severity)
        people = [change.ticket.contact.user, *notifications.staff_for(change.ticket, change.at)]
        notifications.tell_people(
            change.ticket,
            "severity_requested",
            people,
            event,
            change.clocks(),
            requested=_name(change.ticket, severity),
        )
    return change.ticket


def keep_severity(*, ticket: Ticket, actor: User, reason: str, at: datetime) -> Ticket:
    """Answer a request for another severity with no; the one that the ticket has is confirmed by that."""
    require_staff(actor)
    reason = require_text(reason, "the reason; the customer reads it")
    with changing(ticket, at) as change:
        change.refuse_unless("keep_severity")
        event = change.record(Kind.SEVERITY_KEPT, actor, text=reason, severity=change.facts.severity)
        if not change.facts.severity_confirmed:
            change.record(Kind.SEVERITY_CONFIRMED, actor, severity=change.facts.severity)
        notifications.tell_contact(change.ticket, "severity_kept", event, change.clocks())
    return change.ticket


def _change(change: Change, actor: User, severity: str, reason: str) -> None:
    change.refuse_unless("change_severity")
    if severity == change.facts.severity:
        raise Refused("The ticket has that severity already. Choose another one, or confirm it.")
    _check_known(change.ticket, severity)
    event = change.record(
        Kind.SEVERITY_CHANGED, actor, text=reason, severity=severity, before=change.facts.severity
    )
    change.record(Kind.SEVERITY_CONFIRMED, actor, severity=severity)
    notifications.tell_contact(change.ticket, "severity_changed", event, change.clocks())


def _name(ticket: Ticket, severity: str) -> str:
    return policy_of(ticket.policy_version).severity(severity).name if ticket.policy_version else severity


def _check_known(ticket: Ticket, severity: str) -> None:
    if ticket.policy_version is None:
        raise Refused("The ticket has no contract yet, so no policy says which severities there are.")
    try:
        policy_of(ticket.policy_version).severity(severity)
    except LookupError as problem:
        raise Refused(str(problem.args[0])) from None
