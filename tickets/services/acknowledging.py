"""What somebody who was told of an escalation does: they say that they know."""

from datetime import datetime

from contracts.refusals import Refused
from tickets.models import Escalation
from tickets.models.event import Kind
from tickets.services.changing import changing
from tickets.services.escalating import has_ended


def acknowledge_escalation(*, escalation: Escalation, at: datetime) -> Escalation:
    """The person of that row knows; nobody further in its line is told. Again, it changes nothing.

    Refused once the ticket has ended. Who did not know in time finds the next in line told.
    """
    with changing(escalation.ticket, at) as change:
        row = Escalation.objects.select_related("user").get(pk=escalation.pk)
        if row.acknowledged_at is not None:
            return row
        if has_ended(change.facts):
            raise Refused("The ticket has ended, so there is nothing left to acknowledge.")
        change.record(Kind.ESCALATION_ACKNOWLEDGED, row.user, escalated=row.seq, role=row.role, name=row.name)
        row.acknowledged_at, row.next_at = change.at, None
        row.save(update_fields=["acknowledged_at", "next_at"])
        of_line = {"rule": row.rule, "clock": row.clock, "since": row.since, "line": row.line}
        change.ticket.escalations.filter(**of_line).update(next_at=None)
    return row
