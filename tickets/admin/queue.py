"""The queue: the tickets that somebody asks for, page by page; the most urgent of all unfinished ones by default."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from contracts.calendar_rows import policy_of
from contracts.keys import written_place
from contracts.models import User
from tickets.admin.bulk import BULK_VERBS
from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page, zone_of
from tickets.admin.queue_address import Wanted, read
from tickets.admin.queue_parts import NARROWERS, PARTS
from tickets.clock_lines import LINE, ClockLine, line, most_urgent_first
from tickets.finding import MOST_FOUND, keys_found, number_in
from tickets.models import Clock, SavedView, Ticket
from tickets.services.bulk import MOST
from tickets.services.presence import There, others_at_each
from tickets.wording import request_type_name, severity_name

ROWS = 25
SHOWN = (
    "number",
    "subject",
    "status",
    "severity",
    "severity_confirmed",
    "kept_because",
    "queue_at",
    "filed_at",
    "last_event_at",
    "seq",
    "policy_version",
    "contract",
    "request_type",
    "customer__name",
    "product__name",
    "assignee__name",
    "assignee__email",
    "assignee__is_active",
    "assignee__is_staff",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the queue with the texts of its clocks, the nearest first."""

    ticket: Ticket
    severity: str
    clocks: Sequence[ClockLine]
    others: Sequence[There] = ()

    @property
    def inquiry(self) -> str:
        """What a stranger asks for, in the policy's words; ``""`` for the tickets of customers."""
        version = self.ticket.policy_version
        if version is None or not self.ticket.is_inquiry:
            return ""
        return request_type_name(policy_of(version), self.ticket.request_type)

    @property
    def chosen(self) -> str:
        """What its box sends: which ticket, and the last event that its reader had before them."""
        return f"{self.ticket.number}.{self.ticket.seq}"


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to a part of the queue, or to a view of one's own."""

    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the queue as it stands: its rows, and the key of the next page, ``""`` for none."""

    wanted: Wanted
    rows: list[Row]
    next_key: str
    is_cut: bool


@require_safe
@for_staff(CHANGE_TICKET)
def queue(request: HttpRequest) -> HttpResponseBase:
    """One page of the queue; the number of a ticket leads to it at once."""
    at, actor = timezone.now(), actor_of(request)
    views = list(SavedView.objects.filter(owner=actor))
    wanted = _asked(request, views)
    number = number_in(wanted.search)
    if number and Ticket.objects.filter(number=number).exists():
        return redirect("admin:ticket", number)
    listed = listed_for(wanted, actor, zone_of(request), at)
    return page(request, "queue", "Queue", {**context_of(listed, views, request), "at": at})


def context_of(listed: Listed, views: Sequence[SavedView], request: HttpRequest) -> dict[str, object]:
    """What the template shows of a page of the queue."""
    wanted = listed.wanted
    return {
        "rows": listed.rows,
        "wanted": wanted,
        "chosen": wanted.part,
        "tabs": _tabs(wanted, views),
        "chips": wanted.chips(),
        "may_keep": bool(wanted.by or wanted.search or wanted.part.key == "due"),
        "is_first": wanted.after is None,
        "first": wanted.query(),
        "here": wanted.query(after=written_place(*wanted.after) if wanted.after else ""),
        "next": wanted.query(after=listed.next_key) if listed.next_key else "",
        "page_size": ROWS,
        "bulk_verbs": BULK_VERBS.values(),
        "most": MOST,
        "most_found": MOST_FOUND if listed.is_cut else 0,
        "zone": zone_of(request),
    }


def listed_for(wanted: Wanted, actor: User, zone: ZoneInfo, at: datetime) -> Listed:
    """The page that is asked for."""
    found, is_cut = _page_of(wanted, actor, at)
    last = found[ROWS - 1] if len(found) > ROWS else None
    key = written_place(getattr(last, wanted.part.order.field), last.pk) if last else ""
    others = others_at_each((ticket.pk for ticket in found[:ROWS]), actor, at)
    return Listed(wanted, list(_rows(found[:ROWS], others, zone, at)), key, is_cut)


def _asked(request: HttpRequest, views: Sequence[SavedView]) -> Wanted:
    """What the address asks for; one that asks nothing means the view that its reader begins with."""
    start = next((view for view in views if view.is_start), None)
    return read(QueryDict(start.query) if start and not request.GET else request.GET)


def _tabs(wanted: Wanted, views: Sequence[SavedView]) -> list[Tab]:
    """The parts, narrowed as the list is, then one's own views."""
    here = wanted.query()
    own = [Tab(view.name, f"?{view.query}", f"?{view.query}" == here) for view in views]
    is_own = any(tab.is_chosen for tab in own)
    parts = [
        Tab(part.label, wanted.showing(part), part == wanted.part and not is_own)
        for part in PARTS.values()
        if part.key != "any" or wanted.part.key == "any"
    ]
    return [*parts, *own]


def _page_of(wanted: Wanted, actor: User, at: datetime) -> tuple[list[Ticket], bool]:
    """The rows of the page, one more where there is a next page; and whether words found more than is looked at."""
    tickets, order, is_cut = wanted.tickets(actor, at), wanted.part.order, False
    if wanted.search:
        # What narrows the list does so before the bound, so that a common word finds what is there.
        among = replace(wanted, after=None).tickets(actor, at) if wanted.is_narrowed else None
        keys = keys_found(wanted.search, internal=True, among=among)
        tickets, is_cut = tickets.filter(pk__in=keys), len(keys) == MOST_FOUND
    # Chosen by the index alone and joined afterwards: a planner that joins first reads every open ticket.
    chosen = tickets.values("pk")[: ROWS + 1]
    rows = Ticket.objects.filter(pk__in=chosen).select_related("customer", "product", "assignee").only(*SHOWN)
    rows = rows.prefetch_related("policy_version", Prefetch("clocks", Clock.objects.only(*LINE)))
    return list(order.of(rows)), is_cut


def _rows(
    tickets: Iterable[Ticket], others: Mapping[int, Sequence[There]], zone: ZoneInfo, at: datetime
) -> Iterable[Row]:
    for ticket in tickets:
        stored = most_urgent_first(ticket.clocks.all())
        lines = [line(clock, reader_zone=zone, at=at) for clock in stored]
        yield Row(ticket, severity_name(ticket), lines, others.get(ticket.pk, ()))


@require_safe
@for_staff(CHANGE_TICKET)
def queue_rows(request: HttpRequest) -> HttpResponseBase:
    """The rows of the page alone; the script asks for them. 304 while they say the same as those it has."""
    at = timezone.now()
    listed = listed_for(read(request.GET), actor_of(request), zone_of(request), at)
    context = {"rows": listed.rows, "zone": zone_of(request), "at": at}
    answer = render(request, "admin/tickets/_queue_rows.html", context)
    answer["ETag"] = f'"{sha256(answer.content).hexdigest()[:32]}"'
    answer["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


@require_safe
@for_staff(CHANGE_TICKET)
def narrowing(request: HttpRequest) -> HttpResponseBase:
    """The form that narrows the queue, filled in as the address says."""
    wanted = read(request.GET)
    context = {
        "wanted": wanted,
        "parts": PARTS.values(),
        "fields": [(each, each.choices(), wanted.by.get(each.name, "")) for each in NARROWERS.values()],
        "back": wanted.query(),
    }
    return page(request, "queue_narrowing", "Narrow the queue", context)
