"""When a consultation may be, and how it stands on its ticket: rules without a row of their own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from contracts.calendar_rows import opening_hours, policy_of
from contracts.models import PolicyVersion
from contracts.phrasing import moment
from contracts.refusals import Refused
from contracts.sla.hours import NoOpenTime
from tickets.models import TicketEvent
from tickets.models.event import Kind

MOST_TIMES = 3
MINUTES = (15, 30, 45, 60, 90)
FURTHEST = timedelta(days=90)
LONGEST_JOIN = 300
# "tel:+1…" and "javascript:…" are addresses, "Phone: +1…" is a text.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_IS_ADDRESS = URLValidator(schemes=["http", "https"])


def check_times(
    times: Sequence[datetime],
    minutes: int,
    *,
    version: PolicyVersion,
    zone: ZoneInfo,
    at: datetime,
    field: str,
) -> list[datetime]:
    """``times`` in their order, each once. ``field`` is where a refusal is shown, followed by its place there.

    Refused without one, for more than three, for what is past or too far away, and for any time at which the desk of
    ``version`` is not open throughout; the refusal names the next opening, in ``zone`` and the desk's.
    """
    if minutes not in MINUTES:
        raise Refused("Choose how long it takes.", field="minutes")
    if not times:
        raise Refused("Name at least one time that suits you.", field=f"{field}1")
    if len(times) > MOST_TIMES:
        raise Refused(f"Name up to {MOST_TIMES} times.")
    for place, time in enumerate(times, start=1):
        if why := why_not_then(time, minutes, version=version, zone=zone, at=at):
            raise Refused(why, field=f"{field}{place}")
    return sorted(set(times))


def why_not_then(
    starts_at: datetime, minutes: int, *, version: PolicyVersion, zone: ZoneInfo, at: datetime
) -> str:
    """Why a consultation of that length cannot start then; ``""`` where it can."""
    policy = policy_of(version)
    desk = policy.hours.time_zone

    def said(instant: datetime) -> str:
        return moment(instant, zone, now=at, other=desk)

    if starts_at <= at:
        return f"{said(starts_at)} is past: choose a later time."
    if starts_at > at + FURTHEST:
        return f"{said(starts_at)} is more than {FURTHEST.days} days away: choose an earlier time."
    shut = _shut_at(version, starts_at, starts_at + timedelta(minutes=minutes))
    if shut is None:
        return ""
    why = "is outside" if shut == starts_at else f"and {minutes} minutes reach beyond"
    try:
        opens = f" The desk opens next {said(opening_hours(version).next_opening(shut))}."
    except NoOpenTime:
        opens = ""
    return f"{said(starts_at)} {why} the support hours of {policy.title}.{opens}"


def check_join(join: str) -> str:
    """How to join, without white space around it.

    Refused for nothing, for what is too long, and for an address that is not one of the web.
    """
    join = " ".join(join.split())
    if not join:
        raise Refused("Say how to join: an address, or a number to call.", field="join")
    if len(join) > LONGEST_JOIN:
        raise Refused(f"Say it in {LONGEST_JOIN} characters.", field="join")
    if _SCHEME.match(join) and not is_link(join):
        raise Refused("This is no address of the web: use one that begins with https://.", field="join")
    return join


def is_link(join: str) -> bool:
    """Whether it is an address of the web and nothing else, so that a page may link to it."""
    try:
        _IS_ADDRESS(join)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Talk:
    """A consultation as its ticket's record tells it. ``starts_at`` is ``None`` until it is confirmed."""

    key: int
    starts_at: datetime | None = None
    is_cancelled: bool = False


def read_talks(events: Iterable[TicketEvent]) -> list[Talk]:
    """The consultations of a ticket, the oldest first; from its events alone, which are in their order."""
    talks: dict[int, Talk] = {}
    for event in events:
        if event.kind in _TOLD:
            key = event.data["consultation"]
            before = talks.get(key, Talk(key))
            talks[key] = _TOLD[Kind(event.kind)](before, event.data)
    return list(talks.values())


def _settled(before: Talk, data: Mapping[str, str]) -> Talk:
    return Talk(before.key, datetime.fromisoformat(data["starts_at"]))


def _asked(before: Talk, data: Mapping[str, str]) -> Talk:
    return before


def _cancelled(before: Talk, data: Mapping[str, str]) -> Talk:
    return Talk(before.key, before.starts_at, is_cancelled=True)


_TOLD = {
    Kind.CONSULTATION_ASKED: _asked,
    Kind.CONSULTATION_CONFIRMED: _settled,
    Kind.CONSULTATION_MOVED: _settled,
    Kind.CONSULTATION_CANCELLED: _cancelled,
}


def _shut_at(version: PolicyVersion, start: datetime, end: datetime) -> datetime | None:
    """The first instant of ``[start, end)`` at which the desk is not open; ``None`` where it is throughout."""
    found = opening_hours(version).open_intervals(start, end)
    if not found or found[0].start > start:
        return start
    return found[0].end if found[0].end < end else None
