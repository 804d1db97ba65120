"""A scenario for people: each clock with its due date, what became of it, and the sum behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.phrasing import duration, rough_duration, short_date, wall_time, zone_name
from contracts.scenarios import BadScenario, Scenario
from contracts.sla.clock import Clock, State
from contracts.sla.explain import Explanation, Line, Why, explain
from contracts.sla.hours import NoOpenTime
from contracts.sla.promises import Kind

WORDS = {
    Why.COUNTED: "counted",
    Why.WAITING: "not counted: waiting on the customer",
    Why.RESOLVED: "not counted: resolved",
}


def for_people(scenario: Scenario) -> list[str]:
    """The lines that explain a scenario. Raises ``BadScenario``."""
    try:
        return list(_lines(scenario, scenario.clocks()))
    except (NoOpenTime, OverflowError) as problem:
        raise BadScenario(f"cannot explain: {problem}") from None


def moment(at: datetime, zone: ZoneInfo) -> str:
    """An instant in the policy's zone and in UTC: ``Fri 20 Nov 2026 15:00 PST (23:00 UTC)``."""
    local, world = at.astimezone(zone), at.astimezone(UTC)
    there = wall_time(world) if local.date() == world.date() else _day_and_time(world)
    return f"{_day_and_time(local)} {zone_name(zone, at)} ({there} UTC)"


def _lines(scenario: Scenario, clocks: list[Clock]) -> Iterator[str]:
    zone = scenario.policy.hours.time_zone
    yield f"{scenario.policy.title}, tier {scenario.tier}, as it stands on {moment(scenario.at, zone)}"
    if not clocks:
        yield "No clock has started."
    for clock in clocks:
        yield ""
        yield from _clock(scenario, clock, zone)


def _clock(scenario: Scenario, clock: Clock, zone: ZoneInfo) -> Iterator[str]:
    yield f"{clock.name.upper()}: {clock.promise or 'no promise at this severity'}: {_verdict(clock)}"
    for word, at in (
        ("started", clock.started_at),
        ("due", clock.due_at),
        ("stopped", clock.stopped_at),
        ("paused since", clock.paused_since),
        ("missed at", clock.missed_at),
    ):
        if at is not None:
            yield f"  {word:13}{moment(at, zone)}"
    if clock.missed_count:
        yield f"  {'missed':13}{clock.missed_count} times"
    if clock.remaining is not None:
        kind = clock.length.kind if clock.length else Kind.ELAPSED
        of = " of support hours" if kind is Kind.OPEN else ""
        late = clock.remaining < timedelta()
        yield f"  {'overdue by' if late else 'time left':13}{rough_duration(clock.remaining, kind)}{of}"
    if (sum_ := explain(scenario.terms, clock, scenario.at)) is not None and clock.state is not State.VOID:
        yield from _sum(sum_, clock, zone)


def _verdict(clock: Clock) -> str:
    if clock.missed:
        return f"{clock.state}, missed"
    return "stopped, kept" if clock.kept else clock.state.value


def _sum(sum_: Explanation, clock: Clock, zone: ZoneInfo) -> Iterator[str]:
    """Why then? Line by line."""
    severity = f"the promise for {clock.severity}, counted"
    yield f"  {'Why then?' if clock.due_at else 'So far:'} {severity} from {moment(sum_.counted_from, zone)}"
    if sum_.calendar_date is not None:
        yield f"    the same local time {clock.length} later: {moment(sum_.calendar_date, zone)}"
    for line in sum_.lines:
        yield f"  {_line(line, zone)}"
    if sum_.calendar_date is None:
        whole = "" if sum_.counted == sum_.amount else f", of {duration(sum_.amount)}"
        yield f"    {duration(sum_.counted)} counted{whole}"
    elif sum_.lines and clock.due_at is not None:
        yield f"    so {duration(clock.due_at - sum_.calendar_date)} later"


def _line(line: Line, zone: ZoneInfo) -> str:
    start, end = line.start.astimezone(zone), line.end.astimezone(zone)
    until = wall_time(end) if start.date() == end.date() else _day_and_time(end)
    what = WORDS.get(line.why) or f"not counted: {line.label}"
    mark = "+" if line.why is Why.COUNTED else " "
    return f"{mark} {_day_and_time(start)} to {until}  {duration(line.length)}  {what}"


def _day_and_time(at: datetime) -> str:
    return f"{short_date(at.date())} {wall_time(at)}"
