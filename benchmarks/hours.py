"""What adding and measuring support hours costs, beside the packages that people would use instead.

    python -m benchmarks hours [--rounds 15]

Every contestant answers the same questions: office hours in New York with the US holidays, over a day, a month, a year
and ten years. ``bare`` is the least that can be done: two binary searches over the same list of open stretches,
the conversion of datetimes included. Figures are processor time a question, the median over interleaved rounds, with
the fastest and the slowest round. The cold compilation of a calendar stands apart.
"""

import argparse
import gc
import importlib
import importlib.util
import statistics
import time as clock
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from contracts.calendars import holidays_of_year, public_holidays
from contracts.sla.hours import DailySpan, OpeningHours

ZONE = "America/New_York"
WEEK = (*[(DailySpan(9 * 60, 17 * 60),)] * 5, (), ())
YEARS = range(2025, 2038)
SPANS = {"1 day": 8, "1 month": 168, "1 year": 2_000, "10 years": 20_000}  # in open hours
STARTS = [
    datetime(2026, 1, 5, 15, tzinfo=UTC) + timedelta(days=7 * week, minutes=17 * week) for week in range(32)
]
LEAST = 3_000_000  # nanoseconds that one measurement takes at least
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Add = Callable[[datetime, timedelta], Any]
Elapsed = Callable[[datetime, datetime], Any]


@dataclass(frozen=True)
class Contestant:
    """How one package adds and measures; ``as_ours`` puts its answers into ours, to see whether they agree."""

    name: str
    add: Add
    elapsed: Elapsed
    added_as_ours: Callable[[Any], datetime] = lambda found: found
    elapsed_as_ours: Callable[[Any], timedelta] = lambda found: found


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks hours", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(arguments).rounds
    found = contestants()
    for title, questions in {"add": adding, "elapsed": measuring}.items():
        table(f"{title}, µs", found, {span: questions(hours) for span, hours in SPANS.items()}, rounds)
    cold(rounds)


# Contestants


def contestants() -> list[Contestant]:
    """Ours, the bare searches, and every package that is installed."""
    makers = {"businesstimedelta": with_businesstimedelta, "pandas": with_pandas, "workclock": with_workclock}
    found = [ours(), bare()]
    for package, make in makers.items():
        if importlib.util.find_spec(package):
            found.append(make())
        else:
            print(f"{package} is not installed: make setup-bench")
    return found


def calendar() -> OpeningHours:
    """The office hours, with nothing compiled yet."""
    return OpeningHours(ZoneInfo(ZONE), WEEK, public_holidays("US"))


def free_days() -> list[date]:
    """The holidays of all years that are asked about."""
    return [day for year in YEARS for day in sorted(holidays_of_year("US", year))]


def ours() -> Contestant:
    """The portal's own hours."""
    hours = calendar()
    return Contestant("this portal", hours.add, hours.elapsed)


def bare() -> Contestant:
    """Two binary searches and nothing else, over the same stretches."""
    stretches = calendar().open_intervals(
        STARTS[0] - timedelta(days=30), STARTS[-1] + timedelta(days=11 * 366)
    )
    starts = [(start - EPOCH) // timedelta(microseconds=1) for start, _ in stretches]
    ends = [(end - EPOCH) // timedelta(microseconds=1) for _, end in stretches]
    totals: list[int] = []
    for start, end in zip(starts, ends, strict=True):
        totals.append((totals[-1] if totals else 0) + end - start)

    def ticks(at: datetime) -> int:
        since = at - EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    def position(tick: int) -> int:
        index = bisect_right(starts, tick) - 1
        return totals[index] - max(0, ends[index] - tick)

    def add(start: datetime, length: timedelta) -> datetime:
        wanted = (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds
        target = position(ticks(start)) + wanted
        index = bisect_left(totals, target)
        return EPOCH + timedelta(microseconds=ends[index] - (totals[index] - target))

    def elapsed(start: datetime, end: datetime) -> timedelta:
        return timedelta(microseconds=position(ticks(end)) - position(ticks(start)))

    return Contestant("bare searches", add, elapsed)


def with_businesstimedelta() -> Contestant:
    """A walk from day to day."""
    import businesstimedelta as package

    zone = importlib.import_module("pytz").timezone(ZONE)
    work = package.WorkDayRule(time(9), time(17), [0, 1, 2, 3, 4], tz=zone)
    rules = package.Rules([work, package.HolidayRule(dict.fromkeys(free_days(), "free"), tz=zone)])
    return Contestant(
        "businesstimedelta",
        lambda start, length: start + package.BusinessTimeDelta(rules, timedelta=length),
        rules.difference,
        elapsed_as_ours=lambda found: found.timedelta,
    )


def with_pandas() -> Contestant:
    """Custom business hours; pandas has no measure of them, so whole hours are counted."""
    import pandas as pd

    offset: Any = pd.offsets.CustomBusinessHour
    options = {"start": "09:00", "end": "17:00", "holidays": free_days()}
    hour = offset(**options)

    def add(start: datetime, length: timedelta) -> object:
        return pd.Timestamp(start).tz_convert(ZONE) + int(length / timedelta(hours=1)) * hour

    def elapsed(start: datetime, end: datetime) -> object:
        first, last = (pd.Timestamp(at).tz_convert(ZONE) for at in (start, end))
        return pd.date_range(first, last, freq=hour)

    return Contestant("pandas", add, elapsed, elapsed_as_ours=lambda found: timedelta(hours=len(found) - 1))


def with_workclock() -> Contestant:
    """The one in Rust."""
    import workclock

    work = workclock.WorkDay(time(9), time(17))
    schedule = workclock.Schedule([work, workclock.Holidays(free_days())], time_zone=ZONE)
    return Contestant("workclock", schedule.add, schedule.between)


# Questions


@dataclass(frozen=True)
class Questions:
    """One question for each start, and how a contestant answers."""

    pairs: list[tuple[datetime, Any]]
    method: Callable[[Contestant], Callable[[datetime, Any], Any]]
    as_ours: Callable[[Contestant], Callable[[Any], Any]]

    def agreement(self, contestant: Contestant, truth: list[Any]) -> str:
        """How many of the answers are ours."""
        answer, read = self.method(contestant), self.as_ours(contestant)
        same = sum(read(answer(*pair)) == right for pair, right in zip(self.pairs, truth, strict=True))
        return f"{same} of {len(truth)}"


def adding(hours: int) -> Questions:
    """When have so many hours passed since each start?"""
    length = timedelta(hours=hours)
    return Questions([(start, length) for start in STARTS], lambda c: c.add, lambda c: c.added_as_ours)


def measuring(hours: int) -> Questions:
    """How many hours lie between each start and that instant?"""
    known = calendar()
    pairs = [(start, known.add(start, timedelta(hours=hours))) for start in STARTS]
    return Questions(pairs, lambda c: c.elapsed, lambda c: c.elapsed_as_ours)


# Measuring


def table(title: str, found: list[Contestant], columns: dict[str, Questions], rounds: int) -> None:
    """Ask in interleaved rounds, and print medians, spread, the ratio to the bare searches, and who agrees."""
    print(f"\n{title:18}" + "".join(f"{span:>32}" for span in columns) + "   agrees with us")
    figures: dict[tuple[str, str], list[float]] = {}
    for span, questions in columns.items():
        repeats = {c.name: _repeats(c, questions) for c in found}
        for _ in range(rounds):
            for contestant in found:
                figures.setdefault((contestant.name, span), []).append(
                    _asked(contestant, questions, repeats[contestant.name])
                )
    for contestant in found:
        cells = [_cell(figures[contestant.name, span]) for span in columns]
        print(
            f"{contestant.name:18}"
            + "".join(f"{cell:>32}" for cell in cells)
            + f"   {_agreed(contestant, found[0], columns)}"
        )
    ratios = [
        _median(figures[found[0].name, span]) / _median(figures[found[1].name, span]) for span in columns
    ]
    print(f"{'ours : bare':18}" + "".join(f"{ratio:>25.2f}" for ratio in ratios))


def cold(rounds: int) -> None:
    """What the first question costs, when years must be compiled; the holidays are known."""
    print(f"\n{'compiled cold, ms':18}" + "".join(f"{span:>32}" for span in SPANS))
    cells = [
        _cell([_timed(partial(_first_answer, hours)) / 1000 for _ in range(rounds)])
        for hours in SPANS.values()
    ]
    print(f"{'this portal':18}" + "".join(f"{cell:>32}" for cell in cells))


def _first_answer(hours: int) -> datetime:
    return calendar().add(STARTS[0], timedelta(hours=hours))


def _repeats(contestant: Contestant, questions: Questions) -> int:
    """How often to ask so that a measurement is long enough; the first question is asked beforehand."""
    _asked(contestant, questions, 1)
    once = _asked(contestant, questions, 1) * 1000
    return max(1, round(LEAST / once / len(questions.pairs)))


def _asked(contestant: Contestant, questions: Questions, repeats: int) -> float:
    """Microseconds a question. One that takes long is asked for two starts only."""
    answer = questions.method(contestant)
    pairs = questions.pairs if repeats > 1 else questions.pairs[:2]

    def ask() -> None:
        for _ in range(repeats):
            for pair in pairs:
                answer(*pair)

    return _timed(ask) / (repeats * len(pairs))


def _timed(work: Callable[[], Any]) -> float:
    """Microseconds of processor time, the collector of garbage switched off."""
    gc.disable()
    begin = clock.thread_time_ns()
    work()
    spent = clock.thread_time_ns() - begin
    gc.enable()
    return spent / 1000


def _agreed(contestant: Contestant, us: Contestant, columns: dict[str, Questions]) -> str:
    questions = columns["1 month"]
    truth = [questions.method(us)(*pair) for pair in questions.pairs]
    return questions.agreement(contestant, truth)


def _median(figures: Iterable[float]) -> float:
    return statistics.median(figures)


def _cell(figures: list[float]) -> str:
    return f"{_short(_median(figures))} ({_short(min(figures))} to {_short(max(figures))})"


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}"
