"""How much Markdown a text may hold. Counted before it is parsed, by means whose time grows with its length alone.

Each bound stands where the evilest text of its kind still takes less than half a second: the parser is linear in
most things, but slow at them.
"""

import re
import string
from collections.abc import Iterator
from itertools import pairwise

from contracts.refusals import Refused
from knowledgebase.markdown.addresses import LONGEST_ADDRESS

LONGEST_ARTICLE = 100_000
LONGEST_POST = 20_000
MOST_LINES = 3_000
DEEPEST = 6
# So deep the parser follows brackets, and lists, of which each takes two levels.
BRACKETS_DEEP = 2 * DEEPEST + 4
MOST_CONTAINERS = 6_000
MOST_CELLS = 4_000
MOST_BRACKETS = 1_000
MOST_MARKS = 12_000
MOST_BACKSLASHES = 4_000
MOST_SIGNS = 25_000
MOST_TANGLED = 12_000
MOST_ADDRESSES = 1_000
MOST_UNBROKEN = 30_000

# What opens a quote, a list or a note at the beginning of a line.
CONTAINERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|[!?]{3}\+?(?=[ \t])))*")
CONTAINER = re.compile(r">|[-+*]|\d+[.)]|[!?]{3}")
RULE = re.compile(r"[ \t>]*(?:(?:-[ \t]*)+|(?:\*[ \t]*)+|(?:\+[ \t]*)+)$")
# Where the address of a link may begin and no space ends it, each is read through the next thirty.
UNBROKEN = re.compile(rf"[^\x00-\x20]{{{LONGEST_ADDRESS + 1},}}")


def check(text: str, *, trusted: bool) -> None:
    """Raise ``Refused`` when ``text`` holds more than we render; its line ends are line feeds."""
    _most(len(text), LONGEST_ARTICLE if trusted else LONGEST_POST, "characters")
    _most(text.count("\n") + 1, MOST_LINES, "lines")
    _most(text.count("["), MOST_BRACKETS, "opening brackets ([)")
    _most(sum(map(text.count, "*_~")), MOST_MARKS, "marks of emphasis (*, _ and ~)")
    _most(text.count("\\"), MOST_BACKSLASHES, "backslashes")
    _most(signs(text), MOST_SIGNS, "signs that are no letters")
    _most(text.count("://") + text.count("<"), MOST_ADDRESSES, "addresses and angle brackets (://, <)")
    unbroken = sum(len(word) for word in UNBROKEN.findall(text) if "](" in word)
    _most(unbroken, MOST_UNBROKEN, "characters without a space around the addresses of links")
    lines = text.split("\n")
    _most(cells(lines), MOST_CELLS, "cells of tables")
    _most(tangled(lines), MOST_TANGLED, "signs that are no letters in paragraphs with brackets")
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


def signs(text: str) -> int:
    """How many characters of ``text`` may mean something to the parser."""
    return sum(map(text.count, string.punctuation))


def tangled(lines: list[str]) -> int:
    """Signs that are looked at again for each bracket before them, as deep as the parser goes."""
    texts = map("\n".join, runs(lines))
    return sum(signs(text) * min(text.count("["), BRACKETS_DEEP) // BRACKETS_DEEP for text in texts)


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
        # The marks before the second one's dashes may be of quotes and lists.
        if "|" in head and not line.lstrip(" \t>*+-.)0123456789").strip("|:- \t"):
            yield min(head.count("|"), line.count("|")) + 1


def _most(count: int, most: int, what: str) -> None:
    if count > most:
        raise Refused(
            f"The text has {count:,} {what}; {most:,} are the most. Shorten it, or make two of it.",
            field="text",
        )
