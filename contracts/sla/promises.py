"""The grammar of a promise, read and printed back (policy-format.md §1 "Grammar" and §2)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MOST = 1_000_000  # of any unit: beyond every real promise, and within what a datetime can hold
LONGEST = timedelta(days=36_525)  # a hundred years


class Kind(StrEnum):
    """What a length is counted in."""

    OPEN = "open"  # support hours
    ELAPSED = "elapsed"  # every second
    CALENDAR = "calendar"  # the same local time so many days, weeks or months later


class Unit(StrEnum):
    """The units of a length, in the words of a policy file."""

    BUSINESS_MINUTE = "business minute"
    BUSINESS_HOUR = "business hour"
    BUSINESS_DAY = "business day"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def kind(self) -> Kind:
        if self.value.startswith("business "):
            return Kind.OPEN
        return Kind.ELAPSED if self in (Unit.MINUTE, Unit.HOUR) else Kind.CALENDAR


_ROUGH = {
    Unit.BUSINESS_MINUTE: timedelta(minutes=1),
    Unit.BUSINESS_HOUR: timedelta(hours=1),
    Unit.BUSINESS_DAY: timedelta(hours=8),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
    Unit.MONTH: timedelta(days=31),
}
_LENGTH = re.compile(
    r"([1-9][0-9]{0,6}) (business minute|business hour|business day|minute|hour|day|week|month)s?"
)


class Unreadable(ValueError):  # noqa: N818 -- an adjective of the text
    """A text that is no promise or no length; the message says what may stand there."""


@dataclass(frozen=True, slots=True)
class Length:
    """A whole number, at least 1, of a unit, as written: 60 minutes stay 60 minutes."""

    number: int
    unit: Unit

    @property
    def kind(self) -> Kind:
        return self.unit.kind

    @property
    def rough(self) -> timedelta:
        """About how long it is, to compare promises of one kind for a warning; never for a due date."""
        return self.number * _ROUGH[self.unit]

    @property
    def elapsed(self) -> timedelta:
        """How long it is exactly. Raises ``ValueError`` unless it is in hours or minutes of elapsed time."""
        match self.unit:
            case Unit.HOUR:
                return timedelta(hours=self.number)
            case Unit.MINUTE:
                return timedelta(minutes=self.number)
        raise ValueError(f"how long {self} are depends on when they begin")

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Within:
    """Due so long after the start."""

    length: Length

    def __str__(self) -> str:
        return f"within {self.length}"


@dataclass(frozen=True, slots=True)
class Every:
    """Due so long after the last update."""

    length: Length

    def __str__(self) -> str:
        return f"every {self.length}"


class Wordless(StrEnum):
    """The promises without a length of their own."""

    IMMEDIATELY = "immediately"
    NEXT_MAINTENANCE_RELEASE = "next maintenance release"
    AS_MUTUALLY_AGREED = "as mutually agreed"
    BEST_EFFORT = "best effort"


Promise = Within | Every | Wordless

LENGTH_HINT = (
    'a whole number from 1 and a unit, as in "4 business hours"; units are business minutes, '
    "business hours, business days, minutes, hours, days, weeks, months"
)
PROMISE_HINT = (
    '"within …" and a length, as in "within 4 business hours", "within 48 hours" or "within 1 week"; '
    '"immediately"; "next maintenance release"; "as mutually agreed"; "best effort"'
)
UPDATE_HINT = '"every …" and a length, as in "every 24 hours" or "every 1 month"; "best effort"'


def read_length(text: str) -> Length:
    """``"4 business hours"`` as a length. Raises ``Unreadable`` for anything else."""
    if not (found := _LENGTH.fullmatch(text)):
        raise Unreadable(LENGTH_HINT)
    length = Length(int(found[1]), Unit(found[2]))
    if length.number > MOST or length.rough > LONGEST:
        raise Unreadable(f"{LENGTH_HINT}; at most a hundred years")
    return length


def read_promise(text: str) -> Promise:
    """The promise of a response, workaround or resolution. Raises ``Unreadable``."""
    if text in list(Wordless):
        return Wordless(text)
    if text.startswith("within "):
        return Within(_length_of(text.removeprefix("within "), PROMISE_HINT))
    raise Unreadable(PROMISE_HINT)


def read_update_promise(text: str) -> Promise:
    """The promise of updates: ``every …`` or ``best effort``. Raises ``Unreadable``."""
    if text == Wordless.BEST_EFFORT:
        return Wordless.BEST_EFFORT
    if text.startswith("every "):
        return Every(_length_of(text.removeprefix("every "), UPDATE_HINT))
    raise Unreadable(UPDATE_HINT)


def _length_of(text: str, hint: str) -> Length:
    try:
        return read_length(text)
    except Unreadable as problem:
        raise Unreadable(f"{hint}. A length is {problem}") from None
