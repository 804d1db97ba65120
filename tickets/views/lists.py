"""/tickets/: a customer's tickets, with their nearest clock."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.keys import Place, read_place, written_place
from contracts.models import Contact, PolicyVersion, User
from tickets.clock_lines import LINE, ClockLine, StoredClock, line, nearest
from tickets.finding import has_words, number_in
from tickets.models import Clock, Ticket
from tickets.models.ticket import UNFINISHED, Status, TicketQuerySet
from tickets.views.reader import reader_of, zone_of
from tickets.wording import severity_names, status_in_words

ROWS = 25
FINISHED = [status for status in Status if status not in UNFINISHED]
LONGEST_SEARCH = 100
SHOWN = (
    "pk",
    "number",
    "subject",
    "status",
    "severity",
    "kept_because",
    "runs_clocks",
    "filed_at",
    "policy_version",
    "product__name",
    "deployment__name",
    "contact__user__name",
    "contact__user__email",
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of the list: its word in the address, its link, and what is said when it is empty."""

    key: str
    label: str
    narrow: Callable[[TicketQuerySet], TicketQuerySet]
    empty: str


FILTERS = {
    found.key: found
    for found in (
        Filter(
            "open",
            "Open",
            lambda tickets: tickets.unfinished(),
            "A request stands here from the moment it is filed until it is resolved.",
        ),
        Filter(
            "waiting",
            "Waiting for you",
            lambda tickets: tickets.filter(status=Status.WAITING),
            "When we ask you for something, the ticket stands here until you answer.",
        ),
        Filter(
            "resolved",
            "Resolved",
            lambda tickets: tickets.filter(status__in=FINISHED),
            "A ticket stands here once it is resolved.",
        ),
        Filter("all", "All", lambda tickets: tickets, "All requests stand here, from the first one on."),
    )
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. Names come from tables; anything else is the default."""

    filter: Filter
    mine: bool
    search: str
    after: Place | None

    def address(self, **changed: str) -> str:
        """The query string of this list with something changed; from its first page unless that is given."""
        known = {"show": self.filter.key, "whose": "mine" if self.mine else "", "q": self.search, **changed}
        return "?" + urlencode({name: value for name, value in known.items() if value})


class Found(Protocol):
    """What the query gives of a ticket: ``SHOWN``."""

    pk: int
    number: str
    subject: str
    status: str
    severity: str
    kept_because: list[object]
    runs_clocks: bool
    filed_at: datetime
    policy_version: int | None
    product__name: str
    deployment__name: str | None
    contact__user__name: str
    contact__user__email: str


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the list, in words; ``key`` is its place, for the next page."""

    number: str
    address: str
    subject: str
    status: str
    severity: str
    installation: str
    person: str
    filed_at: datetime
    clock: ClockLine | None
    no_clock: bool
    key: str


@login_required
@require_safe
def tickets(request: HttpRequest) -> HttpResponseBase:
    """One page of the list, the newest first."""
    user, at = reader_of(request), timezone.now()
    wanted = read(request)
    contacts = list(Contact.objects.filter(user=user).select_related("customer"))
    rows = _rows(_page_of(_tickets_of(user, contacts), wanted, contacts), zone_of(user), at)
    context = {
        "contacts": contacts,
        "rows": rows[:ROWS],
        "wanted": wanted,
        "filters": [(each, wanted.address(show=each.key)) for each in FILTERS.values()],
        "everybody": wanted.address(whose=""),
        "mine": wanted.address(whose="mine"),
        "first": wanted.address() if wanted.after else "",
        "next": wanted.address(after=rows[ROWS - 1].key) if len(rows) > ROWS else "",
        "zone": zone_of(user),
        "at": at,
    }
    return render(request, "tickets/list.html", context)


def read(request: HttpRequest) -> Wanted:
    """What the address asks for; a search looks at all tickets unless it says otherwise."""
    search = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    usual = FILTERS["all" if search else "open"]
    return Wanted(
        filter=FILTERS.get(request.GET.get("show", ""), usual),
        mine=request.GET.get("whose") == "mine",
        search=search,
        after=read_place(request.GET.get("after", "")),
    )


def _tickets_of(user: User, contacts: Sequence[Contact]) -> TicketQuerySet:
    """What ``user`` may see of their customers. The ids stand in the query so that an index can order it."""
    visible = Ticket.objects.visible_to(user, contacts=contacts)
    return visible.filter(customer__in=[contact.customer_id for contact in contacts])


def _page_of(visible: TicketQuerySet, wanted: Wanted, contacts: Sequence[Contact]) -> list[Found]:
    """The rows of the page, and one more where there is a next page."""
    found = wanted.filter.narrow(visible)
    if wanted.mine:
        found = found.filter(contact__in=[contact.pk for contact in contacts])
    if wanted.search:
        own = [contact.customer_id for contact in contacts]
        words = has_words(wanted.search, customers=own)
        found = found.filter(Q(number=number_in(wanted.search)) | words)
    if wanted.after:
        filed_at, pk = wanted.after
        found = found.filter(filed_at__lte=filed_at)
        found = found.filter(Q(filed_at__lt=filed_at) | Q(filed_at=filed_at, pk__lt=pk))
    ordered = found.order_by("-filed_at", "-pk")
    return list(ordered.values_list(*SHOWN, named=True)[: ROWS + 1])


def _rows(found: Sequence[Found], zone: ZoneInfo, at: datetime) -> list[Row]:
    """The rows in words. Plain values, since a list has no use for whole objects of six tables."""
    clocks: dict[int, list[StoredClock]] = defaultdict(list)
    for clock in Clock.objects.filter(ticket__in=[row.pk for row in found]).values_list(*LINE, named=True):
        clocks[clock.ticket].append(clock)
    versions = PolicyVersion.objects.in_bulk({row.policy_version for row in found} - {None})
    severities = {pk: severity_names(version) for pk, version in versions.items()}
    # Looked up once: each ticket stands below the list.
    say = _Saying(reverse("tickets"), severities, zone, at)
    return [_row(row, clocks[row.pk], say) for row in found]


@dataclass(frozen=True, slots=True)
class _Saying:
    address: str
    severities: dict[int, dict[str, str]]
    zone: ZoneInfo
    at: datetime


def _row(row: Found, clocks: list[StoredClock], say: _Saying) -> Row:
    stored = nearest(clocks)
    severities = say.severities.get(row.policy_version or 0, {})
    return Row(
        number=row.number,
        address=f"{say.address}{row.number}/",
        subject=row.subject,
        status=status_in_words(row.status, kept=bool(row.kept_because)),
        severity=severities.get(row.severity, row.severity),
        installation=" · ".join(filter(None, [row.product__name, row.deployment__name])),
        person=row.contact__user__name or row.contact__user__email,
        filed_at=row.filed_at,
        clock=line(stored, reader_zone=say.zone, at=say.at) if stored else None,
        no_clock=stored is None and row.status in UNFINISHED and not row.runs_clocks,
        key=written_place(row.filed_at, row.pk),
    )
