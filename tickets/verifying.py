"""The whole record judged: every chain, every checkpoint, and each by the other. Reads only, in constant memory."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from tickets import proof, record
from tickets.checkpoints import UNREADABLE, BadCheckpoint, Checkpoint, Entry, Reading, paths
from tickets.history import sealed
from tickets.models import Ticket, TicketEvent
from tickets.proof import Fact, Finding, Stand

AT_ONCE = 200
MOST_KEPT = 1_000
TRIES = 5
# A day is left out where the worker stood still; after more the end may have been cut off.
LONGEST_GAP = timedelta(days=2)


@dataclass(slots=True)
class Verdict:
    """What was found. ``warnings`` say what could not be proved; ``findings`` are the first of ``count`` found."""

    tickets: int = 0
    events: int = 0
    checkpoints: list[Checkpoint | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    first: int | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.count and not self.warnings

    @property
    def holds_until(self) -> Checkpoint | None:
        """The last checkpoint up to which nothing was altered, removed or put in later; ``None`` where none is."""
        sound = self.checkpoints if self.first is None else self.checkpoints[: self.first]
        return next((found for found in reversed(sound) if found is not None), None)

    def add(self, finding: Finding) -> None:
        self.count += 1
        self.first = finding.place if self.first is None else min(self.first, finding.place)
        if len(self.findings) < MOST_KEPT:
            self.findings.append(finding)


def verify_all(folder: Path, *, since: date | None = None, noted: str = "", now: datetime) -> Verdict:
    """Judge every ticket's record and every checkpoint in ``folder``, from the day ``since`` on where it is given.

    ``noted`` is the digest of a checkpoint that was kept elsewhere, which one of them must bear.
    """
    verdict = Verdict()
    with closing(
        sqlite3.connect("")
    ) as shelf:  # a file that nobody else sees, and that ends with its connection
        stand = _read_checkpoints(verdict, shelf, _from(paths(folder), since), is_all=since is None)
        _judge_end(verdict, noted, now)
        _judge_tickets(verdict, shelf, stand)
    verdict.findings.sort(key=lambda found: (found.place, found.number, found.seq))
    return verdict


def _from(known: Sequence[Path], since: date | None) -> list[Path]:
    """Those from ``since`` on, and before them as many as it takes to know every ticket's state on that day."""
    if since is None:
        return list(known)
    later = [path for path in known if path.name[:10] >= since.isoformat()]
    month = since.strftime("%Y-%m")
    same = [path for path in known if path.name.startswith(month) and path not in later]
    return [*same, *later]


def _read_checkpoints(
    verdict: Verdict, shelf: sqlite3.Connection, files: list[Path], *, is_all: bool
) -> Stand:
    """Put what the files say on the shelf, and judge them as a chain."""
    shelf.execute(
        "CREATE TABLE entry (pk INTEGER, place INTEGER, number TEXT, seq INTEGER, head TEXT,"
        " PRIMARY KEY (pk, place)) WITHOUT ROWID"
    )
    complete: list[int] = []
    before: Checkpoint | None = None
    for place, path in enumerate(files):
        problem = ""
        reading = Reading(path)
        try:
            shelf.executemany(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
                ((entry.pk, place, entry.number, entry.seq, entry.head) for entry in reading),
            )
        except BadCheckpoint as bad:
            shelf.execute("DELETE FROM entry WHERE place = ?", [place])
            problem = str(bad)
        found = None if problem else reading.checkpoint
        verdict.checkpoints.append(found)
        if found is not None:
            is_first = place == 0 and not is_all
            problem = "" if is_first else _unchained(found, before, is_first=place == 0)
            is_next = place - 1 in complete[-1:] and not problem
            if found.is_whole or is_next:
                complete.append(place)
        if problem:
            verdict.add(Finding(place, "", 0, f"the checkpoint {path.name} {problem}"))
        before = found
    return Stand(verdict.checkpoints, complete)


def _unchained(found: Checkpoint, before: Checkpoint | None, *, is_first: bool) -> str:
    """Why a checkpoint does not follow the one before it; ``""`` where it does, or where that one cannot be read."""
    if before is None and not is_first:
        return ""
    expected, digest = (before.ordinal + 1, before.digest) if before else (1, "")
    if found.ordinal > expected:
        missing = found.ordinal - expected
        return f"has lost what was before it: {missing} of its forerunners {'is' if missing == 1 else 'are'} missing"
    if found.ordinal < expected or found.previous not in {digest, UNREADABLE}:
        return "does not follow the one before it: one of them was exchanged"
    return ""


def _judge_end(verdict: Verdict, noted: str, now: datetime) -> None:
    """What the files cannot tell of their own end."""
    known = [found for found in verdict.checkpoints if found is not None]
    if not verdict.checkpoints:
        verdict.warnings.append(
            "There is no checkpoint: a record cut short by somebody with the key, or a ticket removed, does not show."
        )
    elif known and now - known[-1].taken_at > LONGEST_GAP:
        verdict.warnings.append(
            f"The newest checkpoint is of {known[-1].day}: none was written since, or those were removed."
        )
    if noted and noted not in {found.digest for found in known}:
        verdict.warnings.append(
            f"No checkpoint has the digest {noted}: all were written anew, or that one is gone."
        )


def _judge_tickets(verdict: Verdict, shelf: sqlite3.Connection, stand: Stand) -> None:
    """Walk along the tickets and the shelf at once, by their keys."""
    last = 0
    for tickets in _tickets():
        top = tickets[-1].pk
        listed = _listed(shelf, last, top)
        events = _events_of(tickets)
        for ticket in tickets:
            entries, own = listed.pop(ticket.pk, []), events.get(ticket.pk, [])
            verdict.tickets += 1
            verdict.events += len(own)
            if any(_judged(ticket, own, entries, stand)):
                ticket, own = _again(ticket)  # noqa: PLW2901 -- as it stood at one instant
                for finding in _judged(ticket, own, entries, stand):
                    verdict.add(finding)
        for entries in listed.values():
            verdict.add(proof.gone(entries))
        last = top
    for entries in _rest(shelf, last):
        verdict.add(proof.gone(entries))


def _judged(
    ticket: Ticket, events: Sequence[TicketEvent], entries: Sequence[tuple[int, Entry]], stand: Stand
) -> Iterator[Finding]:
    facts = [Fact(event.seq, event.hash, event.recorded_at.astimezone(UTC)) for event in events]
    return proof.judged(ticket.number, facts, record.verify(ticket, events), entries, stand)


def _tickets() -> Iterator[list[Ticket]]:
    """All tickets, in the order of their keys, some at a time."""
    last = 0
    while found := list(Ticket.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield found
        last = found[-1].pk


def _events_of(tickets: Sequence[Ticket]) -> dict[int, list[TicketEvent]]:
    """The events of the tickets, by the ticket's key; files are fetched where there are some."""
    return {pk: list(same) for pk, same in groupby(sealed(tickets), key=lambda event: event.ticket_id)}


def _again(ticket: Ticket) -> tuple[Ticket, list[TicketEvent]]:
    """The ticket and its events as they stood at one instant: a verb in between looks like a fault otherwise.

    Read without a lock, so that it can be done where nothing can be written.
    """
    fresh, events = _read(ticket)
    for _ in range(TRIES):
        if Ticket.objects.filter(pk=fresh.pk, seq=fresh.seq, head=fresh.head).exists():
            break
        fresh, events = _read(ticket)
    return fresh, events


def _read(ticket: Ticket) -> tuple[Ticket, list[TicketEvent]]:
    fresh = Ticket.objects.get(pk=ticket.pk)
    return fresh, _events_of([fresh]).get(fresh.pk, [])


def _listed(shelf: sqlite3.Connection, after: int, top: int) -> dict[int, list[tuple[int, Entry]]]:
    rows = shelf.execute(
        "SELECT pk, number, seq, head, place FROM entry WHERE pk > ? AND pk <= ? ORDER BY pk, place",
        [after, top],
    )
    return {
        pk: [(row[4], Entry(*row[:4])) for row in same] for pk, same in groupby(rows, key=lambda row: row[0])
    }


def _rest(shelf: sqlite3.Connection, after: int) -> Iterator[list[tuple[int, Entry]]]:
    """What is listed beyond the last ticket that there is."""
    rows = shelf.execute(
        "SELECT pk, number, seq, head, place FROM entry WHERE pk > ? ORDER BY pk, place", [after]
    )
    for _, same in groupby(rows, key=lambda row: row[0]):
        yield [(row[4], Entry(*row[:4])) for row in same]
