"""What pages cost, beside an empty page of the same server in the same run.

    python -m benchmarks pages                     # 1 000 and 100 000 tickets
    python -m benchmarks pages --tickets 1000000   # on demand; filling takes long

gunicorn runs with two workers, as `make run` starts it. Each round asks for every page in turn, on every
size in turn, so that what else the machine does meets all of them alike; the figure is the median of the
rounds, the spread the least and the greatest. p50 and p95 are over all requests of all rounds.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.client import Client, hidden_fields
from benchmarks.database import SESSIONS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
REQUESTS = 30
CLIENTS = 4
WARM_UP = 3
LIMITS = {
    "contact's list": 2.5,
    "contact's ticket": 2.5,
    "filing": 4.0,
    "staff's queue": 3.5,
    "staff's ticket": 3.0,
}
GROWTH_LIMIT = 1.25


@dataclass
class Desk:
    """A running server over a filled database."""

    tickets: int
    port: int
    cookie: str
    contact: str
    agent: str
    ticket: str
    deployment: int

    def client(self, who: str) -> Client:
        """A signed-in client of ``contact`` or ``agent``; a visitor's for ""."""
        return Client(self.port, {self.cookie: getattr(self, who)} if who else {})


@dataclass
class Figure:
    """The seconds of one page on one size: all of them, and the median of each round."""

    all: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)


Page = tuple[str, str, str, Callable[[Desk, Client], float]]


def pages() -> list[Page]:
    """Name, who asks, the reference's name, and how to ask once."""
    return [
        ("empty contact's page", "contact", "", lambda _, c: c.get("/empty/")[0]),
        ("contact's list", "contact", "empty contact's page", lambda _, c: c.get("/tickets/")[0]),
        (
            "contact's ticket",
            "contact",
            "empty contact's page",
            lambda d, c: c.get(f"/tickets/{d.ticket}/")[0],
        ),
        ("filing", "contact", "empty contact's page", file_once),
        ("empty admin page", "agent", "", lambda _, c: c.get("/admin/empty/")[0]),
        ("staff's queue", "agent", "empty admin page", lambda _, c: c.get("/admin/queue/")[0]),
        (
            "staff's ticket",
            "agent",
            "empty admin page",
            lambda d, c: c.get(f"/admin/queue/{d.ticket}/")[0],
        ),
    ]


def file_once(desk: Desk, client: Client) -> float:
    """Seconds of sending the form; fetching it first is not counted."""
    address = f"/tickets/new/?deployment={desk.deployment}"
    _, form = client.get(address)
    fields = hidden_fields(form) | {
        "subject": "The benchmark files a ticket",
        "text": "What happens is measured.",
        "steps": "One after the other.",
        "effect": "A figure.",
        "affected": "everyone",
        "workaround": "no",
        "severity": first_choice(form, b"severity"),
        "request_type": first_choice(form, b"request_type"),
        # As a browser says that has shown what may answer it; looking that up is measured on its own.
        "looked": "1",
    }
    return client.post(address, fields)[0]


def first_choice(form: bytes, name: bytes) -> str:
    """The value of the first radio button of that name."""
    before = form.index(b'name="' + name + b'"')
    tag = form[form.rindex(b"<input", 0, before) : form.index(b">", before)]
    return tag.split(b'value="')[1].split(b'"')[0].decode()


def measure(desks: list[Desk], rounds: int, asked: list[Page]) -> dict[tuple[str, int], Figure]:
    """The figures of every page on every desk."""
    figures: dict[tuple[str, int], Figure] = {}
    for _ in range(rounds):
        for name, who, _, ask in asked:
            for desk in desks:
                # A connection of its own: an old one may have been closed meanwhile.
                client = desk.client(who)
                for _ in range(WARM_UP):
                    ask(desk, client)
                seconds = [ask(desk, client) for _ in range(REQUESTS)]
                figure = figures.setdefault((name, desk.tickets), Figure())
                figure.all.extend(seconds)
                figure.rounds.append(statistics.median(seconds))
                figure.rates.append(rate(desk, who, ask))
    return figures


def rate(desk: Desk, who: str, ask: Callable[[Desk, Client], float]) -> float:
    """Requests a second of a few clients at once."""
    each = REQUESTS // 2

    def many(_: int) -> None:
        client = desk.client(who)
        for _ in range(each):
            ask(desk, client)

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(many, range(CLIENTS)))
    return CLIENTS * each / (time.perf_counter() - start)


def ratios(figures: dict[tuple[str, int], Figure], name: str, reference: str, size: int) -> list[float]:
    """How many times slower than its reference a page was, round by round."""
    ours, theirs = figures[name, size].rounds, figures[reference, size].rounds
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def report(figures: dict[tuple[str, int], Figure], sizes: list[int]) -> None:
    """Print a table a size, and how the ratios grow from the least to the greatest size."""
    for size in sizes:
        print(f"\n{size:,} tickets".replace(",", " "))
        print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'req/s':>8}{'ratio':>8}{'spread':>14}{'aim':>7}")
        for name, _, reference, _ in pages():
            print(line(figures, name, reference, size))
    if len(sizes) > 1:
        growth(figures, sizes[0], sizes[-1])


def line(figures: dict[tuple[str, int], Figure], name: str, reference: str, size: int) -> str:
    """One row of the table."""
    figure = figures[name, size]
    ordered = sorted(figure.all)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    row = f"{name:<22}{p50 * 1000:>8.1f}{p95 * 1000:>8.1f}{statistics.median(figure.rates):>8.0f}"
    if not reference:
        return row
    found = ratios(figures, name, reference, size)
    spread = f"{min(found):.2f}-{max(found):.2f}"
    return f"{row}{statistics.median(found):>8.2f}{spread:>14}{LIMITS[name]:>7}"


def growth(figures: dict[tuple[str, int], Figure], small: int, large: int) -> None:
    """Print how each ratio at ``large`` compares with that at ``small``."""
    print(f"\nratio at {large} over ratio at {small} (aim: at most {GROWTH_LIMIT})")
    for name, _, reference, _ in pages():
        if reference:
            before = statistics.median(ratios(figures, name, reference, small))
            after = statistics.median(ratios(figures, name, reference, large))
            print(f"{name:<22}{after / before:>8.2f}")


@contextmanager
def serving(tickets: int) -> Iterator[Desk]:
    """A server over a database with that many tickets, which is filled first where it is missing."""
    with served(str(tickets), "benchmarks.database", tickets, "tickets") as (port, sessions):
        yield Desk(tickets=tickets, port=port, **sessions)


@contextmanager
def served(folder: str, filler: str, count: int, what: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The port of a server over a database that the module ``filler`` made, and what that left in ``SESSIONS``."""
    port = free_port()
    environment = {
        **os.environ,
        "DATA_DIR": str(FOLDER / folder),
        "PORT": str(port),
        "SESSION_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "WEB_LOG_LEVEL": "error",
    }
    filled(FOLDER / folder, environment, filler, count, what)
    sessions = json.loads((FOLDER / folder / SESSIONS).read_text())
    sessions["cookie"] = f"session-{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "portal.wsgi", "--config", "python:portal.gunicorn"],
        cwd=ROOT,
        env=environment,
    )
    try:
        wait_for(port)
        yield port, sessions
    finally:
        server.terminate()
        server.wait()


def filled(folder: Path, environment: dict[str, str], filler: str, count: int, what: str) -> None:
    """Fill the folder's database, unless that was done before."""
    if (folder / SESSIONS).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    print(f"filling a database with {count} {what} …", flush=True)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", filler, str(count)], cwd=ROOT, env=environment, check=True)
    print(f"… took {time.perf_counter() - start:.0f} s", flush=True)


def wait_for(port: int) -> None:
    """Return once the server answers; raises after half a minute."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pages", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    sizes = sorted(given.tickets)
    with ExitStack() as stack:
        desks = [stack.enter_context(serving(size)) for size in sizes]
        report(measure(desks, given.rounds, pages()), sizes)
