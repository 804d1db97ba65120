"""Versions in their order: "4.10" after "4.9", and "6.2.1" among those of 6.2."""

import re

PART = re.compile(r"\d+|[^\W\d_]+")
Place = tuple[tuple[int, int, str], ...]


def place_of(version: str) -> Place:
    """Where ``version`` stands among others: its numbers by their size, words before numbers (6.2rc before 6.2.1)."""
    parts: list[str] = PART.findall(version.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def lies_within(version: str, first: str, last: str) -> bool:
    """Whether ``version`` is one from ``first`` until ``last``; both included, "" for no bound.

    What is said of 6.2 is said of each of its own versions, too: 6.2.1 lies within one that ends with 6.2.
    """
    place, end = place_of(version), place_of(last)
    return place_of(first) <= place and (not end or place[: len(end)] <= end)
