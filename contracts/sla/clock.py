"""A clock: one promise running on one ticket, as it stands at one instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.sla.counting import Stretch
from contracts.sla.events import ClockName
from contracts.sla.promises import Length, Promise


class State(StrEnum):
    """What a clock is doing. Kept or missed is told apart by ``Clock.missed``."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    VOID = "void"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise running on one ticket, as it stands at one instant.

    ``promise``, ``severity`` (the one whose promise speaks) and ``counted_from`` are ``None`` when
    the ticket's severity promises nothing here. ``due_at`` is ``None`` while paused, unscheduled
    or void. ``remaining`` is in the promise's own kind of time, negative when overdue, ``None``
    unless running or paused. ``misses`` are the due instants that it ran past, in order: one at
    most, except that of the update clock each missed period is one; ``missed_at`` is the first, and
    ``missed_count`` their number, ``None`` for the other clocks. ``breaks`` are the
    pauses and resolved stretches since ``counted_from``, ``resolved`` those in which the ticket was
    resolved, ``counted`` the stretches of time counted.
    """

    name: ClockName
    state: State
    started_at: datetime
    promise: Promise | None = None
    length: Length | None = None
    severity: str | None = None
    counted_from: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_since: datetime | None = None
    misses: tuple[datetime, ...] = ()
    remaining: timedelta | None = None
    counted: tuple[Stretch, ...] = ()
    breaks: tuple[Stretch, ...] = ()
    resolved: tuple[Stretch, ...] = ()

    @property
    def missed(self) -> bool:
        return bool(self.misses)

    @property
    def missed_at(self) -> datetime | None:
        return self.misses[0] if self.misses else None

    @property
    def missed_count(self) -> int | None:
        return len(self.misses) if self.name is ClockName.UPDATE else None

    @property
    def kept(self) -> bool:
        return self.state is State.STOPPED and not self.missed
