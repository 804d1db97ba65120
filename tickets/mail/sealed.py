"""The message within an S/MIME envelope that is signed and not encrypted (RFC 5652, ``signed-data``).

Only as much of BER is read as leads to the content; the signature is not checked, and stays in the file.
"""

from __future__ import annotations

from dataclasses import dataclass

SEQUENCE, SET, OCTETS, OCTETS_IN_PIECES, EXPLICIT = 0x30, 0x31, 0x04, 0x24, 0xA0
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
MOST_PIECES = 100_000
# How many elements of unknown length may lie in each other where they are only passed.
MOST_LEVELS = 10


class _OtherError(Exception):
    """It is something else, or broken."""


@dataclass(frozen=True, slots=True)
class _Element:
    """Where the content of an element begins and ends; ``end`` is None where its end is marked instead."""

    tag: int
    start: int
    end: int | None


def signed_content(sealed: bytes) -> bytes | None:
    """What was signed: a message's part with its header. None for what is encrypted, broken or something else."""
    try:
        return _content(sealed)
    except (_OtherError, IndexError):
        return None


def _content(sealed: bytes) -> bytes:
    position = _named(sealed, _enter(sealed, 0, SEQUENCE), SIGNED_DATA)
    position = _enter(sealed, _enter(sealed, position, EXPLICIT), SEQUENCE)
    position = _after(sealed, _after(sealed, position))  # the version; the kinds of digest
    position = _named(sealed, _enter(sealed, position, SEQUENCE), DATA)
    octets = _element(sealed, _enter(sealed, position, EXPLICIT))
    if octets.tag == OCTETS and octets.end is not None:
        return sealed[octets.start : octets.end]
    if octets.tag != OCTETS_IN_PIECES:
        raise _OtherError
    return b"".join(_pieces(sealed, octets))


def _pieces(sealed: bytes, octets: _Element) -> list[bytes]:
    found: list[bytes] = []
    position = octets.start
    last = len(sealed) if octets.end is None else octets.end
    while position < last and len(found) < MOST_PIECES and sealed[position : position + 2] != b"\0\0":
        piece = _element(sealed, position)
        if piece.tag != OCTETS or piece.end is None:
            raise _OtherError
        found.append(sealed[piece.start : piece.end])
        position = piece.end
    return found


def _element(sealed: bytes, position: int) -> _Element:
    tag, length = sealed[position], sealed[position + 1]
    start = position + 2
    if length == 0x80:
        return _Element(tag, start, None)
    if length > 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(sealed[start : start + size]), start + size
    if start + length > len(sealed):
        raise _OtherError
    return _Element(tag, start, start + length)


def _enter(sealed: bytes, position: int, tag: int) -> int:
    element = _element(sealed, position)
    if element.tag != tag:
        raise _OtherError
    return element.start


def _named(sealed: bytes, position: int, name: bytes) -> int:
    if not sealed.startswith(name, position):
        raise _OtherError
    return position + len(name)


def _after(sealed: bytes, position: int, level: int = 0) -> int:
    """Where the element at ``position`` ends."""
    element = _element(sealed, position)
    if element.end is not None:
        return element.end
    if level > MOST_LEVELS:
        raise _OtherError
    position = element.start
    while sealed[position : position + 2] != b"\0\0":
        position = _after(sealed, position, level + 1)
    return position + 2
