"""How tickets ended, month by month, and what the customers said of it (VK17)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from tickets.models import TicketEvent
from tickets.models.event import Kind, TicketEventQuerySet

MONTHS = 12
MOST_WORDS = 50


@dataclass(frozen=True, slots=True)
class Month:
    """How often it came to what in a month of the reader's zone, which begins on ``first``."""

    first: date
    accepted: int
    by_silence: int
    closed: int
    satisfied: int
    unsatisfied: int

    @property
    def key(self) -> str:
        """As the address has it."""
        return f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def rated(self) -> int:
        return self.satisfied + self.unsatisfied


def months(zone: ZoneInfo, at: datetime) -> list[Month]:
    """The last twelve months in which something ended, the newest first; one query."""
    month = TruncMonth("happened_at", tzinfo=zone)
    rows = (
        TicketEvent.objects.endings()
        .filter(happened_at__gte=_begin(zone, _months_before(at.astimezone(zone).date(), MONTHS - 1)))
        .annotate(month=month)
        .values("month")
        .annotate(
            accepted=Count("pk", filter=Q(kind=Kind.ACCEPTED, actor__isnull=False)),
            by_silence=Count("pk", filter=Q(kind=Kind.ACCEPTED, actor__isnull=True)),
            # What was merged closes with its survivor, which counts once.
            closed=Count("pk", filter=Q(kind=Kind.CLOSED) & ~Q(data__has_key="carried")),
            satisfied=Count("pk", filter=Q(kind=Kind.RATED, data__satisfied=True)),
            unsatisfied=Count("pk", filter=Q(kind=Kind.RATED, data__satisfied=False)),
        )
        .order_by("-month")
    )
    return [
        Month(
            row["month"].date(),
            row["accepted"],
            row["by_silence"],
            row["closed"],
            row["satisfied"],
            row["unsatisfied"],
        )
        for row in rows
    ]


def words_of(month: Month, zone: ZoneInfo) -> TicketEventQuerySet:
    """What customers wrote in a month, those who were not satisfied first, then the newest; one query."""
    said = (
        TicketEvent.objects.endings()
        .filter(
            kind=Kind.RATED,
            happened_at__gte=_begin(zone, month.first),
            happened_at__lt=_begin(zone, _months_before(month.first, -1)),
        )
        .exclude(text="")
        .select_related("ticket__customer", "actor")
    )
    return said.order_by("data__satisfied", "-happened_at", "-pk")[:MOST_WORDS]


def _begin(zone: ZoneInfo, day: date) -> datetime:
    return datetime(day.year, day.month, 1, tzinfo=zone)


def _months_before(day: date, count: int) -> date:
    """The first of the month so many before that of ``day``; after it where ``count`` is negative."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, 1)
