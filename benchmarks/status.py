"""What a visitor's pages of status and maintenance cost, beside an empty visitor's page of the same server.

    python -m benchmarks status                # five years of windows and outages

The aim: each at no less than 60 % of the empty page's requests a second.
"""

import argparse
import os

from benchmarks.pages import Desk, Page, measure, served
from benchmarks.reading import EMPTY, line

LEAST_SHARE = 0.6
AIMED = ("status", "maintenance")


def pages() -> list[Page]:
    """What a visitor opens; the names that end in "again" ask whether the page is still the same."""
    return [
        (EMPTY, "", "", lambda _, c: c.get("/empty-public/")[0]),
        ("status", "", EMPTY, lambda _, c: c.get("/status/")[0]),
        ("status again", "", EMPTY, lambda _, c: c.get_again("/status/")[0]),
        ("status for machines", "", EMPTY, lambda _, c: c.get("/status.json")[0]),
        ("maintenance", "", EMPTY, lambda _, c: c.get("/maintenance/")[0]),
        ("maintenance, page 2", "", EMPTY, lambda _, c: c.get("/maintenance/?before=400")[0]),
        ("a window", "", EMPTY, lambda _, c: c.get("/maintenance/400/")[0]),
        ("calendar feed", "", EMPTY, lambda _, c: c.get("/maintenance/calendar.ics")[0]),
    ]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks status", description=__doc__)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    with served(f"status-{given.years}", "benchmarks.uptime", given.years, "years") as (port, left):
        desk = Desk(given.years, port, left["cookie"], contact="", agent="", ticket="", deployment=0)
        figures = measure([desk], given.rounds, pages())
    print(f"\n{given.years} years of windows and outages, load {os.getloadavg()[0]:.1f}")
    print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'req/s':>8}{'of empty':>10}{'spread':>14}{'aim':>6}")
    for name, _, reference, _ in pages():
        aim = LEAST_SHARE if name in AIMED else None
        print(line(figures[name, given.years], figures[EMPTY, given.years], name, reference, aim))
