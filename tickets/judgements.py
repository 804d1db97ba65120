"""The story of a ticket that carries no promise: under which clause, why, what the customer says against it.

Pure: events in, stories out. A ticket is put under an exclusion, or declined as work that the policy does not provide;
the customer may dispute each judgement once, and staff reinstate the ticket or uphold what they judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.policy import Clause, Policy
from tickets.models import TicketEvent
from tickets.models.event import Kind

JUDGED = {Kind.EXCLUDED, Kind.DECLINED}


@dataclass(slots=True)
class Judgement:
    """What staff judged last (``event``), what is said against it and not answered yet, and what upheld it."""

    event: TicketEvent
    dispute: TicketEvent | None = None
    upheld: TicketEvent | None = None

    @property
    def clause(self) -> str:
        """The code of the policy's clause."""
        return str(self.event.data.get("clause", ""))

    @property
    def is_declined(self) -> bool:
        """Whether it is work that the policy does not provide, and not an exclusion."""
        return self.event.kind == Kind.DECLINED


def read_judgement(events: Iterable[TicketEvent]) -> Judgement | None:
    """The judgement under which the ticket stands; ``None`` where the promises hold."""
    found: Judgement | None = None
    for event in events:
        if event.kind in JUDGED:
            found = Judgement(event)
        elif event.kind == Kind.REINSTATED:
            found = None
        elif found and event.kind == Kind.DISPUTED:
            found.dispute = event
        elif found and event.kind == Kind.UPHELD:
            found.dispute, found.upheld = None, event
    return found


def clause_of(policy: Policy | None, judgement: Judgement) -> Clause:
    """The clause with its full text as the policy has it; its code alone where no policy knows it."""
    return clause_named(policy, judgement.clause, declined=judgement.is_declined)


def clause_named(policy: Policy | None, code: str, *, declined: bool) -> Clause:
    """The policy's clause with ``code``, of what it does not provide or of its exclusions."""
    known = () if policy is None else policy.not_provided if declined else policy.exclusions
    return next((clause for clause in known if clause.code == code), Clause(code, ""))
