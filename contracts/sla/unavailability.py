"""Why components were unavailable: outages and planned work, laid out as stretches that do not overlap.

Every stretch has one verdict, one cause and the one thing (``ref``) that it comes from, so that what is summed up can
be shown stretch by stretch. ``docs/availability.md`` says which of several is named.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import heappop, heappush
from operator import attrgetter
from typing import NamedTuple, TypeVar

from contracts.sla.intervals import Interval

SCHEDULED_MAINTENANCE = "scheduled-maintenance"
"""The cause that planned work is excused by, where the policy lists it."""

Component = Hashable


@dataclass(frozen=True, slots=True)
class Outage:
    """A component was unavailable from ``start`` until ``end`` (not included; ``None``: it still is).

    ``cause`` is a code of the policy's causes or ``None``. ``ref`` is handed through to the pieces.
    """

    component: Component
    start: datetime
    end: datetime | None = None
    cause: str | None = None
    ref: object = None


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work on ``components`` in the announced time from ``starts`` until ``ends`` (not included).

    The announced time is the one announced last. ``interrupts``: the components are down during the work.
    ``began`` and ``finished`` are when it really did, ``None`` while nobody has said so. ``excusable``: it is an
    emergency, or was announced as the policy asks; the caller judges that. ``ref`` is handed through to the pieces.
    """

    components: tuple[Component, ...]
    starts: datetime
    ends: datetime
    interrupts: bool = True
    excusable: bool = True
    began: datetime | None = None
    finished: datetime | None = None
    cancelled_at: datetime | None = None
    ref: object = None

    @property
    def interruption(self) -> tuple[datetime, datetime | None] | None:
        """From when until when the components are down (``None``: until somebody says that it is over), if at all."""
        if not self.interrupts or (self.cancelled_at and not self.began):
            return None
        over = self.finished or self.cancelled_at
        return (self.began, over) if self.began else (self.starts, over or self.ends)

    @property
    def announced_interruption(self) -> Interval[datetime]:
        """What of the interruption lies in the announced time, before any cancellation. May be empty or backward.

        Work that nobody has finished is taken to last until its announced end.
        """
        if not self.interruption:
            return Interval(self.starts, self.starts)
        start = max(self.starts, self.began) if self.began else self.starts
        end = min(self.ends, self.finished) if self.finished else self.ends
        return Interval(start, min(end, self.cancelled_at) if self.cancelled_at else end)


class Verdict(StrEnum):
    """What a stretch of unavailable time is: every verdict but the first is downtime."""

    EXCLUDED = "excluded"
    OVER_LIMIT = "over the monthly limit"
    UNANNOUNCED = "outside the announced time"
    COUNTED = "counted"


class Piece(NamedTuple):
    """A stretch of unavailable time, ``end`` not included, and what became of it."""

    start: datetime
    end: datetime
    verdict: Verdict
    cause: str | None
    component: Component
    ref: object


Stretch = TypeVar("Stretch", Interval[datetime], Piece)
Rank = Callable[[Piece], tuple[int, int]]


def outage_pieces(outages: Iterable[Outage], excluded: Sequence[str], at: datetime) -> Iterator[Piece]:
    """Each outage as a piece; one that is still running lasts until ``at``.

    An outage is never scheduled maintenance: only work has an announcement and a limit.
    """
    for outage in outages:
        excuse = outage.cause in excluded and outage.cause != SCHEDULED_MAINTENANCE
        verdict = Verdict.EXCLUDED if excuse else Verdict.COUNTED
        yield Piece(outage.start, outage.end or at, verdict, outage.cause, outage.component, outage.ref)


def work_pieces(
    work: Work, component: Component, over: Sequence[Interval[datetime]], at: datetime, *, excused: bool
) -> Iterator[Piece]:
    """The interruption of ``component`` by ``work``, cut where its verdict changes.

    ``over`` is the time over the monthly limit, a normal list. ``excused``: the policy excuses planned work at all.
    Work that began and that nobody has finished lasts until ``at``.
    """
    if not (interruption := work.interruption):
        return
    begin, finish = interruption[0], interruption[1] or at
    if not (excused and work.excusable):
        yield Piece(begin, finish, Verdict.COUNTED, SCHEDULED_MAINTENANCE, component, work.ref)
        return
    start, end = work.announced_interruption
    start, end = min(start, finish), min(max(start, end), finish)
    cuts = [(begin, start, Verdict.UNANNOUNCED)]
    for a, b in between(over, start, end):
        cuts += [(start, a, Verdict.EXCLUDED), (a, b, Verdict.OVER_LIMIT)]
        start = b
    cuts += [(start, end, Verdict.EXCLUDED), (end, finish, Verdict.UNANNOUNCED)]
    for a, b, verdict in cuts:
        if a < b:
            yield Piece(a, b, verdict, SCHEDULED_MAINTENANCE, component, work.ref)


def between(stretches: Sequence[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """What of sorted ``stretches`` that do not overlap lies in ``[start, end)``."""
    first = bisect_right(stretches, start, key=attrgetter("end"))
    found = list(stretches[first : bisect_left(stretches, end, lo=first, key=attrgetter("start"))])
    if found and found[0].start < start:
        found[0] = found[0]._replace(start=start)
    if found and found[-1].end > end:
        found[-1] = found[-1]._replace(end=end)
    return found


def lay(pieces: Iterable[Piece], rank: Rank) -> list[Piece]:
    """The same time without overlaps, sorted: of pieces that overlap the one of least ``rank`` has the stretch.

    Of equal rank it is the one that began first, then the one that ended first, then the one given first. Empty and
    backward pieces are left out.
    """
    laid: list[Piece] = []
    waiting: list[tuple[tuple[int, int], datetime, datetime, int, Piece]] = []
    for number, piece in enumerate(sorted(pieces, key=attrgetter("start"))):
        _lay_until(piece.start, waiting, laid)
        heappush(waiting, (rank(piece), piece.start, piece.end, number, piece))
    _lay_until(None, waiting, laid)
    return laid


def _lay_until(
    until: datetime | None,
    waiting: list[tuple[tuple[int, int], datetime, datetime, int, Piece]],
    laid: list[Piece],
) -> None:
    """Lays what is waiting as far as ``until`` (``None``: to its end); what reaches further goes on waiting."""
    while waiting:
        piece = waiting[0][-1]
        start = max(piece.start, laid[-1].end) if laid else piece.start
        end = piece.end if until is None else min(piece.end, until)
        if start < end:
            last = laid[-1] if laid else None
            if last and last.end == start and last[2:] == piece[2:]:
                laid[-1] = last._replace(end=end)
            else:
                laid.append(Piece(start, end, *piece[2:]))
        if end < piece.end:
            return
        heappop(waiting)
