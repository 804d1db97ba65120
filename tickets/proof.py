"""What the checkpoints prove about one ticket's record. Pure: facts in, findings out."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.checkpoints import Checkpoint, Entry
from tickets.record import Break

# An event is written down before its transaction ends, and machines' clocks differ: what was recorded less than this
# before a checkpoint may be missing in it.
MARGIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold. ``place`` is that of the first checkpoint that it breaks, in their order.

    It is the number of the checkpoints where none knows of it yet. ``number`` is ``""`` and ``seq`` 0 for what is
    wrong with a checkpoint itself.
    """

    place: int
    number: str
    seq: int
    problem: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Of an event what a checkpoint speaks about."""

    seq: int
    hash: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Stand:
    """The checkpoints in their order; of the ``complete`` ones (by place) the state of every ticket is known."""

    checkpoints: Sequence[Checkpoint | None]
    complete: Sequence[int]

    def first_after(self, at: datetime, since: int, until: int) -> int | None:
        """The first complete checkpoint of ``since`` to ``until`` (that not included) that was taken after ``at``."""
        places = [place for place in self.complete[bisect_right(self.complete, since - 1) :] if place < until]
        instants = [found.taken_at for place in places if (found := self.checkpoints[place])]
        place = bisect_right(instants, at)
        return places[place] if place < len(places) else None


def judged(
    number: str,
    facts: Sequence[Fact],
    breaks: Sequence[Break],
    entries: Sequence[tuple[int, Entry]],
    stand: Stand,
) -> Iterator[Finding]:
    """What does not hold of a ticket: its own record (``breaks``), and what the checkpoints said of it.

    ``facts`` are its events in order, ``entries`` the place of each checkpoint that lists it and what that says.
    """
    end = len(stand.checkpoints)
    for broken in breaks:
        covers = (place for place, entry in entries if entry.seq >= broken.seq)
        yield Finding(next(covers, end), number, broken.seq, broken.problem)
    if not facts:
        yield Finding(entries[0][0] if entries else end, number, 0, "has no record")
        return
    if wrong := next(_contradicted(number, facts, entries), None):
        yield wrong
        return
    yield from _put_in(number, facts, entries, stand)


def gone(entries: Sequence[tuple[int, Entry]]) -> Finding:
    """That a ticket which the checkpoints list is not there."""
    place, entry = entries[0]
    return Finding(place, entry.number, 0, "the ticket was removed")


def _contradicted(
    number: str, facts: Sequence[Fact], entries: Sequence[tuple[int, Entry]]
) -> Iterator[Finding]:
    """Where the record is not any more what a checkpoint saw."""
    hashes = {fact.seq: fact.hash for fact in facts}
    for place, entry in entries:
        if entry.number != number:
            yield Finding(place, entry.number, 0, f"the ticket was removed, and {number} put in its place")
        elif entry.seq not in hashes:
            yield Finding(place, number, facts[-1].seq + 1, f"its record was cut: it had {entry.seq} events")
        elif hashes[entry.seq] != entry.head:
            yield Finding(place, number, entry.seq, "its record up to here was written anew")


def _put_in(
    number: str, facts: Sequence[Fact], entries: Sequence[tuple[int, Entry]], stand: Stand
) -> Iterator[Finding]:
    """The first event that says it was recorded before a checkpoint which does not know it."""
    known, since = 0, 0
    for until, entry in (*entries, (len(stand.checkpoints), None)):
        late = [fact for fact in facts if fact.seq > known]
        if late and until > since:
            oldest = min(late, key=lambda fact: fact.recorded_at)
            place = stand.first_after(oldest.recorded_at + MARGIN, since, until)
            if place is not None:
                what = "an event was put in later" if known else "the ticket was put in later"
                yield Finding(place, number, oldest.seq, what)
                return
        if entry is not None:
            known, since = entry.seq, until
