"""How much Markdown a text may hold. Counted before it is parsed, by means whose time grows with its length alone.

Each bound stands where the evilest text of its kind still takes less than half a second: the parser is linear in
most things, but slow at them.
"""

import re
import string
from collections.abc import Iterator
from itertools import pairwise

from contracts.refusals import Refused

LONGEST_ARTICLE = 100_000
LONGEST_POST = 20_000
MOST_LINES = 3_000
DEEPEST = 6
MOST_CONTAINERS = 7_000
MOST_CELLS = 4_000
MOST_BRACKETS = 1_000
MOST_MARKS = 12_000
MOST_BACKSLASHES = 4_000
MOST_SIGNS = 20_000
MOST_ADDRESSES = 1_000

# What opens a quote, a list or a note at the beginning of a line.
CONTAINERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|[!?]{3}\+?(?=[ \t])))*")
CONTAINER = re.compile(r">|[-+*]|\d+[.)]|[!?]{3}")
RULE = re.compile(r"[ \t>]*(?:(?:-[ \t]*)+|(?:\*[ \t]*)+|(?:\+[ \t]*)+)$")
# The second line of a table tells its columns; the marks before it may be of quotes and lists.
COLUMNS = re.compile(r"[ \t>*+\-\d.)]*[|:-][|: \t-]*$")


def check(text: str, *, trusted: bool) -> None:
    """Raise ``Refused`` when ``text`` holds more than we render; its line ends are line feeds."""
    _most(len(text), LONGEST_ARTICLE if trusted else LONGEST_POST, "characters")
    _most(text.count("\n") + 1, MOST_LINES, "lines")
    _most(text.count("["), MOST_BRACKETS, "opening brackets ([)")
    _most(sum(map(text.count, "*_~")), MOST_MARKS, "marks of emphasis (*, _ and ~)")
    _most(text.count("\\"), MOST_BACKSLASHES, "backslashes")
    _most(sum(map(text.count, string.punctuation)), MOST_SIGNS, "signs that are no letters")
    _most(text.count("://") + text.count("<"), MOST_ADDRESSES, "addresses and angle brackets (://, <)")
    lines = text.split("\n")
    _most(cells(lines), MOST_CELLS, "cells of tables")
    depths = [depth_of(line) for line in lines]
    check_depth(max(depths))
    _most(sum(depths), MOST_CONTAINERS, "marks of lists, quotes and notes")


def depth_of(line: str) -> int:
    """How many quotes, lists and notes are opened at the beginning of ``line``."""
    if RULE.match(line):
        return 0
    opening = CONTAINERS.match(line)
    return len(CONTAINER.findall(opening[0])) if opening else 0


def check_depth(depth: int) -> None:
    """Raise ``Refused`` for quotes, lists and notes ``depth`` within each other, when that is too deep."""
    if depth > DEEPEST:
        raise Refused(
            f"Lists, quotes and notes stand {depth} deep within each other here; {DEEPEST} are the most. "
            "Bring some of them further out.",
            field="text",
        )


def cells(lines: list[str]) -> int:
    """At most how many cells the tables in ``lines`` have, those included that a short row leaves empty."""
    return sum(len(run) * max(columns(run), default=0) for run in runs(lines))


def runs(lines: list[str]) -> Iterator[list[str]]:
    """Lines that stand together; a table ends at the first empty one."""
    run: list[str] = []
    for line in [*lines, ""]:
        if line.strip(" \t>"):
            run.append(line)
        elif run:
            yield run
            run = []


def columns(run: list[str]) -> Iterator[int]:
    """Of each table that may stand in ``run``, how wide it is: its first two lines have to agree."""
    for head, line in pairwise(run):
        if "|" in head and COLUMNS.match(line):
            yield min(head.count("|"), line.count("|")) + 1


def _most(count: int, most: int, what: str) -> None:
    if count > most:
        raise Refused(
            f"The text has {count:,} {what}; {most:,} are the most. Shorten it, or make two of it.",
            field="text",
        )
