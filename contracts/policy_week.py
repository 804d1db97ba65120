"""The days and spans of a week as a policy file writes them: ``mon-fri = ["09:00-17:00"]``."""

import re
from collections.abc import Iterator

from contracts.policy_reader import Table
from contracts.sla.hours import DailySpan, Week

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
HOURS_HINT = 'a day or a range of days and its spans, as in mon-fri = ["09:00-12:30", "14:00-18:00"]'
SPAN_HINT = '"HH:MM-HH:MM", as in "09:00-17:00", "00:00-24:00" or, for a night shift, "22:00-06:00"'
_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


def read_week(table: Table) -> Week:
    """The spans of Monday to Sunday, each day sorted, at least one. Notes every fault in ``table``."""
    faults_before = len(table.faults)
    week: list[tuple[DailySpan, ...]] = [()] * 7
    named: dict[int, str] = {}
    for key in [key for key in table.values if _is_day_key(key)]:
        days = _days(table, key)
        spans = _spans(table, key)
        for day in days:
            if day in named:
                table.wrong(key, f"{DAYS[day]} again, named by {named[day]} already", "each day once")
            named.setdefault(day, key)
            week[day] = spans
    _check_nights(table, named, week)
    if not any(week) and len(table.faults) == faults_before:
        table.fault("mon … sun", None, f"at least one span of open time: {HOURS_HINT}")
    table.known |= {*DAYS, "mon-fri"}
    return tuple(week)


def _is_day_key(key: str) -> bool:
    return all(part in DAYS for part in key.split("-")) and 1 <= len(key.split("-")) <= 2


def _days(table: Table, key: str) -> range:
    table.known.add(key)
    first, last = DAYS.index(key.split("-", maxsplit=1)[0]), DAYS.index(key.rsplit("-", maxsplit=1)[-1])
    if last < first:
        table.wrong(key, f"{key}, a range that runs backwards", f"{DAYS[last]}-{DAYS[first]}, or two ranges")
        return range(0)
    return range(first, last + 1)


def _spans(table: Table, key: str) -> tuple[DailySpan, ...]:
    written: list[object] = table.value(
        key, lambda v: isinstance(v, list), f"a list of spans: {SPAN_HINT}", []
    )
    spans: list[DailySpan] = []
    for place, text in enumerate(written, start=1):
        path = f"{key}[{place}]"
        span = _span(text)
        if span is None:
            table.fault(path, text, SPAN_HINT)
        elif span.start == span.end:
            table.fault(path, text, f"a span that is not empty: {SPAN_HINT}")
        elif any(span.start < other.end and other.start < span.end for other in spans):
            table.fault(path, text, "a span that does not overlap the others of its day")
        else:
            spans.append(span)
    return tuple(sorted(spans, key=lambda span: span.start))


def _span(text: object) -> DailySpan | None:
    """A span; one that ends before it starts is a night shift. ``None`` if it is unreadable."""
    if not isinstance(text, str) or not (found := _SPAN.fullmatch(text)):
        return None
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if max(start_minute, end_minute) > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        return None
    return DailySpan(start, end + MINUTES_A_DAY if end < start else end)


def _check_nights(table: Table, named: dict[int, str], week: list[tuple[DailySpan, ...]]) -> None:
    """The tail of a night shift must not overlap a span of the day on which it ends."""
    reported: set[str] = set()
    for day, tail in _tails(week):
        following = (day + 1) % 7
        if any(span.start < tail for span in week[following]) and named[day] not in reported:
            reported.add(named[day])
            table.wrong(
                named[day],
                f"a night shift of {DAYS[day]} that overlaps a span of {DAYS[following]}",
                "spans that do not overlap",
            )


def _tails(week: list[tuple[DailySpan, ...]]) -> Iterator[tuple[int, int]]:
    for day, spans in enumerate(week):
        for span in spans:
            if span.end > MINUTES_A_DAY:
                yield day, span.end - MINUTES_A_DAY
