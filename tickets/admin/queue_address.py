"""What an address asks of the queue, and the addresses of its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from contracts.keys import Place, read_place
from contracts.models import User
from tickets.admin.queue_parts import HOURS, NARROWERS, PARTS, Part, due_within
from tickets.models.ticket import TicketQuerySet

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows the list: what it says, and the address without it."""

    label: str
    said: str
    without: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. Names come from tables; anything else is left out."""

    part: Part
    hours: int = HOURS[1]
    by: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
    after: Place | None = None

    def tickets(self, user: User, at: datetime) -> TicketQuerySet:
        """The tickets asked for, the words of the search apart; in their order."""
        tickets = self.part.tickets(user, at)
        if self.part.key == "due":
            tickets = due_within(tickets, at, self.hours)
        for condition in self._conditions():
            tickets = tickets.filter(condition)
        if self.after is not None:
            tickets = self.part.order.after(tickets, *self.after)
        return self.part.order.of(tickets)

    @property
    def is_narrowed(self) -> bool:
        """Whether fewer than all tickets are asked for, the words apart."""
        return self.part.key != "any" or bool(self.by)

    def _conditions(self) -> list[Q]:
        found = (NARROWERS[name].condition(value) for name, value in self.by.items())
        return [condition for condition in found if condition is not None]

    def query(self, *, after: str = "") -> str:
        """The canonical query string; from the first page unless ``after`` is given."""
        known = {
            "show": self.part.key,
            "hours": str(self.hours) if self.part.key == "due" else "",
            **self.by,
            "q": self.search,
            "after": after,
        }
        return "?" + urlencode({name: value for name, value in known.items() if value})

    def showing(self, part: Part) -> str:
        """The address of another part, narrowed alike."""
        return replace(self, part=part, after=None).query()

    def within(self) -> list[tuple[int, str]]:
        """The choices of hours with their addresses, where what is due soon is shown."""
        if self.part.key != "due":
            return []
        return [(hours, replace(self, hours=hours, after=None).query()) for hours in HOURS]

    def chips(self) -> list[Chip]:
        """What narrows the list, each with the way to take it away."""
        found = [
            Chip(NARROWERS[name].label, NARROWERS[name].said(value), self.without(name))
            for name, value in self.by.items()
        ]
        if self.search:
            found.append(Chip("Words", self.search, replace(self, search="", after=None).query()))
        return found

    def without(self, name: str) -> str:
        rest = {other: value for other, value in self.by.items() if other != name}
        return replace(self, by=rest, after=None).query()


def read(given: QueryDict) -> Wanted:
    """What a query string asks for; a search looks at tickets of any state unless it says otherwise."""
    search = given.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    usual = PARTS["any" if search else "all"]
    hours = given.get("hours", "")
    by = {name: given.get(name, "") for name in NARROWERS}
    return Wanted(
        part=PARTS.get(given.get("show", ""), usual),
        hours=next((known for known in HOURS if str(known) == hours), HOURS[1]),
        by={name: value for name, value in by.items() if NARROWERS[name].condition(value) is not None},
        search=search,
        after=read_place(given.get("after", "")),
    )
