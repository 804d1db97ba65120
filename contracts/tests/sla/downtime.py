"""Outages and planned work as tests write them: local times of one zone, one component unless named."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from contracts.sla.availability import Availability, Rules, Service, availability, limit_left
from contracts.sla.intervals import Interval
from contracts.sla.months import Month, Term
from contracts.sla.unavailability import Outage, Verdict, Work

CAUSES = ("scheduled-maintenance", "internet", "third-party")
LATE = "2030-01-01 00:00"


@dataclass(frozen=True)
class Place:
    """A zone with the rules and the term that a test counts by."""

    zone: str = "Europe/Berlin"
    limit_hours: float | None = 8
    excluded: tuple[str, ...] = CAUSES
    first_day: str = "2020-01-01"
    last_day: str | None = None
    target: str = "98.5"

    @property
    def rules(self) -> Rules:
        limit = None if self.limit_hours is None else timedelta(hours=self.limit_hours)
        return Rules(ZoneInfo(self.zone), Fraction(self.target), self.excluded, limit)

    @property
    def term(self) -> Term:
        last = date.fromisoformat(self.last_day) if self.last_day else None
        return Term(date.fromisoformat(self.first_day), last)

    def at(self, wall: str) -> datetime:
        return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def outage(self, start: str, end: str | None, cause: str | None = None, component: str = "api") -> Outage:
        return Outage(component, self.at(start), self.at(end) if end else None, cause)

    def work(self, starts: str, ends: str, *components: str, **facts: Any) -> Work:
        known: dict[str, Any] = {
            key: self.at(value) if isinstance(value, str) else value for key, value in facts.items()
        }
        return Work(components or ("api",), self.at(starts), self.at(ends), **known)

    def month(
        self, month: str, *happened: Outage | Work, components: tuple[str, ...] = ("api",), at: str = LATE
    ) -> Availability:
        """The figures of a month like "2026-03", which must have some."""
        found = self.maybe(month, *happened, components=components, at=at)
        assert found is not None
        return found

    def maybe(
        self, month: str, *happened: Outage | Work, components: tuple[str, ...] = ("api",), at: str = LATE
    ) -> Availability | None:
        service = service_of(happened, components)
        return availability(
            read_month(month), service=service, rules=self.rules, term=self.term, at=self.at(at)
        )

    def left(self, month: str, *works: Work, components: tuple[str, ...] = ("api",)) -> timedelta | None:
        service = service_of(works, components)
        return limit_left(read_month(month), service=service, rules=self.rules, term=self.term)

    def told(self, month: Availability) -> list[tuple[str, str, Verdict]]:
        """The pieces of a month in local time."""
        zone = ZoneInfo(self.zone)
        return [
            (f"{p.start.astimezone(zone):%d %H:%M}", f"{p.end.astimezone(zone):%d %H:%M}", p.verdict)
            for p in month.pieces
        ]


def service_of(happened: tuple[Outage | Work, ...], components: tuple[str, ...]) -> Service:
    return Service(
        components,
        [fact for fact in happened if isinstance(fact, Outage)],
        [fact for fact in happened if isinstance(fact, Work)],
    )


def read_month(text: str) -> Month:
    year, month = text.split("-")
    return Month(int(year), int(month))


def down_stretches(month: Availability) -> list[Interval[datetime]]:
    return [Interval(p.start, p.end) for p in month.pieces if p.verdict is not Verdict.EXCLUDED]


def minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)
