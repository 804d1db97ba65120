"""What a page about the relations of a ticket is made of: one a kind, the same view for all (``relations``)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import Ticket, TicketEvent


@dataclass(frozen=True, slots=True)
class Desk:
    """Which ticket, who asks, when; and the ticket's record."""

    ticket: Ticket
    actor: User
    at: datetime
    events: Sequence[TicketEvent]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.time_zone)

    def given(self) -> dict[str, Any]:
        """What every verb takes."""
        return {"ticket": self.ticket, "actor": self.actor, "at": self.at}


@dataclass(frozen=True, slots=True)
class Row:
    """Something that is there: the key that its button sends, its words, and where it leads."""

    key: str
    label: str
    note: str = ""
    url: str = ""


Sent = Mapping[str, Any] | None
# What was done, in a sentence, and the number of the ticket to go to.
Done = tuple[str, str]


def _nothing(desk: Desk) -> list[Row]:
    return []


@dataclass(frozen=True, slots=True)
class Relation:
    """One page: its noun in the address, its words, and the verbs behind its form and its rows' buttons."""

    noun: str
    title: str
    hint: str
    button: str
    form: Callable[[Desk, Sent], forms.Form]
    do: Callable[[Desk, dict[str, Any]], Done]
    rows: Callable[[Desk], list[Row]] = _nothing
    undo: Callable[[Desk, str], str] | None = None

    @property
    def url_name(self) -> str:
        return f"ticket_{self.noun}"


def numbered(desk: Desk, number: str, field: str) -> Ticket:
    """The ticket with that number. Raises ``Refused``, at ``field``."""
    plain = number.replace("\0", "").strip().upper()
    found = Ticket.objects.visible_to(desk.actor).filter(number=plain).first()
    if found is None:
        raise Refused(f"There is no ticket {number}. Look its number up.", field=field)
    return found
