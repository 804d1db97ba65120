"""Staff's overview: what is overdue and due next, what waits for a decision, what does not run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from contracts.desk_pages import actor_of, zone_of
from contracts.models import BouncedAddress, LicenceClaim, MaintenanceWindow, Outage, TeamRequest, User
from knowledgebase.admin.forum import SEE_REPORTS
from knowledgebase.admin.pages import SEE_ARTICLES
from knowledgebase.models import Article, Report
from tickets.admin.pages import CHANGE_TICKET
from tickets.admin.places import SEE_MAIL
from tickets.admin.queue import Row, listed_for
from tickets.admin.queue_address import read
from tickets.held_mail import to_settle
from tickets.models import Consultation, EnhancementRequest

# A number is counted so far; one that is greater says no more to who begins the day.
MOST_COUNTED = 999
URGENT_ROWS, OWN_ROWS, STOPPED_ROWS = 8, 5, 5
Rows = Callable[[User, datetime], QuerySet[Model]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the list behind it; ``tone`` is the state of a clock whose colour it takes, "" for none."""

    label: str
    count: int
    address: str
    tone: str = ""

    @property
    def told(self) -> str:
        """The number, as far as it was counted."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for staff: what it is called, who may answer it, where, and which rows are open."""

    label: str
    permission: str
    view: str
    rows: Rows
    query: str = ""


def _part(key: str) -> Rows:
    """The tickets of a part of the queue."""
    return lambda user, at: read(QueryDict(f"show={key}")).tickets(user, at)


# The label, the part of the queue, and the tone where there is one.
FIGURES = (
    ("Overdue", "show=overdue", "overdue"),
    ("Due in 24 hours", "show=due&hours=24", "due-soon"),
    ("Nobody’s", "show=unassigned", ""),
    ("Yours", "show=mine", ""),
)
QUESTIONS = (
    Question("Held mails", SEE_MAIL, "admin:inbox", lambda user, at: to_settle()),
    Question("Disputed exclusions", CHANGE_TICKET, "admin:queue", _part("disputed"), "?show=disputed"),
    Question("Requests not entitled yet", CHANGE_TICKET, "admin:queue", _part("kept"), "?show=kept"),
    Question("Pre-sales inquiries", CHANGE_TICKET, "admin:queue", _part("presales"), "?show=presales"),
    Question("Tickets to close", CHANGE_TICKET, "admin:queue", _part("closable"), "?show=closable"),
    Question(
        "Consultations to answer",
        CHANGE_TICKET,
        "admin:consultations",
        lambda user, at: Consultation.objects.to_answer().filter(times_by_staff=False),
    ),
    Question(
        "Customers’ requests",
        "contracts.change_contact",
        "admin:requests",
        lambda user, at: TeamRequest.objects.filter(decided_at=None),
    ),
    Question(
        "Claims of licences",
        "contracts.change_contact",
        "admin:requests",
        lambda user, at: LicenceClaim.objects.open(),
    ),
    Question(
        "Enhancement requests to publish",
        CHANGE_TICKET,
        "admin:enhancements",
        lambda user, at: EnhancementRequest.objects.filter(published_at=None),
    ),
    Question(
        "Reports of posts",
        SEE_REPORTS,
        "admin:reports",
        lambda user, at: Report.objects.filter(handled_at=None),
    ),
    Question(
        "Your articles to look through",
        SEE_ARTICLES,
        "admin:articles",
        lambda user, at: Article.objects.overdue(at.date()).filter(owner=user),
        "?show=due",
    ),
    Question(
        "Addresses that mail does not reach",
        "contracts.view_bouncedaddress",
        "admin:contracts_bouncedaddress_changelist",
        lambda user, at: BouncedAddress.objects.standing(),
    ),
)


def overview(request: HttpRequest) -> dict[str, object]:
    """What the overview shows to ``request``'s reader; the same number of queries however much there is."""
    actor, at = actor_of(request), timezone.now()
    works = actor.has_perm(CHANGE_TICKET)
    return {
        "figures": list(_figures(actor, at)) if works else [],
        "urgent": _rows(request, "show=all", at)[:URGENT_ROWS] if works else [],
        "own": _rows(request, "show=mine", at)[:OWN_ROWS] if works else [],
        "questions": [figure for figure in _questions(actor, at) if figure.count],
        "stopped": _stopped(actor, at),
        "works": works,
        "zone": zone_of(request),
        "at": at,
    }


def _figures(actor: User, at: datetime) -> Iterator[Figure]:
    for label, query, tone in FIGURES:
        count = _counted(read(QueryDict(query)).tickets(actor, at))
        yield Figure(label, count, f"{reverse('admin:queue')}?{query}", tone if count else "")


def _questions(actor: User, at: datetime) -> Iterator[Figure]:
    for asked in QUESTIONS:
        if actor.has_perm(asked.permission):
            yield Figure(asked.label, _counted(asked.rows(actor, at)), reverse(asked.view) + asked.query)


def _rows(request: HttpRequest, query: str, at: datetime) -> list[Row]:
    return listed_for(read(QueryDict(query)), actor_of(request), zone_of(request), at).rows


def _stopped(actor: User, at: datetime) -> list[tuple[str, str, str]]:
    """What does not work now: what it is, its title, its page on the desk."""
    found: list[tuple[str, str, str]] = []
    if actor.has_perm("contracts.view_outage"):
        outages = Outage.objects.standing().running()[:STOPPED_ROWS]
        found += [("Outage", each.title, reverse("admin:outage", args=[each.pk])) for each in outages]
    if actor.has_perm("contracts.view_maintenancewindow"):
        windows = MaintenanceWindow.objects.standing().going_on(at)[:STOPPED_ROWS]
        found += [("Maintenance", each.title, reverse("admin:window", args=[each.pk])) for each in windows]
    return found


def _counted(rows: QuerySet[Model]) -> int:
    return rows.order_by()[: MOST_COUNTED + 1].count()
