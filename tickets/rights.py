"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, ALL, CHANGES, MANAGERS, SEES, Rights
from tickets.models import EnhancementRequest, KnownProblem, Ticket, TicketEvent

REDACTS = "redact"

# Who sees the events of all tickets reads the reports that are made of them.
RIGHTS: dict[str, Rights] = {
    AGENTS: {
        Ticket: (SEES, CHANGES),
        EnhancementRequest: (SEES, CHANGES),
        KnownProblem: ALL,
    },
    MANAGERS: {
        Ticket: (SEES, CHANGES, REDACTS),
        EnhancementRequest: (SEES, CHANGES),
        KnownProblem: ALL,
        TicketEvent: (SEES,),
    },
}
