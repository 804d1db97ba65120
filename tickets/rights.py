"""What staff may do with tickets, for ``contracts.services.staff.ensure_staff_groups``."""

from contracts.services.staff import AGENTS, ALL, CHANGES, MANAGERS, SEES, Rights
from tickets.models import KnownProblem, Ticket

RIGHTS: dict[str, Rights] = {
    AGENTS: {Ticket: (SEES, CHANGES), KnownProblem: ALL},
    MANAGERS: {Ticket: (SEES, CHANGES), KnownProblem: ALL},
}
