"""The severity: proposed by the contact, confirmed or changed by staff with a reason (AT9)."""

from datetime import datetime

from contracts.calendar_rows import policy_of
from contracts.models import User
from contracts.refusals import Refused
from tickets import notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.changing import changing, require_staff, require_text


def change_severity(*, ticket: Ticket, actor: User, severity: str, reason: str, at: datetime) -> Ticket:
    """Set another severity. It counts from ``at``; what was missed stays missed."""
    require_staff(actor)
    reason = require_text(reason, "the reason")
    with changing(ticket, at) as change:
        change.refuse_unless("change_severity")
        if severity == change.facts.severity:
            raise Refused("The ticket has that severity already. Choose another one, or confirm it.")
        _check_known(change.ticket, severity)
        event = change.record(
            Kind.SEVERITY_CHANGED, actor, text=reason, severity=severity, before=change.facts.severity
        )
        change.record(Kind.SEVERITY_CONFIRMED, actor, severity=severity)
        notifications.tell_contact(change.ticket, "severity_changed", event, change.clocks())
    return change.ticket


def confirm_severity(*, ticket: Ticket, actor: User, at: datetime) -> Ticket:
    """Agree with the severity that the contact proposed."""
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("confirm_severity")
        change.record(Kind.SEVERITY_CONFIRMED, actor, severity=change.facts.severity)
    return change.ticket


def _check_known(ticket: Ticket, severity: str) -> None:
    if ticket.policy_version is None:
        raise Refused("The ticket has no contract yet, so no policy says which severities there are.")
    try:
        policy_of(ticket.policy_version).severity(severity)
    except LookupError as problem:
        raise Refused(str(problem.args[0])) from None
