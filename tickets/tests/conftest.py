"""What the tests of tickets share: a way to file one, and to look at its clocks."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Protocol

import pytest

from contracts.models import Contact, Contract, Deployment
from contracts.sla.clock import Clock
from tickets.clocks import clocks_of
from tickets.models import Ticket
from tickets.services.filing import Request, file_ticket

WHAT = {
    "subject": "Headsets lose the session",
    "text": "After ten minutes everybody is signed out.",
    "steps": "Sign in and wait.",
    "effect": "Nobody can work.",
    "severity": "P2",
}


class File(Protocol):
    """Files a ticket of the contact at an instant; what is given differs from the usual request."""

    def __call__(self, at: datetime | None = None, **asked: Any) -> Ticket: ...


@pytest.fixture
def file(contact: Contact, deployment: Deployment, contract: Contract, monday: datetime) -> File:
    """A function that files tickets of Nora for Production under Atheer's policy."""
    numbers = count()

    def _file(at: datetime | None = None, **asked: Any) -> Ticket:
        key = asked.pop("submission_key", f"key-{next(numbers)}")
        who = asked.pop("contact", contact)
        return file_ticket(
            contact=who,
            deployment=asked.pop("deployment", deployment),
            request=Request(**{**WHAT, **asked}),
            submission_key=key,
            at=at or monday,
        )

    return _file


Clocks = Callable[[Ticket, datetime], dict[str, Clock]]


@pytest.fixture
def clocks() -> Clocks:
    """A function that computes a ticket's clocks from its events, by name."""

    def _clocks(ticket: Ticket, at: datetime) -> dict[str, Clock]:
        fresh = Ticket.objects.select_related("policy_version").get(pk=ticket.pk)
        found = clocks_of(fresh, fresh.events.all(), at)
        return {clock.name.value: clock for clock in found}

    return _clocks
