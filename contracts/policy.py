"""A support policy: the typed document behind every clock, form, page and refusal.

:mod:`contracts.policy_file` reads one from TOML. The format is a contract: policy-format.md, §1;
``docs/policies.md`` explains it to those who write such files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from contracts.calendars import public_holidays
from contracts.sla.events import ClockName, EventKind
from contracts.sla.hours import Closure, Holidays, OpeningHours, Week
from contracts.sla.promises import Length, Promise
from contracts.sla.terms import SeverityTerms, Terms


@dataclass(frozen=True, slots=True)
class Hours:
    """When the desk is open: ``holidays`` is the code as written, ``business_day`` open time."""

    time_zone: ZoneInfo
    week: Week
    holidays: str
    business_day: timedelta
    business_day_text: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of support, and the channels that it includes."""

    code: str
    name: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """When the form suggests a severity: all that is given must hold. ``None`` is not given."""

    affected_percent_at_least: int | None
    workaround: bool | None

    def holds(self, affected_percent: int, *, workaround: bool) -> bool:
        """Whether this many of the users, with or without a workaround, are what it describes."""
        enough = self.affected_percent_at_least is None or affected_percent >= self.affected_percent_at_least
        return enough and self.workaround in (None, workaround)


@dataclass(frozen=True, slots=True)
class Severity:
    """``promises`` by clock, and by tier what that tier promises instead (``None``: withdrawn)."""

    code: str
    name: str
    definition: str
    promises: dict[ClockName, Promise]
    tiers: dict[str, dict[ClockName, Promise | None]]
    suggest: Suggestion | None

    def promised(self, tier: str) -> dict[ClockName, Promise]:
        """What this severity promises in ``tier``, in the order of the clocks."""
        instead = self.tiers.get(tier, {})
        chosen = {name: instead.get(name, self.promises.get(name)) for name in ClockName}
        return {name: promise for name, promise in chosen.items() if promise is not None}


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered piece of the policy's text: an exclusion, a service not provided, a cause."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the policy defines."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class RequestType:
    """What one may ask for."""

    code: str
    name: str
    clocks: bool
    needs_contract: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """``used_percent`` is 100 for "missed"; no severities or promises named means all of them."""

    used_percent: int
    severities: tuple[str, ...]
    promises: tuple[ClockName, ...]
    to: tuple[str, ...]
    acknowledge_within: Length | None
    then: tuple[str, ...]
    notify: str


@dataclass(frozen=True, slots=True)
class ContactRules:
    """``named_contacts`` is how many a contract includes, ``None`` for no limit."""

    named_contacts: int | None
    only_named_contacts: bool
    training_required: bool
    internal_only: bool


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What is promised about planned work."""

    notice: Length | None
    monthly_limit: Length | None
    standing_windows: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Availability:
    """The share of a month that a service is to be available."""

    target_percent: float
    excluded: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a support policy, as written. Severities are the most severe first."""

    slug: str
    title: str
    vendor: str
    effective_from: date
    languages: tuple[str, ...]
    assumptions: tuple[str, ...]
    wording: str
    hours: Hours
    tiers: tuple[Tier, ...]
    severities: tuple[Severity, ...]
    response_stops_at: EventKind
    immediately: Length
    paused_while_waiting: frozenset[ClockName]
    escalations: tuple[Escalation, ...]
    exclusions: tuple[Clause, ...]
    not_provided: tuple[Clause, ...]
    terms: tuple[Term, ...]
    request_types: tuple[RequestType, ...]
    asks: tuple[str, ...]
    contacts: ContactRules
    requires_current_payment: bool
    maintenance: Maintenance
    availability: Availability | None
    silence_accepts_after: Length | None
    reopen_within: Length | None
    warnings: tuple[str, ...] = ()

    @property
    def open_request_types(self) -> tuple[RequestType, ...]:
        """What anybody may ask for: it needs no contract and carries no clock (VV2)."""
        return tuple(kind for kind in self.request_types if not (kind.needs_contract or kind.clocks))

    def tier(self, code: str) -> Tier:
        """The tier with ``code``. Raises ``LookupError`` naming the tiers there are."""
        return _named(self.tiers, code, "tier")

    def severity(self, code: str) -> Severity:
        """The severity with ``code``. Raises ``LookupError`` naming the severities there are."""
        return _named(self.severities, code, "severity")

    def request_type(self, code: str) -> RequestType:
        """The request type with ``code``. Raises ``LookupError`` naming those there are."""
        return _named(self.request_types, code, "request type")

    def opening_hours(
        self, closures: Iterable[Closure] = (), holidays: Holidays | None = None
    ) -> OpeningHours:
        """The compiled hours; ``holidays`` as published, else as the package has them."""
        return OpeningHours(
            self.hours.time_zone,
            self.hours.week,
            holidays or public_holidays(self.hours.holidays),
            closures,
        )

    def terms_of(self, tier: str, hours: OpeningHours) -> Terms:
        """What the clocks need to know of ``tier``. Raises ``LookupError`` for an unknown tier."""
        self.tier(tier)
        return Terms(
            severities=tuple(SeverityTerms(s.code, s.promised(tier)) for s in self.severities),
            hours=hours,
            business_day=self.hours.business_day,
            immediately=self.immediately,
            response_stops_at=self.response_stops_at,
            paused_while_waiting=self.paused_while_waiting,
        )

    def suggested_severity(self, affected_percent: int, *, workaround: bool) -> Severity | None:
        """The most severe one whose criteria all hold; ``None`` where none does."""
        return next(
            (
                s
                for s in self.severities
                if s.suggest and s.suggest.holds(affected_percent, workaround=workaround)
            ),
            None,
        )


Coded = TypeVar("Coded", Tier, Severity, RequestType)


def _named(things: Iterable[Coded], code: str, kind: str) -> Coded:
    found = {thing.code: thing for thing in things}
    if code not in found:
        raise LookupError(f"unknown {kind} {code!r}; the policy knows {', '.join(found) or 'none'}")
    return found[code]
