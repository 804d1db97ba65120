"""Who gets a new ticket (VK20). Pure: people and their load in, one of them out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickets.models.ticket import Status

# How much a ticket weighs for who has it; one that waits for the customer half as much.
WEIGHTS: Mapping[str, int] = {Status.NEW: 2, Status.OPEN: 2, Status.WAITING: 1}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of staff who may get the ticket; ``load`` is the weight of what they have."""

    key: int
    knows: bool
    is_absent: bool
    load: int


def load_of(counts: Mapping[str, int]) -> int:
    """The weight of so many tickets by their status."""
    return sum(WEIGHTS.get(status, 0) * count for status, count in counts.items())


def choose(candidates: Iterable[Candidate]) -> int | None:
    """The key of who knows the product, is there and has least to do; of equal ones, who came first to the desk.

    ``None`` where nobody does.
    """
    fit = [each for each in candidates if each.knows and not each.is_absent]
    return min(fit, key=lambda each: (each.load, each.key)).key if fit else None
