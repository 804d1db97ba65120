"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, CHANGES, MANAGERS, SEES, Rights
from tickets.models import Consultation, Ticket

RIGHTS: dict[str, Rights] = {
    AGENTS: {Consultation: (SEES, CHANGES), Ticket: (SEES, CHANGES)},
    MANAGERS: {Consultation: (SEES, CHANGES), Ticket: (SEES, CHANGES)},
}
