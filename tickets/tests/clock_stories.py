"""Clocks in every state, made by the core from short stories: for the tests of what they look like."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.sla.clock import Clock
from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.explain import explain
from contracts.sla.hours import Closure
from tickets.presentation import ClockCard, card

POLICIES = Path(__file__).parents[2] / "contracts" / "policies"
BERLIN = ZoneInfo("Europe/Berlin")


def policy(name: str) -> Policy:
    """One of the published policies."""
    return read_policy((POLICIES / f"{name}.toml").read_text())


def pausing(name: str) -> Policy:
    """The same, as if it granted a pause while the customer is awaited."""
    return replace(policy(name), paused_while_waiting=frozenset(ClockName))


def at(text: str) -> datetime:
    """The instant of a text such as 2026-11-20 23:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """A ticket under ``policy``: what happened to it when, and when it is looked at."""

    policy: Policy
    severity: str
    filed: str
    events: tuple[tuple[str, EventKind], ...] = ()
    agreed: tuple[str, ClockName, str] | None = None
    changed: tuple[str, str] | None = None
    closures: tuple[Closure, ...] = ()
    tier: str = "standard"

    def facts(self) -> list[Event]:
        found = [Event(at(self.filed), EventKind.SUBMITTED, severity=self.severity)]
        found += [Event(at(when), kind) for when, kind in self.events]
        if self.agreed:
            when, promise, due = self.agreed
            found.append(Event(at(when), EventKind.AGREED, promise=promise, due=at(due)))
        if self.changed:
            found.append(Event(at(self.changed[0]), EventKind.SEVERITY_CHANGED, severity=self.changed[1]))
        return sorted(found, key=lambda event: event.at)

    def clock(self, name: ClockName, now: str) -> Clock:
        hours = self.policy.opening_hours(self.closures)
        found = clocks(self.policy.terms_of(self.tier, hours), self.facts(), at(now))
        return next(clock for clock in found if clock.name is name)

    def card(self, name: ClockName, now: str, zone: ZoneInfo = BERLIN) -> ClockCard:
        hours = self.policy.opening_hours(self.closures)
        clock = self.clock(name, now)
        return card(
            clock,
            explain(self.policy.terms_of(self.tier, hours), clock, at(now)),
            reader_zone=zone,
            desk_zone=self.policy.hours.time_zone,
            at=at(now),
            wording=self.policy.wording,
            awaited="you",
            hours=hours,
        )
