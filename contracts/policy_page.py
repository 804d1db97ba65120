"""A policy as its public page shows it: from the data alone, every text ready. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf.locale import LANG_INFO

from contracts import policy_rules
from contracts.opening import Opening, opening
from contracts.phrasing import WEEKDAYS, short_date, stretch, zone_name
from contracts.policy import Policy, RequestType, Severity, Tier
from contracts.policy_rules import Rule
from contracts.sla.events import ClockName
from contracts.sla.hours import DailySpan, OpeningHours, Week
from contracts.words import CHANNELS_IN_WORDS, day_in_words, list_in_words

COMING = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DayRow:
    """Days of the week that have the same hours; ``hours`` is "closed" where there are none."""

    days: str
    hours: str


@dataclass(frozen=True, slots=True)
class Day:
    """A holiday."""

    text: str
    iso: str
    name: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The holidays of one year."""

    year: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Shut:
    """A closure that lasts or comes."""

    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What one severity promises in a tier: one cell for each column of the table, "" for no promise."""

    severity: Severity
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TierTable:
    """A tier with its channels and its promises; ``columns`` are the clocks that it promises."""

    tier: Tier
    channels: str
    columns: tuple[str, ...]
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """All that the page of one version shows."""

    policy: Policy
    opening: Opening
    zone: str
    languages: str
    week: tuple[DayRow, ...]
    years: tuple[Year, ...]
    closures: tuple[Shut, ...]
    tiers: tuple[TierTable, ...]
    request_types: tuple[tuple[RequestType, str], ...]
    clock_rules: tuple[str, ...]
    contact_rules: tuple[str, ...]
    escalations: tuple[Rule, ...]
    maintenance: tuple[str, ...]
    standing_windows: tuple[tuple[DayRow, ...], ...]
    acceptance: tuple[str, ...]


def policy_page(
    policy: Policy, hours: OpeningHours, *, at: datetime, reader_zone: ZoneInfo | None = None
) -> PolicyPage:
    """The page of ``policy`` at ``at``; ``hours`` are its calendar as published, closures included."""
    today = at.astimezone(hours.zone).date()
    return PolicyPage(
        policy=policy,
        opening=opening(hours, at, reader_zone=reader_zone),
        zone=f"{hours.zone.key} ({zone_name(hours.zone, at)} today)",
        languages=list_in_words(language(code) for code in policy.languages),
        week=week_rows(policy.hours.week),
        years=tuple(_year(hours, year, today) for year in (today.year, today.year + 1)),
        closures=tuple(_closures(hours, at)),
        tiers=tuple(_table(policy, tier) for tier in policy.tiers),
        request_types=tuple((kind, _conditions(kind)) for kind in policy.request_types),
        clock_rules=tuple(policy_rules.clocks(policy)),
        contact_rules=tuple(policy_rules.contacts(policy)),
        escalations=tuple(policy_rules.escalation(policy, entry) for entry in policy.escalations),
        maintenance=tuple(policy_rules.maintenance(policy)),
        standing_windows=tuple(
            tuple(row for row in week_rows(week) if row.hours != "closed")
            for week in policy.maintenance.standing_windows
        ),
        acceptance=tuple(policy_rules.acceptance(policy)),
    )


def in_force(effective_from: date, later: Iterable[date], today: date) -> str:
    """When a version governs orders, given when the versions of its slug begin."""
    nexts = sorted(day for day in later if day > effective_from)
    begins = day_in_words(effective_from)
    if effective_from > today:
        return f"Governs every order signed on or after {begins}; not in force yet."
    if nexts:
        last = day_in_words(nexts[0] - timedelta(days=1))
        return f"Governs orders signed from {begins} to {last}."
    return f"Governs every order signed on or after {begins}."


def all_channels(policy: Policy) -> str:
    """The ways to the desk, in any tier."""
    known = {channel for tier in policy.tiers for channel in tier.channels}
    return list_in_words(name for channel, name in CHANNELS_IN_WORDS.items() if channel in known)


def language(code: str) -> str:
    """The name of a language in English, or its code where it has none here."""
    return str(LANG_INFO.get(code, {}).get("name") or code)


def week_rows(week: Week) -> tuple[DayRow, ...]:
    """The week, neighbouring days with the same hours in one row."""
    grouped = groupby(enumerate(week), key=lambda day: day[1])
    return tuple(DayRow(_days([place for place, _ in days]), _spans(spans)) for spans, days in grouped)


def _days(places: list[int]) -> str:
    first, last = WEEKDAYS[places[0]], WEEKDAYS[places[-1]]
    if len(places) == 1:
        return first
    return f"{first} {'and' if len(places) == 2 else 'to'} {last}"


def _spans(spans: tuple[DailySpan, ...]) -> str:
    return list_in_words(_span(span) for span in spans) or "closed"


def _span(span: DailySpan) -> str:
    if (span.start, span.end) == (0, 1440):
        return "all day"
    end, night = (span.end - 1440, " the next day") if span.end > 1440 else (span.end, "")
    return f"{_minute(span.start)}–{_minute(end)}{night}"


def _minute(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _year(hours: OpeningHours, year: int, today: date) -> Year:
    days = sorted(hours.holidays(year).items())
    return Year(
        year, tuple(Day(short_date(day, year), day.isoformat(), name, day < today) for day, name in days)
    )


def _closures(hours: OpeningHours, at: datetime) -> Iterator[Shut]:
    for closure in hours.closures:
        if at < closure.end and closure.start < at + COMING:
            zone = zone_name(hours.zone, closure.start)
            yield Shut(f"{stretch(closure.start, closure.end, hours.zone)} {zone}", closure.reason)


def _table(policy: Policy, tier: Tier) -> TierTable:
    promised = [(severity, severity.promised(tier.code)) for severity in policy.severities]
    clocks = [name for name in ClockName if any(name in promises for _, promises in promised)]
    columns = tuple(name.value.capitalize() for name in clocks)
    rows = tuple(
        PromiseRow(
            severity,
            tuple(
                (column, policy_rules.promise(policy, promises.get(name)))
                for column, name in zip(columns, clocks, strict=True)
            ),
        )
        for severity, promises in promised
    )
    channels = list_in_words(CHANNELS_IN_WORDS.get(channel, channel) for channel in tier.channels)
    return TierTable(tier, channels, columns, rows)


def _conditions(kind: RequestType) -> str:
    found = [] if kind.clocks else ["carries no promise of time"]
    found += [] if kind.needs_contract else ["needs no contract"]
    return list_in_words(found)
