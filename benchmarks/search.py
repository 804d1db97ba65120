"""What searching costs, beside an empty visitor's page of the same server in the same run.

    python -m benchmarks search                             # 5 000 articles
    python -m benchmarks search --articles 5000 100000      # filling the greater takes a quarter of an hour

On PostgreSQL give each size a database of its own (DATABASE_URL). The queries are made up and always the same:
a fifth are of the hundred commonest words, a fifth have a word mistyped (``benchmarks.articles.queries``). The
suggestion is what the form of tickets asks for, without its session and its limit of pace.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from urllib.parse import quote_plus

from benchmarks.client import Client
from benchmarks.pages import FOLDER, ROOT, Desk, Figure, Page, measure, served

EMPTY = "empty public page"
LIMITS = {"search": 15.0, "suggestion": 10.0}
ASKED = 400


def pages() -> list[Page]:
    """What is asked."""
    import django

    django.setup()
    from benchmarks.articles import queries, requests

    return [
        (EMPTY, "", "", lambda _, client: client.get("/empty-public/")[0]),
        ("search", "", EMPTY, one_of("/kb/search/?q=", queries(ASKED))),
        ("suggestion", "", EMPTY, one_of("/suggested/?q=", requests(ASKED))),
    ]


def one_of(address: str, texts: list[str]) -> Callable[[Desk, Client], float]:
    """Asks for another of ``texts`` each time."""
    turn = cycle(texts)
    return lambda _, client: client.get(address + quote_plus(next(turn)))[0]


def folder(articles: int) -> str:
    """The folder of a size, for each kind of database its own."""
    kind = os.environ.get("DATABASE_URL", "sqlite").partition(":")[0]
    return f"search-{kind}-{articles}"


@contextmanager
def serving(articles: int) -> Iterator[Desk]:
    """A server over a knowledge base of that size."""
    with served(folder(articles), "benchmarks.shelves", articles, "articles") as (port, left):
        yield Desk(articles, port, left["cookie"], contact="", agent="", ticket="", deployment=0)


def report(figures: dict[tuple[str, int], Figure], size: int) -> None:
    """Print the percentiles, and how many times an empty page the 95th is."""
    print(f"\n{size:,} articles".replace(",", " "))
    print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'req/s':>8}{'p95 : empty':>13}{'aim':>6}")
    empty = statistics.median(figures[EMPTY, size].all)
    for name in (EMPTY, *LIMITS):
        figure = figures[name, size]
        ordered = sorted(figure.all)
        p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
        row = f"{name:<22}{p50 * 1000:>8.1f}{p95 * 1000:>8.1f}{statistics.median(figure.rates):>8.0f}"
        print(row + (f"{p95 / empty:>13.1f}{LIMITS[name]:>6.0f}" if name in LIMITS else ""))


def updates(size: int) -> None:
    """Print what a change of an article costs."""
    environment = {
        **os.environ,
        "DATA_DIR": str(FOLDER / folder(size)),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    }
    command = [sys.executable, "-m", "benchmarks.shelves", "--updates"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks search", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[5_000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    asked = pages()
    for size in sorted(given.articles):
        with serving(size) as desk:
            report(measure([desk], given.rounds, asked), size)
        updates(size)
