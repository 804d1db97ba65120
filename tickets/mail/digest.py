"""What makes two copies of a message the same: what its author made, not what servers on the way put above it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tickets.mail.fields import Header

CHUNK = 1024 * 1024
OF_THE_AUTHOR = ("message-id", "from", "date", "subject")


def digest(header: Header, raw: bytes, body: int) -> str:
    """SHA-256 over the author's fields and ``raw`` from ``body`` on, however lines end and fields are folded.

    Without a Message-ID it is the rest alone. Empty lines at the end are not counted: pipes and mailbox files add them.
    """
    found = hashlib.sha256()
    for name in OF_THE_AUTHOR:
        for value in header.all(name):
            found.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    found.update(b"\n")
    for chunk in _chunks(raw, body, _end_of_text(raw, body)):
        found.update(chunk.replace(b"\r\n", b"\n"))
    return found.hexdigest()


def _chunks(raw: bytes, start: int, last: int) -> Iterator[bytes]:
    """Piece by piece, so that a large message is not held twice; none ends between CR and LF."""
    while start < last:
        end = min(start + CHUNK, last)
        if raw[end - 1 : end + 1] == b"\r\n" and end < last:
            end += 1
        yield raw[start:end]
        start = end


def _end_of_text(raw: bytes, start: int) -> int:
    """Where the empty lines at the end begin."""
    end = len(raw)
    while end > start:
        chunk = raw[max(start, end - CHUNK) : end]
        kept = len(chunk.rstrip(b"\r\n"))
        end -= len(chunk) - kept
        if kept:
            break
    return end
