"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, CHANGES, MANAGERS, SEES, Rights
from tickets.models import Ticket, TicketEvent

REDACTS = "redact"

# Who sees the events of all tickets reads the reports that are made of them.
RIGHTS: dict[str, Rights] = {
    AGENTS: {Ticket: (SEES, CHANGES)},
    MANAGERS: {Ticket: (SEES, CHANGES, REDACTS), TicketEvent: (SEES,)},
}
