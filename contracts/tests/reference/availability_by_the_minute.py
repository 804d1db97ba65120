"""A slow reference of monthly availability: it asks of every minute what the policy says of it.

Written from the readings in docs/availability.md and clause 6 of Atheer's policy, to be compared with
`contracts.sla.availability`, which computes the same from intervals. Time is whole minutes since 1970-01-01T00:00Z;
a dict holds what a test has drawn, with the names of the fields of `Outage` and `Work`.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Minute = int
Fact = dict[str, Any]
MAINTENANCE = "scheduled-maintenance"


@cache
def first_minute(day: date, zone: str) -> Minute:
    """The first minute whose local date is `day` or later, found by looking at the wall clock minute by minute."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    minute = int((noon - timedelta(hours=40)).timestamp()) // 60
    while datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).date() < day:
        minute += 1
    return minute


def month_minutes(year: int, month: int, zone: str, first_day: date, last_day: date | None) -> range:
    """The minutes of a month that lie inside the term, whose last day is included."""
    following = date(year + month // 12, month % 12 + 1, 1)
    start = max(first_minute(date(year, month, 1), zone), first_minute(first_day, zone))
    end = first_minute(following, zone)
    if last_day:
        end = min(end, first_minute(last_day + timedelta(days=1), zone))
    return range(start, max(start, end))


def is_out(outage: Fact, minute: Minute) -> bool:
    """An outage without an end is still running."""
    return outage["start"] <= minute and (outage["end"] is None or minute < outage["end"])


def is_interrupted(work: Fact, minute: Minute) -> bool:
    """Whether the work really has its components down in this minute, as far as anybody has said."""
    if not work["interrupts"]:
        return False
    if work["cancelled_at"] is not None and work["began"] is None:
        return False
    if minute < (work["starts"] if work["began"] is None else work["began"]):
        return False
    if work["finished"] is not None:
        return bool(minute < work["finished"])
    if work["cancelled_at"] is not None:
        return bool(minute < work["cancelled_at"])
    return work["began"] is not None or bool(minute < work["ends"])


def is_scheduled(work: Fact, minute: Minute) -> bool:
    """Whether this minute of interruption is Scheduled Maintenance, were there no limit."""
    announced = work["starts"] <= minute < work["ends"]
    cancelled = work["cancelled_at"] is not None and minute >= work["cancelled_at"]
    return bool(work["excusable"] and announced and not cancelled and is_interrupted(work, minute))


def figures(service: Fact, rules: Fact, month: range, looked_at: range, at: Minute) -> dict[str, Any]:
    """The minutes of one month. Nothing may happen in it outside of the minutes `looked_at`.

    `down` counts them for the service and, by its name, for each component that carries the target.
    """
    minutes = range(max(month.start, looked_at.start), min(month.stop, looked_at.stop))
    left = rules["limit"]
    used = over_limit = 0
    down: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for minute in minutes:
        scheduled = [work for work in service["works"] if is_scheduled(work, minute)]
        carried = any(set(work["components"]) & set(service["components"]) for work in scheduled)
        within_limit = left is None or used < left
        used += carried
        if minute >= at:
            continue
        verdicts = [_verdict(name, minute, service, rules, within_limit) for name in service["components"]]
        for name, verdict in zip(service["components"], verdicts, strict=True):
            down[name] += verdict in ("down", "over")
        if "over" in verdicts:
            over_limit += 1
        if "over" in verdicts or "down" in verdicts:
            down["service"] += 1
        elif causes := [verdict for verdict in verdicts if verdict != "up"]:
            excluded[min(causes, key=rules["excluded"].index)] += 1
    return {
        "total": len(month),
        "down": dict(down),
        "excluded": {cause: number for cause, number in excluded.items() if number},
        "over_limit": over_limit,
        "left": None if left is None else max(0, left - used),
        "provisional": at < month.stop,
    }


def _verdict(name: str, minute: Minute, service: Fact, rules: Fact, within_limit: bool) -> str:
    """What a component is in this minute: "up", "down", "over" the limit, or the cause that excuses it."""
    causes = {o["cause"] for o in service["outages"] if o["component"] == name and is_out(o, minute)}
    excuses = (causes - {MAINTENANCE}) & set(rules["excluded"])
    works = [w for w in service["works"] if name in w["components"] and is_interrupted(w, minute)]
    scheduled = MAINTENANCE in rules["excluded"] and any(is_scheduled(work, minute) for work in works)
    if scheduled and within_limit:
        excuses.add(MAINTENANCE)
    if excuses:
        return str(min(excuses, key=rules["excluded"].index))
    if scheduled:
        return "over"
    return "down" if causes or works else "up"
