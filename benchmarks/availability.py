"""What ten years of monthly availability cost, beside the bare union of the same intervals.

    python -m benchmarks availability [--components 200] [--each 500] [--rounds 5]

Each component is a service of its own, with so many outages of six causes and so many windows of planned work spread
over the ten years, under Atheer's rules: 120 figures with all that stands behind each. ``bare union`` sorts and joins
the same intervals and nothing else: no causes, windows, limits or months. Processor time of all components together,
the median over interleaved rounds, with the fastest and the slowest.
"""

import argparse
import gc
import random
import statistics
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from contracts.sla.availability import Availability, Rules, Service, availabilities
from contracts.sla.intervals import Interval, merge
from contracts.sla.months import Month, Term
from contracts.sla.unavailability import SCHEDULED_MAINTENANCE, Outage, Work

FIRST, LAST = Month(2016, 1), Month(2025, 12)
BEGIN, END = datetime(2016, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
MINUTES = (END - BEGIN) // timedelta(minutes=1)
EXCLUDED = (
    SCHEDULED_MAINTENANCE,
    "beyond-control",
    "unauthorized-use",
    "customer-infrastructure",
    "internet",
    "third-party",
)
RULES = Rules(ZoneInfo("America/Los_Angeles"), Fraction("98.5"), EXCLUDED, timedelta(hours=8))
TERM = Term(date(2016, 1, 1))


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks availability", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--components", type=int, default=200)
    parser.add_argument("--each", type=int, default=500, help="outages, and windows, of a component")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    services = [service(number, options.each) for number in range(options.components)]
    print(
        f"\navailability: {options.components} components, {options.each} outages and {options.each} windows each, ms"
    )
    print(f"{'figures':18}{sum(len(figures(one)) for one in services):>32,}")
    table(services, options.rounds)


def service(number: int, each: int) -> Service:
    """A component's ten years, always the same: outages up to five hours, windows up to four, some overrun."""
    draw = random.Random(number)
    outages, works = [], []
    for _ in range(each):
        start = BEGIN + timedelta(minutes=draw.randrange(MINUTES))
        end = start + timedelta(minutes=draw.randrange(1, 300))
        outages.append(Outage(number, start, end, draw.choice((None, *EXCLUDED[1:]))))
    for _ in range(each):
        start = BEGIN + timedelta(minutes=draw.randrange(MINUTES))
        end = start + timedelta(minutes=draw.randrange(30, 240))
        began = start + timedelta(minutes=draw.randrange(10))
        finished = max(began, end + timedelta(minutes=draw.randrange(-60, 20)))
        works.append(Work((number,), start, end, began=began, finished=finished))
    return Service((number,), outages, works)


def figures(asked: Service) -> list[Availability]:
    """The months of ten years."""
    return availabilities(FIRST, LAST, service=asked, rules=RULES, term=TERM, at=END)


def bare(asked: Service) -> list[Interval[datetime]]:
    """The union of the same intervals."""
    out = [Interval(outage.start, outage.end or END) for outage in asked.outages]
    return merge(
        out + [Interval(work.began or work.starts, work.finished or work.ends) for work in asked.works]
    )


def table(services: list[Service], rounds: int) -> None:
    """Both in interleaved rounds, and how many times the bare union the figures cost."""
    contestants: dict[str, Callable[[Service], object]] = {"this portal": figures, "bare union": bare}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, answer in contestants.items():
            found[name].append(_timed(answer, services))
    for name, spent in found.items():
        print(f"{name:18}{statistics.median(spent):>16,.0f} ({min(spent):,.0f} to {max(spent):,.0f})")
    ratios = [ours / least for ours, least in zip(*found.values(), strict=True)]
    print(f"{'ours : bare':18}{statistics.median(ratios):>16.1f} ({min(ratios):.1f} to {max(ratios):.1f})")


def _timed(answer: Callable[[Service], object], services: list[Service]) -> float:
    """Milliseconds of processor time for all services, the collector of garbage switched off."""
    gc.disable()
    begin = clock.thread_time_ns()
    for asked in services:
        answer(asked)
    spent = clock.thread_time_ns() - begin
    gc.enable()
    return spent / 1_000_000
