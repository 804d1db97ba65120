"""Tickets told in hours since a Monday at 09:00: ``told((0, "submitted", "A"), (2, "acknowledged"), at=5)``.

The desk is open from 09:00 to 17:00 UTC on working days. Severity A is promised an answer within 2 hours, updates
every 4, a workaround within 8 and a resolution within 1 week; B double of each; C, the least, has promises without
a length, and nothing for updates and workarounds.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.sla.clock import Clock
from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.hours import DailySpan, OpeningHours
from contracts.sla.promises import Promise, read_length, read_promise, read_update_promise
from contracts.sla.terms import SeverityTerms, Terms

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOURS = OpeningHours(ZoneInfo("UTC"), (*[(DailySpan(540, 1020),)] * 5, (), ()), lambda _year: {})

Row = tuple[str | None, str | None, str | None, str | None]
SEVERITIES: dict[str, Row] = {
    "A": ("within 2 hours", "every 4 hours", "within 8 hours", "within 1 week"),
    "B": ("within 4 hours", "every 8 hours", "within 16 hours", "within 2 weeks"),
    "C": ("best effort", None, None, "as mutually agreed"),
}
ALL = ("response", "update", "workaround", "resolution")
Happening = tuple[float, str] | tuple[float, str, object]
Told = dict[str, Clock]


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def due_now(terms: Terms, severity: str, at: datetime) -> dict[ClockName, datetime]:
    """When each clock of a ticket submitted at ``at`` would be due; those without a date left out."""
    found = clocks(terms, [Event(at, EventKind.SUBMITTED, severity=severity)], at)
    return {clock.name: clock.due_at for clock in found if clock.due_at}


def terms(
    severities: Mapping[str, Row] = SEVERITIES,
    *,
    pauses: tuple[str, ...] = ALL,
    stops_at: str = "acknowledged",
) -> Terms:
    """The terms of ``SEVERITIES``, or of those given, the most severe first."""
    return Terms(
        severities=tuple(SeverityTerms(code, _promises(row)) for code, row in severities.items()),
        hours=HOURS,
        business_day=timedelta(hours=8),
        immediately=read_length("15 business minutes"),
        response_stops_at=EventKind(stops_at),
        paused_while_waiting=frozenset(ClockName(name) for name in pauses),
    )


def told(*happenings: Happening, at: float, under: Terms | None = None) -> Told:
    """The clocks at an hour, by name."""
    events = [_event(*happening) for happening in happenings]
    return {clock.name.value: clock for clock in clocks(under or terms(), events, hour(at))}


def _promises(row: Row) -> dict[ClockName, Promise]:
    read = {ClockName.UPDATE: read_update_promise}
    pairs = zip(ClockName, row, strict=True)
    return {name: read.get(name, read_promise)(text) for name, text in pairs if text is not None}


def _event(number: float, kind: str, extra: object = None) -> Event:
    """``extra`` is a severity; the hour of a planned release; or the clock and the hour of an agreed date."""
    match EventKind(kind), extra:
        case EventKind.AGREED, (str(name), int(due)):
            return Event(hour(number), EventKind.AGREED, promise=ClockName(name), due=hour(due))
        case EventKind.RELEASE_PLANNED, int(due):
            return Event(hour(number), EventKind.RELEASE_PLANNED, due=hour(due))
        case EventKind() as known, str(severity):
            return Event(hour(number), known, severity=severity)
    return Event(hour(number), EventKind(kind))
