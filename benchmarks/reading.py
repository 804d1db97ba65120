"""What a visitor's pages of the knowledge base cost, beside an empty visitor's page of the same server.

    python -m benchmarks reading                       # 5 000 articles
    python -m benchmarks reading --articles 5000 100000

The aim: an article at no less than half of the empty page's requests a second.
"""

import argparse
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.pages import Desk, Figure, Page, measure, served

EMPTY = "empty public page"
LEAST_SHARE = 0.5


def pages(article: str) -> list[Page]:
    """What a visitor opens; the names that end in "again" ask whether the page is still the same."""
    address = f"/kb/articles/{article}/"
    return [
        (EMPTY, "", "", lambda _, c: c.get("/empty-public/")[0]),
        ("article", "", EMPTY, lambda _, c: c.get(address)[0]),
        ("article again", "", EMPTY, lambda _, c: c.get_again(address)[0]),
        ("knowledge base", "", EMPTY, lambda _, c: c.get("/kb/")[0]),
        ("knowledge base again", "", EMPTY, lambda _, c: c.get_again("/kb/")[0]),
        ("category", "", EMPTY, lambda _, c: c.get("/kb/categories/category-7/")[0]),
    ]


@contextmanager
def serving(articles: int) -> Iterator[tuple[Desk, list[Page]]]:
    """A server over a knowledge base of that size, and what is asked of it."""
    with served(f"reading-{articles}", "benchmarks.bookshelf", articles, "articles") as (port, left):
        desk = Desk(articles, port, left["cookie"], contact="", agent="", ticket="", deployment=0)
        yield desk, pages(left["article"])


def report(figures: dict[tuple[str, int], Figure], size: int, asked: list[Page]) -> None:
    """Print requests a second, and how many of the empty page's they are."""
    print(f"\n{size:,} articles".replace(",", " "))
    print(f"{'page':<22}{'p50 ms':>8}{'p95 ms':>8}{'req/s':>8}{'of empty':>10}{'spread':>14}{'aim':>6}")
    for name, _, reference, _ in asked:
        aim = LEAST_SHARE if name == "article" else None
        print(line(figures[name, size], figures[EMPTY, size], name, reference, aim))


def line(figure: Figure, empty: Figure, name: str, reference: str, aim: float | None = None) -> str:
    """One row of the table; ``aim`` is the least share of the empty page's requests a second."""
    ordered = sorted(figure.all)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    row = f"{name:<22}{p50 * 1000:>8.1f}{p95 * 1000:>8.1f}{statistics.median(figure.rates):>8.0f}"
    if not reference:
        return row
    shares = [ours / theirs for ours, theirs in zip(figure.rates, empty.rates, strict=True)]
    spread = f"{min(shares):.2f}-{max(shares):.2f}"
    return f"{row}{statistics.median(shares):>10.2f}{spread:>14}{'' if aim is None else aim:>6}"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reading", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[5_000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        for size in sorted(given.articles):
            desk, asked = stack.enter_context(serving(size))
            report(measure([desk], given.rounds, asked), size, asked)
