"""Why then? The sum behind a due date, line by line, adding up to the promise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.sla.clock import Clock
from contracts.sla.counting import Stretch
from contracts.sla.intervals import Interval, intersect, merge, subtract
from contracts.sla.promises import Kind
from contracts.sla.terms import Terms


class Why(StrEnum):
    """Why a stretch counted or did not."""

    COUNTED = "counted"
    SHUT = "shut"  # night, weekend, holiday, closure: the label says which
    WAITING = "waiting"  # on the customer
    RESOLVED = "resolved"  # between a resolution and its reopening


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch of the sum; ``label`` names what shut the desk, else it is ``""``."""

    start: datetime
    end: datetime
    why: Why
    label: str = ""

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Explanation:
    """The stretches from ``counted_from`` to ``until``, without a gap, and what they add up to.

    ``until`` is the due date, or for a paused clock the instant it is looked at. ``amount`` is what
    the promise allows and ``counted`` what the counted lines add up to: the same, unless paused.
    For a calendar length ``calendar_date`` is the date before pauses moved it, and the lines are
    the pauses alone.
    """

    counted_from: datetime
    until: datetime
    amount: timedelta
    counted: timedelta
    lines: tuple[Line, ...]
    kind: Kind
    calendar_date: datetime | None = None


def explain(terms: Terms, clock: Clock, at: datetime) -> Explanation | None:
    """The sum behind ``clock`` as it stands at ``at``; ``None`` where no length was promised."""
    if clock.length is None or clock.counted_from is None:
        return None
    start, length = clock.counted_from, clock.length
    until = clock.due_at or at
    amount = terms.counting.amount(start, length)
    breaks = intersect(clock.breaks, [Interval(start, until)]) if start < until else []
    if length.kind is Kind.CALENDAR:
        lines = sorted(_breaks(breaks, clock.resolved), key=lambda line: line.start)
        counted = terms.counting.passed(length, start, until, breaks)
        return Explanation(start, until, amount, counted, tuple(lines), length.kind, start + amount)
    lines = sorted(
        [*_running(terms, clock, start, until, breaks), *_breaks(breaks, clock.resolved)],
        key=lambda line: line.start,
    )
    counted = sum((line.length for line in lines if line.why is Why.COUNTED), timedelta())
    return Explanation(start, until, amount, counted, tuple(lines), length.kind)


def _running(
    terms: Terms, clock: Clock, start: datetime, until: datetime, breaks: Sequence[Stretch]
) -> Iterator[Line]:
    """The lines outside every break."""
    for a, b in terms.counting.counted(start, until, breaks):
        if clock.length and clock.length.kind is Kind.ELAPSED:
            yield Line(a, b, Why.COUNTED)
            continue
        for span in terms.hours.spans(a, b):
            yield Line(span.start, span.end, Why.COUNTED if span.open else Why.SHUT, span.label)


def _breaks(breaks: Sequence[Stretch], resolved: Sequence[Stretch]) -> Iterator[Line]:
    for a, b in intersect(breaks, merge(resolved)):
        yield Line(a, b, Why.RESOLVED)
    for a, b in subtract(breaks, merge(resolved)):
        yield Line(a, b, Why.WAITING)
