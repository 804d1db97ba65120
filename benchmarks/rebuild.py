"""What it costs to judge all that is kept: the clocks derived anew, the day's checkpoint, the record verified.

    python -m benchmarks rebuild                         # 2 000, 10 000 and 100 000 tickets
    python -m benchmarks rebuild --tickets 2000

Beside each stands, from the same process, how long it takes to read all events and do nothing with them. The figure
is the median of the rounds, and each round does all of them in turn.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.pages import FOLDER, ROOT, filled

READING = "reading all events"


def inside(tickets: int, rounds: int) -> None:
    """In a process of its own, with DATA_DIR set: measure and print."""
    import django

    django.setup()
    from django.utils import timezone

    from tickets import checkpoints
    from tickets.models import TicketEvent
    from tickets.rebuilding import judge_all
    from tickets.services.checkpoint import _heads
    from tickets.verifying import verify_all

    at = timezone.now()

    def read() -> object:
        return sum(1 for _ in TicketEvent.objects.order_by("ticket_id", "seq").iterator(2_000))

    def rebuild() -> object:
        return f"{sum(len(judged.differences) for judged in judge_all(at=at))} differences"

    def next_day(folder: Path) -> object:
        return checkpoints.write(folder, at + timedelta(days=1), _heads())

    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "kept"
        checkpoints.write(kept, at.replace(day=1), _heads())
        turns: dict[str, Callable[[int], object]] = {
            READING: lambda _: read(),
            "rebuilding all clocks": lambda _: rebuild(),
            "a whole checkpoint": lambda turn: checkpoints.write(
                Path(name) / str(turn), at.replace(day=1), _heads()
            ),
            "a day's checkpoint": lambda turn: next_day(_copy(kept, Path(name) / f"next-{turn}")),
            "verifying the record": lambda _: f"{verify_all(kept, now=at).count} faults",
        }
        seconds: dict[str, list[float]] = {what: [] for what in turns}
        said: dict[str, object] = {}
        for turn in range(rounds):
            for what, do in turns.items():
                start = time.perf_counter()
                said[what] = do(turn)
                seconds[what].append(time.perf_counter() - start)
        size = sum(path.stat().st_size for path in kept.iterdir())
    _report(tickets, seconds, said)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"a whole checkpoint has {size // 1024} kB; the process took at most {most} MB; load {os.getloadavg()[0]:.1f}"
    )


def _copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for path in folder.iterdir():
        os.link(path, to / path.name)
    return to


def _report(tickets: int, seconds: dict[str, list[float]], said: dict[str, object]) -> None:
    print(f"\n{tickets:,} tickets with {said[READING]:,} events".replace(",", " "))
    print(f"{'':<24}{'s':>8}{'of reading':>12}{'spread':>14}")
    for what, each in seconds.items():
        ratios = [own / theirs for own, theirs in zip(each, seconds[READING], strict=True)]
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        result = said[what] if isinstance(said[what], str) else ""
        print(
            f"{what:<24}{statistics.median(each):>8.2f}{statistics.median(ratios):>12.2f}{spread:>14}  {result}"
        )


def main(arguments: list[str]) -> None:
    """Fill, and measure, each size in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks rebuild", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[2_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    for size in sorted(given.tickets):
        folder = FOLDER / str(size)
        environment = {**os.environ, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        filled(folder, environment, "benchmarks.database", size, "tickets")
        command = [sys.executable, "-m", "benchmarks.rebuild", str(size), str(given.rounds)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    inside(int(sys.argv[1]), int(sys.argv[2]))
