"""What one tier of a policy promises: the input of the clocks beside the events."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.sla.counting import Counting
from contracts.sla.events import BadEvents, ClockName, EventKind
from contracts.sla.hours import OpeningHours
from contracts.sla.promises import Every, Length, Promise, Within, Wordless


@dataclass(frozen=True, slots=True)
class SeverityTerms:
    """What one severity promises; a clock without an entry is not promised."""

    code: str
    promises: dict[ClockName, Promise]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one tier of a policy promises, most severe first."""

    severities: tuple[SeverityTerms, ...]
    hours: OpeningHours
    business_day: timedelta
    immediately: Length
    response_stops_at: EventKind
    paused_while_waiting: frozenset[ClockName]

    @property
    def counting(self) -> Counting:
        return Counting(self.hours, self.business_day)

    def length(self, promise: Promise | None) -> Length | None:
        """The length that ``promise`` allows; ``None`` for those that have none."""
        match promise:
            case Within(length) | Every(length):
                return length
            case Wordless.IMMEDIATELY:
                return self.immediately
        return None

    def rank(self, code: str | None) -> int:
        """The place of a severity, 0 the most severe. Raises ``BadEvents`` for an unknown one."""
        for place, severity in enumerate(self.severities):
            if severity.code == code:
                return place
        known = ", ".join(severity.code for severity in self.severities)
        raise BadEvents(f"unknown severity {code!r}; the policy knows {known}")
