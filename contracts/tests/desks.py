"""The desk of a published policy, asked in its own local time: ``desk.due("P2", "2026-11-20 15:00")``."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from contracts.policy import Policy
from contracts.policy_file import read_policy
from contracts.sla.clock import Clock
from contracts.sla.clocks import clocks
from contracts.sla.events import ClockName, Event, EventKind
from contracts.sla.hours import Closure, OpeningHours

POLICIES = Path(__file__).parents[1] / "policies"
Fact = tuple[str, str] | tuple[str, str, object]
Closing = tuple[str, str, str]


@dataclass
class Desk:
    """One policy with the closures of a test, each from, to and why."""

    slug: str
    closings: tuple[Closing, ...] = ()

    @cached_property
    def policy(self) -> Policy:
        return read_policy((POLICIES / f"{self.slug}.toml").read_text(encoding="utf-8"))

    @cached_property
    def hours(self) -> OpeningHours:
        shut = [Closure(self.at(start), self.at(end), why) for start, end, why in self.closings]
        return self.policy.opening_hours(shut)

    def at(self, wall: str) -> datetime:
        """A local time of the desk as an instant."""
        return self.policy.opening_hours().at_local(datetime.fromisoformat(wall))

    def told(self, at: datetime | None) -> str | None:
        """An instant as a local time of the desk."""
        return None if at is None else f"{self.hours.local(at):%Y-%m-%d %H:%M}"

    def clocks(self, severity: str, *facts: Fact, now: str, tier: str = "standard") -> dict[str, Clock]:
        """The clocks of a ticket, by name. ``facts`` begin with its submission: when, what, and what goes with it."""
        events = [self._event(severity, *fact) for fact in facts]
        terms = self.policy.terms_of(tier, self.hours)
        return {clock.name.value: clock for clock in clocks(terms, events, self.at(now))}

    def due(self, severity: str, filed: str, clock: str = "response", tier: str = "standard") -> str | None:
        """When a clock of a ticket filed then is due, in the desk's local time."""
        return self.told(self.clocks(severity, (filed, "submitted"), now=filed, tier=tier)[clock].due_at)

    def promised(self, severity: str, tier: str = "standard") -> dict[str, str]:
        """The promises of a severity, as the policy's table has them."""
        promised = self.policy.severity(severity).promised(tier)
        return {name.value: str(promise) for name, promise in promised.items()}

    def is_open(self, wall: str) -> bool:
        return self.hours.is_open(self.at(wall))

    def opens_next(self, wall: str) -> str | None:
        return self.told(self.hours.next_opening(self.at(wall)))

    def _event(self, severity: str, wall: str, kind: str, extra: object = None) -> Event:
        """``extra`` is a severity; the local time of a planned release; or the clock and the time of an agreed date."""
        known = EventKind(kind)
        match known, extra:
            case EventKind.AGREED, (str(name), str(due)):
                return Event(self.at(wall), known, promise=ClockName(name), due=self.at(due))
            case EventKind.RELEASE_PLANNED, str(due):
                return Event(self.at(wall), known, due=self.at(due))
        return Event(self.at(wall), known, severity=str(extra or severity))
