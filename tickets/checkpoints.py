"""Checkpoints: files outside the database that say how far every ticket's record had come at one instant.

One file a day, ``2026-11-28.checkpoint.gz`` (docs/record.md), each sealed to the one before it. It lists the tickets
that are new or went on since that one; the first of a month lists all, so that none needs more than a month of others.
Only files are read and written here, a line at a time; nothing is ever overwritten.
"""

import gzip
import hashlib
import heapq
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from tickets.record import keyed, written

ENDING = ".checkpoint.gz"
NAMED = re.compile(r"(\d{4}-\d{2}-\d{2})" + re.escape(ENDING))
LONGEST_LINE = 1_000
UNREADABLE = "unreadable"


class BadCheckpoint(Exception):  # noqa: N818 -- of the file, not of the program
    """A file that is not as it was written; says why."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """That the ticket with this key and number had ``seq`` events, the last one with the hash ``head``."""

    pk: int
    number: str
    seq: int
    head: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file says of itself. ``previous`` is the digest of the one before it, ``""`` for the first.

    ``is_whole`` when it lists every ticket. ``digest`` stands for all of it, and through ``previous`` for all before.
    """

    ordinal: int
    taken_at: datetime
    previous: str
    is_whole: bool
    digest: str = ""

    @property
    def day(self) -> date:
        return self.taken_at.astimezone(UTC).date()


@dataclass(slots=True)
class Reading:
    """A file under the eye: its entries as they come; ``checkpoint`` is known when all have come."""

    path: Path
    checkpoint: Checkpoint | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[Entry]:
        """The entries, in the order of their keys. Raises ``BadCheckpoint`` where the file is not as it was written."""
        try:
            with gzip.open(self.path, "rb") as file:
                yield from self._entries(_lines(file))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as problem:
            raise BadCheckpoint(f"cannot be read ({problem})") from problem

    def _entries(self, lines: Iterator[bytes]) -> Iterator[Entry]:
        first = next(lines, b"")
        found, last = hashlib.sha256(first), 0
        for line in lines:
            if line.startswith(b"{"):
                self.checkpoint = _judged(self.path, json.loads(first), json.loads(line), found.hexdigest())
                break
            found.update(line)
            pk, number, seq, head = line.decode("ascii").split()
            if int(pk) <= last:
                raise BadCheckpoint("is not in order")
            last = int(pk)
            yield Entry(last, number, int(seq), head)
        if self.checkpoint is None:
            raise BadCheckpoint("is cut off")
        if next(lines, b""):
            raise BadCheckpoint("goes on after its end")


def paths(folder: Path) -> list[Path]:
    """The files of the checkpoints, oldest first; ``[]`` where there is none."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if NAMED.fullmatch(path.name))


def path_of(folder: Path, taken_at: datetime) -> Path:
    """Where the checkpoint of the day of ``taken_at`` (in UTC) stands."""
    return folder / f"{taken_at.astimezone(UTC).date()}{ENDING}"


def read(path: Path) -> Checkpoint:
    """What a file says, once all of it has been read. Raises ``BadCheckpoint``."""
    reading = Reading(path)
    for _ in reading:
        pass
    if reading.checkpoint is None:
        raise BadCheckpoint("is cut off")
    return reading.checkpoint


def write(folder: Path, taken_at: datetime, heads: Iterable[Entry]) -> Path | None:
    """Write the checkpoint of the day: ``heads`` are those of all tickets, in the order of their keys.

    ``None`` where the day has its file already. The file is whole on the disk before it bears its name.
    """
    path = path_of(folder, taken_at)
    if path.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    before = [known for known in paths(folder) if known.name < path.name]
    base = _base(before, taken_at)
    ordinal, previous = _next_after(before)
    checkpoint = Checkpoint(ordinal, taken_at, previous, is_whole=base is None)
    listed = heads if base is None else _news(heads, _together(base))
    draft = folder / f".{path.name}.{uuid4().hex}"
    try:
        with draft.open("xb") as raw:
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file:
                _write(file, checkpoint, listed)
            raw.flush()
            os.fsync(raw.fileno())
        draft.chmod(0o440)
        try:
            os.link(draft, path)  # unlike a renaming it never takes the place of another
        except FileExistsError:
            return None
        _sync_folder(folder)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _write(file: gzip.GzipFile, checkpoint: Checkpoint, entries: Iterable[Entry]) -> None:
    first = _line(
        {
            "checkpoint": checkpoint.ordinal,
            "taken_at": written(checkpoint.taken_at),
            "previous": checkpoint.previous,
            "whole": checkpoint.is_whole,
        }
    )
    found, count = hashlib.sha256(first), 0
    file.write(first)
    for entry in entries:
        line = f"{entry.pk} {entry.number} {entry.seq} {entry.head}\n".encode("ascii")
        found.update(line)
        file.write(line)
        count += 1
    digest = found.hexdigest()
    file.write(_line({"entries": count, "digest": digest, "seal": _seal(digest)}))


def _judged(path: Path, first: dict[str, object], last: dict[str, object], digest: str) -> Checkpoint:
    """The checkpoint of a file whose lines come to ``digest``."""
    if last["digest"] != digest:
        raise BadCheckpoint("was altered")
    if last["seal"] != _seal(digest):
        raise BadCheckpoint("was written by somebody without the key of the record")
    checkpoint = Checkpoint(
        ordinal=int(str(first["checkpoint"])),
        taken_at=datetime.fromisoformat(str(first["taken_at"])),
        previous=str(first["previous"]),
        is_whole=bool(first["whole"]),
        digest=digest,
    )
    if path_of(path.parent, checkpoint.taken_at) != path:
        raise BadCheckpoint(f"bears another day's name: it is of {checkpoint.day}")
    return checkpoint


def _base(before: list[Path], taken_at: datetime) -> list[Path] | None:
    """The files that say how far every ticket had come; ``None`` where a whole one is to be written."""
    month = f"{taken_at.astimezone(UTC):%Y-%m}"
    base = [path for path in before if path.name.startswith(month)]
    try:
        known = [read(path) for path in base]
    except BadCheckpoint:
        return None
    return base if known and known[0].is_whole else None


def _next_after(before: list[Path]) -> tuple[int, str]:
    """The ordinal of the next one, and what it is sealed to."""
    for distance, path in enumerate(reversed(before), start=1):
        try:
            last = read(path)
        except BadCheckpoint:
            continue
        return last.ordinal + distance, last.digest if distance == 1 else UNREADABLE
    return len(before) + 1, UNREADABLE if before else ""


def _together(base: list[Path]) -> Iterator[Entry]:
    """The last word of the files on each ticket, in the order of their keys."""
    streams = [_placed(path, place) for place, path in enumerate(base)]
    merged = heapq.merge(*streams, key=lambda found: found[:2])
    for _, same in groupby(merged, key=lambda found: found[0]):
        *_, (_, _, entry) = same
        yield entry


def _placed(path: Path, place: int) -> Iterator[tuple[int, int, Entry]]:
    return ((entry.pk, place, entry) for entry in Reading(path))


def _news(heads: Iterable[Entry], known: Iterator[Entry]) -> Iterator[Entry]:
    """Those of ``heads`` that ``known`` lacks or has otherwise."""
    old = next(known, None)
    for entry in heads:
        while old is not None and old.pk < entry.pk:
            old = next(known, None)
        if old != entry:
            yield entry


def _seal(digest: str) -> str:
    return keyed(b"checkpoint", digest.encode())


def _line(content: dict[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _lines(file: gzip.GzipFile) -> Iterator[bytes]:
    """The lines; of one that is longer than any that is written, only its beginning."""
    return iter(lambda: file.readline(LONGEST_LINE), b"")


def _sync_folder(folder: Path) -> None:
    """The name, too, is to outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
