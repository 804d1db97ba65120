"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, ALL, CHANGES, MANAGERS, SEES, Rights
from tickets.models import (
    Consultation,
    EnhancementRequest,
    IncomingMail,
    KnownProblem,
    Mailbox,
    SavedReply,
    Ticket,
    TicketEvent,
)

REDACTS = "redact"

# Who sees the events of all tickets reads the reports that are made of them.
RIGHTS: dict[str, Rights] = {
    AGENTS: {
        Consultation: (SEES, CHANGES),
        EnhancementRequest: (SEES, CHANGES),
        IncomingMail: (SEES, CHANGES),
        KnownProblem: ALL,
        Mailbox: (SEES,),
        Ticket: (SEES, CHANGES),
    },
    MANAGERS: {
        Consultation: (SEES, CHANGES),
        EnhancementRequest: (SEES, CHANGES),
        IncomingMail: (SEES, CHANGES),
        KnownProblem: ALL,
        Mailbox: (SEES,),
        SavedReply: (SEES, CHANGES),
        Ticket: (SEES, CHANGES, REDACTS),
        TicketEvent: (SEES,),
    },
}
