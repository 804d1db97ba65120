"""How time is said to people, everywhere the same: pages, mails, lists. Pure: no clock, no database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.sla.promises import Kind

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UTC_ZONE = ZoneInfo("UTC")
# From here on elapsed time is told in days: 72 hours say less than 3 days.
DAYS_FROM = timedelta(days=3)


def duration(length: timedelta) -> str:
    """To the second, as in "2 h 10 min 5 s"; a negative one with its sign, less than a second is "0 s"."""
    sign, seconds = _parts(length)
    return sign + (_joined(_hours(seconds), _minutes(seconds), _seconds(seconds)) or "0 s")


def rough_duration(length: timedelta, kind: Kind) -> str:
    """At a glance: "2 h 10 min", "9 min 5 s", "6 days 4 h"; never rounded up. The sign is left out.

    Open time stays in hours, for a day of it would be taken for a day of the calendar.
    """
    _, seconds = _parts(length)
    if kind is not Kind.OPEN and seconds >= DAYS_FROM.total_seconds():
        days, rest = divmod(seconds, 86_400)
        return _joined(f"{days} days", _hours(rest))
    if seconds >= 3600:
        return _joined(_hours(seconds), _minutes(seconds))
    return _joined(_minutes(seconds), _seconds(seconds)) or "0 s"


def short_date(day: date, year: int | None = None) -> str:
    """As in "Tue 24 Nov", with the year unless it is ``year``."""
    told = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return told if day.year == year else f"{told} {day.year}"


def long_date(day: date) -> str:
    """As in "Tuesday, 24 Nov 2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def wall_time(at: datetime) -> str:
    """The time of day of a local ``at``, with seconds only where there are some."""
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """What people call ``zone`` at ``at``: "PST", and "UTC+1" where the zone has no letters of its own."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if not name.startswith(("+", "-")):
        return name
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def moment(at: datetime, zone: ZoneInfo, *, now: datetime, other: ZoneInfo | None = None) -> str:
    """An instant to the minute in ``zone``, and where ``other`` differs, there, too.

    "Tue 24 Nov, 18:00 · 15:00 PST"; "Tue 24 Nov, 15:00 PST" where they agree or there is one alone. The year stands
    only where it is not that of ``now``.
    """
    local = at.astimezone(zone)
    told = f"{short_date(local.date(), now.astimezone(zone).year)}, {local:%H:%M}"
    if other is None or _agree(at, zone, other):
        return f"{told} {zone_name(other or zone, at)}"
    there = at.astimezone(other)
    day = "" if there.date() == local.date() else f"{short_date(there.date(), there.year)}, "
    return f"{told} · {day}{there:%H:%M} {zone_name(other, at)}"


def period(
    start: datetime, end: datetime, zone: ZoneInfo, *, now: datetime, other: ZoneInfo | None = None
) -> str:
    """Two instants as :func:`moment` says them, nothing twice: "Tue 24 Nov, 18:00 – 20:00 · 15:00 – 17:00 PST"."""
    told = _period(start, end, zone, now.astimezone(zone).year)
    if other is None or (_agree(start, zone, other) and _agree(end, zone, other)):
        return f"{told} {zone_name(other or zone, end)}"
    return f"{told} · {_there(start, end, zone, other)} {zone_name(other, end)}"


def _there(start: datetime, end: datetime, zone: ZoneInfo, other: ZoneInfo) -> str:
    """Two instants in ``other`` behind those in ``zone``: the day is left out where it is the same one."""
    first, last, day = start.astimezone(other), end.astimezone(other), start.astimezone(zone).date()
    if first.date() == last.date() == day == end.astimezone(zone).date():
        return f"{first:%H:%M} – {last:%H:%M}"
    return _period(start, end, other, first.year)


def _apart(zones: Iterable[ZoneInfo], *instants: datetime) -> list[ZoneInfo]:
    """``zones`` without those whose clocks show what an earlier one shows at all of ``instants``."""
    kept: list[ZoneInfo] = []
    for zone in zones:
        if not any(all(_agree(at, zone, known) for at in instants) for known in kept):
            kept.append(zone)
    return kept


def _period(start: datetime, end: datetime, zone: ZoneInfo, year: int) -> str:
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = f"{last:%H:%M}"
    if last.date() != first.date():
        until = f"{short_date(last.date(), year)}, {until}"
    return f"{short_date(first.date(), year)}, {first:%H:%M} – {until}"


def public_moment(at: datetime, desk: ZoneInfo, *, now: datetime) -> str:
    """For visitors, whose zone nobody knows: the desk's and UTC, as in "Tue 24 Nov, 15:00 PST · 23:00 UTC"."""
    return moment_at_desks(at, [desk], now=now)


def moment_at_desks(at: datetime, desks: Iterable[ZoneInfo], *, now: datetime) -> str:
    """An instant as each of ``desks`` has it and in UTC, zones that agree once: "Tue 24 Nov, 15:00 PST · 23:00 UTC"."""
    first, *others = _apart([*desks, UTC_ZONE], at)
    told = [moment(at, first, now=now)]
    for zone in others:
        there = at.astimezone(zone)
        is_same_day = there.date() == at.astimezone(first).date()
        day = "" if is_same_day else f"{short_date(there.date(), there.year)}, "
        told.append(f"{day}{there:%H:%M} {zone_name(zone, at)}")
    return " · ".join(told)


def period_at_desks(start: datetime, end: datetime, desks: Iterable[ZoneInfo], *, now: datetime) -> str:
    """Two instants as :func:`moment_at_desks` says them: "Tue 24 Nov, 10:00 – 12:00 PST · 18:00 – 20:00 UTC"."""
    first, *others = _apart([*desks, UTC_ZONE], start, end)
    told = [period(start, end, first, now=now)]
    told += [f"{_there(start, end, first, zone)} {zone_name(zone, end)}" for zone in others]
    return " · ".join(told)


def stretch(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """As in "Fri 20 Nov, 16:00 – 17:00"; whole days without times, and midnight at an end as 24:00."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    from_midnight, to_midnight = wall_time(first) == "00:00", wall_time(last) == "00:00" and last > first
    last_day = (last - timedelta(days=1)).date() if to_midnight else last.date()
    day, other_day = short_date(first.date(), first.year), short_date(last_day, last_day.year)
    if from_midnight and to_midnight:
        return day if first.date() == last_day else f"{day} – {other_day}"
    until = "24:00" if to_midnight else wall_time(last)
    return f"{day}, {wall_time(first)} – {until if first.date() == last_day else f'{other_day}, {until}'}"


def iso(at: datetime) -> str:
    """For machines: "2026-11-24T23:00:00Z"."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def iso_duration(length: timedelta) -> str:
    """For machines: "PT7805S"."""
    return f"PT{_parts(length)[1]}S"


def _agree(at: datetime, one: ZoneInfo, other: ZoneInfo) -> bool:
    return at.astimezone(one).utcoffset() == at.astimezone(other).utcoffset()


def _parts(length: timedelta) -> tuple[str, int]:
    """The sign and the whole seconds, what is less than a second cut off on either side of zero."""
    whole = abs(length) // timedelta(seconds=1)
    return ("−" if length < timedelta() and whole else ""), whole


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _hours(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds >= 3600 else ""


def _minutes(seconds: int) -> str:
    return f"{seconds % 3600 // 60} min" if seconds % 3600 >= 60 else ""


def _seconds(seconds: int) -> str:
    return f"{seconds % 60} s" if seconds % 60 else ""
