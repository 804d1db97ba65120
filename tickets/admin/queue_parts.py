"""The parts of the queue and what narrows them, as tables: one line each, and nothing else is read from an address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from contracts.calendar_rows import policy_of
from contracts.keys import key_in
from contracts.models import Customer, PolicyVersion, Product, Team, User
from tickets.models import Ticket, TicketTag
from tickets.models.ticket import Status, TicketQuerySet
from tickets.tags import normal

HOURS = (2, 8, 24)
MOST_CHOICES = 300
NOBODY = "nobody"
LONGEST_VALUE = 60

Narrowing = Callable[[TicketQuerySet, User, datetime], TicketQuerySet]
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Order:
    """How a part is ordered: an instant and the key of the row, which an index has."""

    field: str
    newest_first: bool = False

    def of(self, tickets: TicketQuerySet) -> TicketQuerySet:
        sign = "-" if self.newest_first else ""
        return tickets.order_by(f"{sign}{self.field}", f"{sign}pk")

    def after(self, tickets: TicketQuerySet, instant: datetime, pk: int) -> TicketQuerySet:
        """Those behind a row. The first condition is implied by the second; the index can start from it."""
        than = "lt" if self.newest_first else "gt"
        tickets = tickets.filter(**{f"{self.field}__{than}e": instant})
        return tickets.filter(
            Q(**{f"{self.field}__{than}": instant}) | Q(**{self.field: instant, f"pk__{than}": pk})
        )


URGENT = Order("queue_at")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the queue: its word in the address, its link, and what stands there when it is empty."""

    key: str
    label: str
    narrow: Narrowing
    empty: str
    order: Order = URGENT
    base: Callable[[], TicketQuerySet] = Ticket.objects.unfinished

    def tickets(self, user: User, at: datetime) -> TicketQuerySet:
        return self.narrow(self.base(), user, at)


def due_within(tickets: TicketQuerySet, at: datetime, hours: int) -> TicketQuerySet:
    """Those with a clock that runs out within ``hours``, and has not yet."""
    return tickets.filter(queue_at__gte=at, queue_at__lt=at + timedelta(hours=hours))


PARTS = {
    found.key: found
    for found in (
        Part(
            "all",
            "All",
            lambda tickets, user, at: tickets,
            "No ticket is open. A new one stands here as soon as a customer files it.",
        ),
        Part(
            "mine",
            "Mine",
            lambda tickets, user, at: tickets.filter(assignee=user),
            "No open ticket is yours. Start work on one, or assign one to yourself, and it stands here.",
        ),
        Part(
            "unassigned",
            "Unassigned",
            lambda tickets, user, at: tickets.nobodys(),
            "Every open ticket has somebody who works on it.",
        ),
        Part(
            "due",
            "Due soon",
            lambda tickets, user, at: tickets.filter(queue_at__gte=at),
            "Nothing is due in these hours.",
        ),
        Part(
            "waiting",
            "Waiting",
            lambda tickets, user, at: tickets.filter(status=Status.WAITING),
            "No ticket waits for a customer. One that you ask the customer about stands here until they answer.",
        ),
        Part(
            "overdue",
            "Overdue",
            lambda tickets, user, at: tickets.filter(queue_at__lt=at),
            "Nothing is overdue. A ticket stands here from the instant that one of its clocks runs out.",
        ),
        Part(
            "kept",
            "Kept",
            lambda tickets, user, at: tickets.filter(runs_clocks=False).exclude(kept_because=[]),
            "No request is kept. One whose contact is not entitled stands here until that is put right.",
        ),
        Part(
            "presales",
            "Pre-sales",
            lambda tickets, user, at: tickets.inquiries(),
            "No inquiry is open. What a stranger asks by the public form stands here once it is confirmed.",
            Order("filed_at"),
        ),
        Part(
            "resolved",
            "Resolved",
            lambda tickets, user, at: tickets,
            "Nothing is resolved. A ticket stands here from then until it is accepted, closed or reopened.",
            Order("last_event_at", newest_first=True),
            Ticket.objects.resolved,
        ),
        Part(
            "closable",
            "To close",
            lambda tickets, user, at: tickets,
            "No ticket is offered for closing. One stands here whose customer does not answer, however often reminded.",
            Order("closing_offered_at"),
            Ticket.objects.offered_for_closing,
        ),
        Part(
            "disputed",
            "Disputed",
            lambda tickets, user, at: tickets,
            "No exclusion is disputed. A ticket stands here until you reinstate its promises or uphold the clause.",
            Order("disputed_at"),
            Ticket.objects.disputed,
        ),
        Part(
            "any",
            "Whatever state",
            lambda tickets, user, at: tickets,
            "No ticket was ever filed.",
            Order("filed_at", newest_first=True),
            Ticket.objects.all,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Narrower:
    """One thing that tickets are narrowed by: its name in the address, its label, its column, what may be chosen.

    ``codes`` are the values and their words; of rows, ``rows`` gives them instead, and the value is a row's key.
    """

    name: str
    label: str
    column: str
    codes: Callable[[], Choices] = list
    rows: Callable[[], QuerySet[Any]] | None = None
    may_lack: bool = False
    fold: Callable[[str], str] = str

    def condition(self, value: str) -> Q | None:
        """What ``value`` asks for; ``None`` for what can be no value."""
        if self.rows is None:
            value = self.fold(value)
            is_code = 0 < len(value) <= LONGEST_VALUE and "\0" not in value
            return Q(**{self.column: value}) if is_code else None
        if self.may_lack and value == NOBODY:
            return Q(**{self.column: None})
        key = key_in(value)
        return Q(**{self.column: key}) if key is not None else None

    def choices(self) -> Choices:
        """What may be chosen; of rows, as many as a list can hold."""
        if self.rows is None:
            return self.codes()
        found = [(str(row.pk), str(row)) for row in self.rows()[:MOST_CHOICES]]
        return [(NOBODY, "Nobody"), *found] if self.may_lack else found

    def said(self, value: str) -> str:
        """A chosen value in words; one query at most."""
        if self.rows is None or value == NOBODY:
            return dict(self.codes()).get(self.fold(value), value.capitalize())
        return str(self.rows().filter(pk=value).first() or "Unknown")


def _customers() -> QuerySet[Any]:
    return Customer.objects.order_by("name", "pk")


def _products() -> QuerySet[Any]:
    return Product.objects.order_by("name", "pk")


def _staff() -> QuerySet[Any]:
    return User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")


def _teams() -> QuerySet[Any]:
    return Team.objects.order_by("name", "pk")


def _policies() -> Choices:
    return list({version.slug: version.title for version in _versions()}.items())


def _tiers() -> Choices:
    return _coded((tier.code, tier.name) for version in _versions() for tier in policy_of(version).tiers)


def _severities() -> Choices:
    return _coded(
        (severity.code, severity.name)
        for version in _versions()
        for severity in policy_of(version).severities
    )


def _tags() -> Choices:
    """The tags in use."""
    names = TicketTag.objects.order_by("name").values_list("name", flat=True).distinct()
    return [(name, name) for name in names[:MOST_CHOICES]]


def _coded(pairs: Iterable[tuple[str, str]]) -> Choices:
    """Codes that policies share stand once, with each name that they have."""
    names: dict[str, dict[str, None]] = {}
    for code, name in pairs:
        names.setdefault(code, {})[name] = None
    return [(code, " / ".join(named)) for code, named in names.items()]


def _versions() -> Iterable[PolicyVersion]:
    return PolicyVersion.objects.order_by("slug", "effective_from")


NARROWERS = {
    found.name: found
    for found in (
        Narrower("customer", "Customer", "customer", rows=_customers),
        Narrower("product", "Product", "product", rows=_products),
        Narrower("tier", "Tier", "tier", _tiers),
        Narrower("policy", "Policy", "policy_version__slug", _policies),
        Narrower("severity", "Severity", "severity", _severities),
        Narrower("assignee", "Assignee", "assignee", rows=_staff, may_lack=True),
        Narrower("team", "Team", "team", rows=_teams, may_lack=True),
        Narrower("tag", "Tag", "tags__name", _tags, fold=normal),
    )
}
