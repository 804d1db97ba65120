"""The queue: unfinished tickets, the most urgent clock first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from contracts.models import User
from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page, zone_of
from tickets.clock_lines import LINE, ClockLine, line, most_urgent_first
from tickets.models import Clock, Ticket
from tickets.models.ticket import Status, TicketQuerySet
from tickets.wording import severity_name

ROWS = 25
SHOWN = (
    "number",
    "subject",
    "status",
    "severity",
    "severity_confirmed",
    "kept_because",
    "queue_at",
    "policy_version",
    "customer__name",
    "product__name",
    "assignee__name",
    "assignee__email",
)
Narrowing = Callable[[TicketQuerySet, User, datetime], TicketQuerySet]


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of the queue: its word in the address, its link, and what stands there when it is empty."""

    key: str
    label: str
    narrow: Narrowing
    empty: str


FILTERS = {
    found.key: found
    for found in (
        Filter(
            "all",
            "All",
            lambda tickets, user, at: tickets,
            "No ticket is open. A new one stands here as soon as a customer files it.",
        ),
        Filter(
            "mine",
            "Mine",
            lambda tickets, user, at: tickets.filter(assignee=user),
            "No open ticket is yours. Start work on one, or assign one to yourself, and it stands here.",
        ),
        Filter(
            "unassigned",
            "Unassigned",
            lambda tickets, user, at: tickets.filter(assignee=None),
            "Every open ticket has somebody who works on it.",
        ),
        Filter(
            "waiting",
            "Waiting",
            lambda tickets, user, at: tickets.filter(status=Status.WAITING),
            "No ticket waits for a customer. One that you ask the customer about stands here until they answer.",
        ),
        Filter(
            "overdue",
            "Overdue",
            lambda tickets, user, at: tickets.filter(queue_at__lt=at),
            "Nothing is overdue. A ticket stands here from the instant that one of its clocks runs out.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the queue with the texts of its clocks, the nearest first."""

    ticket: Ticket
    severity: str
    clocks: Sequence[ClockLine]


@require_safe
@for_staff(CHANGE_TICKET)
def queue(request: HttpRequest) -> HttpResponseBase:
    """One page of the queue: ``?show=`` a filter, ``?after=`` the key of the row before."""
    at = timezone.now()
    chosen = FILTERS.get(request.GET.get("show", ""), FILTERS["all"])
    key = request.GET.get("after", "")
    tickets = chosen.narrow(Ticket.objects.unfinished(), actor_of(request), at)
    found = _page_of(tickets, key)
    context = {
        "rows": list(_rows(found[:ROWS], zone_of(request), at)),
        "filters": FILTERS.values(),
        "chosen": chosen,
        "is_first": _read_key(key) is None,
        "next": _next(chosen, found),
        "page_size": ROWS,
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "queue", "Queue", context)


def _page_of(tickets: TicketQuerySet, key: str) -> list[Ticket]:
    """The rows after ``key``, and one more where there is a next page."""
    if (start := _read_key(key)) is not None:
        queue_at, pk = start
        # The first condition is implied by the second; it is the one that the index can start from.
        tickets = tickets.filter(queue_at__gte=queue_at)
        tickets = tickets.filter(Q(queue_at__gt=queue_at) | Q(queue_at=queue_at, pk__gt=pk))
    # Chosen by the index alone and joined afterwards: a planner that joins first reads every open ticket.
    chosen = tickets.most_urgent_first().values("pk")[: ROWS + 1]
    rows = Ticket.objects.filter(pk__in=chosen).select_related("customer", "product", "assignee").only(*SHOWN)
    rows = rows.prefetch_related("policy_version", Prefetch("clocks", Clock.objects.only(*LINE)))
    return list(rows.most_urgent_first())


def _rows(tickets: Iterable[Ticket], zone: ZoneInfo, at: datetime) -> Iterable[Row]:
    for ticket in tickets:
        stored = most_urgent_first(ticket.clocks.all())
        lines = [line(clock, reader_zone=zone, at=at) for clock in stored]
        yield Row(ticket, severity_name(ticket), lines)


def _next(chosen: Filter, found: list[Ticket]) -> str:
    """The query string of the next page; ``""`` for none."""
    if len(found) <= ROWS:
        return ""
    last = found[ROWS - 1]
    return "?" + urlencode({"show": chosen.key, "after": f"{last.queue_at.isoformat()}_{last.pk}"})


def _read_key(key: str) -> tuple[datetime, int] | None:
    """The place that ``key`` names; ``None`` for the start, and for what was not made by ``_next``."""
    instant, _, pk = key.rpartition("_")
    try:
        queue_at = parse_datetime(instant)
        if queue_at is None or queue_at.tzinfo is None or not pk.isdecimal() or len(pk) > 18:
            return None
        return queue_at.astimezone(UTC), int(pk)
    except (ValueError, OverflowError):
        return None
