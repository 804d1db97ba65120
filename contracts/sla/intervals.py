"""Half-open stretches ``[start, end)`` and the set operations on sorted lists of them.

A stretch runs between two instants, or between two whole numbers of microseconds where a compiled
calendar counts. A *normal* list is sorted, holds no empty stretch, and no two of its stretches
touch or overlap: every function here returns one, and ``intersect`` and ``subtract`` expect one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T", int, datetime)


class Interval(NamedTuple, Generic[T]):
    """A stretch from ``start`` (included) to ``end`` (not included)."""

    start: T
    end: T


def merge(intervals: Iterable[Interval[T]]) -> list[Interval[T]]:
    """The same instants as a normal list; empty and backward stretches are left out."""
    merged: list[Interval[T]] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return merged


def intersect(left: Sequence[Interval[T]], right: Sequence[Interval[T]]) -> list[Interval[T]]:
    """What lies in both of two normal lists."""
    common: list[Interval[T]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return common


def subtract(left: Sequence[Interval[T]], right: Sequence[Interval[T]]) -> list[Interval[T]]:
    """What lies in the normal list ``left`` and not in the normal list ``right``."""
    rest: list[Interval[T]] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j].end <= start:
            j += 1
        cursor, k = start, j
        while k < len(right) and right[k].start < end:
            if cursor < right[k].start:
                rest.append(Interval(cursor, right[k].start))
            cursor = right[k].end
            k += 1
        if cursor < end:
            rest.append(Interval(cursor, end))
    return rest


def clip(intervals: Iterable[Interval[T]], start: T, end: T) -> list[Interval[T]]:
    """What of ``intervals`` lies in ``[start, end)``, as a normal list."""
    return merge(Interval(max(a, start), min(b, end)) for a, b in intervals)


def total(intervals: Iterable[Interval[datetime]]) -> timedelta:
    """How long the stretches are together, as elapsed time."""
    return sum((end - start for start, end in intervals), timedelta())
