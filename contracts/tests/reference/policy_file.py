"""Reads what the clocks need of a policy file (policy-format.md §1 and §2): hours, promises, pauses.

It trusts the file: refusing a bad one is the business of the real reader, and tested there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["business", "elapsed", "calendar", "agreed", "release", "best effort"]
Span = tuple[int, int]

CLOCKS = ("response", "update", "workaround", "resolution")  # §4: "The order is …"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WITHOUT_LENGTH: dict[str, Kind] = {
    "as mutually agreed": "agreed",
    "next maintenance release": "release",
    "best effort": "best effort",
}
MINUTES_OF = {"minute": 1, "hour": 60}


@dataclass(frozen=True)
class Promise:
    """One cell of the table of promises: its text as written, and what it counts.

    `minutes` is the length of business and elapsed promises, `days` and `months` that of calendar ones.
    """

    text: str
    kind: Kind
    minutes: int = 0
    days: int = 0
    months: int = 0

    @property
    def has_length(self) -> bool:
        """§3: "Promises with no length (agreed, release, best effort)"."""
        return self.kind in ("business", "elapsed", "calendar")


@dataclass(frozen=True)
class Policy:
    """The part of a policy that clocks depend on, for one tier.

    `spans` has seven entries, Monday first; a span that ends before it starts is a night shift.
    `promises[clock]` has one entry a severity, the most severe first; None promises nothing.
    """

    time_zone: str
    spans: tuple[tuple[Span, ...], ...]
    holidays: str
    severities: tuple[str, ...]
    promises: dict[str, tuple[Promise | None, ...]]
    response_stops_at: str
    pauses: frozenset[str]


def read_policy(text: str, tier: str) -> Policy:
    """The policy that this TOML text holds, as a contract of this tier sees it."""
    document = tomllib.loads(text)
    hours, clocks, severities = document["hours"], document["clocks"], document["severities"]
    return Policy(
        time_zone=hours["time_zone"],
        spans=weekly_spans(hours),
        holidays=hours["holidays"],
        severities=tuple(severity["code"] for severity in severities),
        promises={
            clock: tuple(
                read_promise(
                    promise_text(severity, tier, clock), hours["business_day"], clocks["immediately"]
                )
                for severity in severities
            )
            for clock in CLOCKS
        },
        response_stops_at=clocks["response_stops_at"],
        pauses=frozenset(clocks["paused_while_waiting_on_customer"]),
    )


def weekly_spans(hours: dict[str, Any]) -> tuple[tuple[Span, ...], ...]:
    """§1: "mon … sun, or a range; several spans a day"."""
    week: list[list[Span]] = [[] for _ in DAYS]
    for key, spans in hours.items():
        first, _, last = key.partition("-")
        if first in DAYS:
            for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
                week[day].extend(read_span(span) for span in spans)
    return tuple(tuple(spans) for spans in week)


def read_span(text: str) -> Span:
    """Read "09:00-17:00" as minutes of the day; "24:00" is 1440."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in text.split("-"))
    return start, end


def promise_text(severity: dict[str, Any], tier: str, clock: str) -> str | None:
    """§1: "what a tier promises instead"; "In a tier, `no promise` withdraws one"."""
    general = severity.get("promises", {}).get(clock)
    text: str | None = severity.get("tiers", {}).get(tier, {}).get(clock, general)
    return None if text == "no promise" else text


def read_promise(text: str | None, business_day: str, immediately: str) -> Promise | None:
    """The table of §2. "immediately" keeps its own text and takes the length of `clocks.immediately`."""
    if text is None:
        return None
    if text in WITHOUT_LENGTH:
        return Promise(text, WITHOUT_LENGTH[text])
    length = immediately if text == "immediately" else text.removeprefix("within ").removeprefix("every ")
    return read_length(text, length, business_day)


def read_length(text: str, length: str, business_day: str) -> Promise:
    """§2: business lengths are open time, hours and minutes elapsed time, days to months calendar time."""
    number_text, *kind, unit_text = length.split()
    number, unit = int(number_text), unit_text.removesuffix("s")
    if kind == ["business"]:
        return Promise(text, "business", minutes=number * business_minutes(unit, business_day))
    if unit in MINUTES_OF:
        return Promise(text, "elapsed", minutes=number * MINUTES_OF[unit])
    if unit == "month":
        return Promise(text, "calendar", months=number)
    return Promise(text, "calendar", days=number * {"day": 1, "week": 7}[unit])


def business_minutes(unit: str, business_day: str) -> int:
    """§2: "1 business day is `hours.business_day` of open time"."""
    if unit in MINUTES_OF:
        return MINUTES_OF[unit]
    number, day_unit = business_day.split()
    return int(number) * MINUTES_OF[day_unit.removesuffix("s")]
