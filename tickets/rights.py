"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, CHANGES, MANAGERS, SEES, Rights
from tickets.models import SavedReply, Ticket

RIGHTS: dict[str, Rights] = {
    AGENTS: {Ticket: (SEES, CHANGES)},
    MANAGERS: {Ticket: (SEES, CHANGES), SavedReply: (SEES, CHANGES)},
}
