"""Where in time a made scenario lies: near a change of the clocks, more often than not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

YEARS = range(2011, 2067)
# Years in which a zone is at its most instructive.
SPECIAL_YEARS = {
    "Pacific/Apia": (2011,),  # 30 December 2011 was left out
    "America/Sao_Paulo": (2017, 2018),  # midnight itself was skipped
    "Africa/Casablanca": (2024, 2030, 2031),  # an hour back for Ramadan; twice in 2030
}
DAY = timedelta(days=1)


def make_start(rng: random.Random, time_zone: str) -> int:
    """When the ticket is submitted, in minutes since 1970."""
    year = rng.choice(YEARS)
    if time_zone in SPECIAL_YEARS and rng.random() < 0.6:
        year = rng.choice(SPECIAL_YEARS[time_zone])
    changes = clock_changes(ZoneInfo(time_zone), year)
    if changes and rng.random() < 0.7:
        change = rng.choice(changes)
        before = timedelta(minutes=rng.choice((rng.randint(-300, 600), rng.randint(0, 12 * 1440))))
        instant = change - before
    else:
        instant = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(365 * 1440))
    return int(instant.timestamp()) // 60


def clock_changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The hours of the year in which the zone's offset changes."""
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(366 * 24))
    changes, offset = [], None
    for hour in hours:
        now = hour.astimezone(zone).utcoffset()
        if offset is not None and now != offset:
            changes.append(hour)
        offset = now
    return changes


def make_closures(rng: random.Random, time_zone: str, start: int) -> list[dict[str, str]]:
    """Up to three closures around the ticket, at quarters of an hour of local time."""
    return [make_closure(rng, time_zone, start) for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3)))]


def make_closure(rng: random.Random, time_zone: str, start: int) -> dict[str, str]:
    """One closure: an hour or two, part of a day, or some days."""
    local = datetime.fromtimestamp(start * 60, ZoneInfo(time_zone)).replace(tzinfo=None, fold=0)
    midnight = local.replace(hour=0, minute=0)
    begins = midnight + timedelta(minutes=15 * rng.randint(-96, 12 * 96))
    ends = begins + timedelta(
        minutes=15 * rng.choice((rng.randint(1, 8), rng.randint(9, 96), rng.randint(97, 400)))
    )
    return {"from": f"{begins:%Y-%m-%dT%H:%M}", "to": f"{ends:%Y-%m-%dT%H:%M}", "reason": "made"}
