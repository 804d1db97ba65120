"""The header of a message or part, as bytes: where it ends, and its fields, broken ones included.

A field may be folded in any way; lines that are no field are a broken fold if fields follow them, else the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tickets.mail.limits import MOST_FIELD_BYTES

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# Fields that tell a header from a text whose first line has a colon.
KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|message-id|received|return-path|reply-to|sender|in-reply-to|references|"
    rb"mime-version|content-[a-z-]+|delivered-to|auto-submitted|precedence|list-[a-z-]+|x-[a-z0-9-]+|dkim-signature|"
    rb"authentication-results|arc-[a-z-]+|envelope-to|importance|priority|user-agent)[ \t]*:",
    re.IGNORECASE,
)
# ``From :`` is the sender's field, as servers read it.
ENVELOPE_LINE = re.compile(rb">?From (?![ \t]*:)[^\n]{0,1000}\n")
LINE_END = re.compile(rb"\r*\n")
EMPTY_LINE = re.compile(rb"\n\r*\n")
# How many lines below one that is no field are asked whether the header goes on.
LOOK_AHEAD = 3


@dataclass(slots=True)
class Header:
    """The fields of a header in order, each its lower-case name and its unfolded bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    # Whether one field alone is longer than any may be.
    is_too_long: bool = False

    def all(self, name: str) -> list[bytes]:
        """The values of every field of this name, the topmost first."""
        return [value for found, value in self.fields if found == name]

    def first(self, name: str) -> bytes:
        """The topmost value, or nothing."""
        return next((value for found, value in self.fields if found == name), b"")


def with_line_feeds(raw: bytes) -> bytes:
    """A message whose lines end in CR alone, with LF; all others as they are."""
    return raw if b"\n" in raw or b"\r" not in raw else raw.replace(b"\r", b"\n")


def start_of(raw: bytes) -> int:
    """Where the header begins: after a byte order mark, empty lines and the ``From`` line of a mailbox file."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while (line := LINE_END.match(raw, start)) or (line := ENVELOPE_LINE.match(raw, start)):
        start = line.end()
    # Empty lines alone are no header: what follows them is then a body.
    return start if FIELD.match(raw, start) else (3 if raw.startswith(b"\xef\xbb\xbf") else 0)


def header_end(raw: bytes, start: int = 0, end: int | None = None) -> int:
    """Where the first empty line from ``start`` ends; ``end``, or that of ``raw``, without one."""
    last = len(raw) if end is None else end
    if line := LINE_END.match(raw, start, last):
        return line.end()
    found = EMPTY_LINE.search(raw, start, last)
    return found.end() if found else last


def whole_lines(raw: bytes, start: int, end: int, most: int) -> bytes:
    """``raw`` from ``start`` to ``end``, of more than ``most`` bytes only the lines that are whole."""
    if end - start <= most:
        return raw[start:end]
    last = raw.rfind(b"\n", start, start + most)
    return raw[start : last + 1] if last >= start else raw[start : start + most]


def split(block: bytes) -> tuple[Header, int]:
    """The fields of ``block``, a header with its empty line, and where the body begins within it.

    That is the end of ``block``, unless the empty line between header and body is missing.
    """
    header, lines = Header(), block.split(b"\n")
    position = 0
    pieces: list[bytes] = []
    for number, line in enumerate(lines):
        bare = line.rstrip(b"\r")
        if FIELD.match(bare):
            _close(header, pieces)
            pieces.append(bare)
        elif bare.strip():
            if not _is_fold(bare, pieces) and not _goes_on(lines, number):
                header.damage.append("There is no empty line between header and text.")
                _close(header, pieces)
                return header, position
            if not _is_fold(bare, pieces):
                header.damage.append("A line of the header is broken.")
            pieces.append(bare)
        position += len(line) + 1
    _close(header, pieces)
    return header, len(block)


def _is_fold(line: bytes, pieces: list[bytes]) -> bool:
    return line[:1] in b" \t" and bool(pieces)


def _goes_on(lines: list[bytes], number: int) -> bool:
    return any(KNOWN.match(line) for line in lines[number + 1 : number + 1 + LOOK_AHEAD])


def _close(header: Header, pieces: list[bytes]) -> None:
    if not pieces:
        return
    if sum(map(len, pieces)) > MOST_FIELD_BYTES:
        header.is_too_long = True
    elif named := FIELD.match(pieces[0]):
        joined = b" ".join([pieces[0][named.end() :].strip(), *(piece.strip() for piece in pieces[1:])])
        header.fields.append((named[1].decode("ascii").lower(), joined.strip()))
    pieces.clear()
