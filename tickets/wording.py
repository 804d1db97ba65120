"""How a contact is told where a ticket stands. Pure."""

from contracts.calendar_rows import policy_of
from contracts.models import PolicyVersion
from contracts.policy import Policy
from tickets.models import Ticket
from tickets.models.ticket import UNFINISHED, Status

STATUSES = {
    Status.NEW: "New",
    Status.OPEN: "Open",
    Status.WAITING: "Waiting for you",
    Status.RESOLVED: "Resolved",
    Status.CLOSED: "Closed",
    Status.MERGED: "Merged",
    Status.DECLINED: "Declined",
}


def status_in_words(status: str, *, kept: bool) -> str:
    """Where a ticket stands, as its customer says it; ``kept`` while they are not entitled."""
    if kept and status in UNFINISHED:
        return "Kept, no clock runs"
    return STATUSES[Status(status)]


def severity_name(ticket: Ticket) -> str:
    """The severity in the policy's word; the bare code where the policy does not know it."""
    return severity_names(ticket.policy_version).get(ticket.severity, ticket.severity)


def severity_names(version: PolicyVersion | None) -> dict[str, str]:
    """The names of a policy's severities by code."""
    return {each.code: each.name for each in policy_of(version).severities} if version else {}


def request_type_name(policy: Policy | None, code: str) -> str:
    """The request type in the policy's words; ``""`` for none."""
    names = {each.code: each.name for each in policy.request_types} if policy else {}
    return names.get(code, code)


def definition(policy: Policy | None, severity: str) -> str:
    """What the policy means by a severity; ``""`` for one that it does not know."""
    return (
        next((each.definition for each in policy.severities if each.code == severity), "") if policy else ""
    )
