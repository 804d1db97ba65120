"""Parameters of ``Content-Type`` and ``Content-Disposition`` (RFC 2045, 2231), with what programs write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from tickets.mail.charsets import decode
from tickets.mail.damage import Damage
from tickets.mail.words import decode_header

PARAMETER = re.compile(
    rb"""\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]++|\\.)*+)"?|'([^';]*+)'(?=\s*(?:;|\Z))|([^;]*+))[^;]*+(?:;|\Z)""",
    re.DOTALL,
)
CONTINUED = re.compile(r"(.+?)\*(\d{1,4})(\*?)")
# The type or kind: up to the first semicolon, or what some programs write in its place. A parameter is none.
MAIN = re.compile(rb"\s*([^\s;,=/]{1,100}(?:\s*/\s*[^\s;,=]{1,100})?)(?:[\s;,]+|\Z)")
ESCAPED = re.compile(rb"\\([\"\\])")
# A comment behind the extension of a name that has no quotation marks.
BEHIND = re.compile(rb"(?<=[.]\w\w\w) \([^()]{0,200}\)\Z|(?<=[.]\w\w\w\w) \([^()]{0,200}\)\Z")
MOST_PARAMETERS = 200


@dataclass(slots=True)
class Value:
    """A field's first word in lower case, and its parameters by lower-case name, decoded."""

    main: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    # A boundary is no text: it stands below in the very same bytes.
    boundary: bytes = b""

    def get(self, name: str) -> str:
        """The parameter, or ``""``."""
        return self.parameters.get(name, "")


def read_value(raw: bytes, damage: Damage, hint: str = "") -> Value:
    """``raw`` apart; pieces of one parameter (``name*0*=``) are put together in the order of their numbers."""
    first = MAIN.match(raw)
    main, rest = (first[1], raw[first.end() :]) if first else (b"", raw)
    found = Value(b"".join(main.split()).decode("ascii", "replace").strip(" \t\"'").lower())
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, value in _parameters(rest):
        continued = CONTINUED.fullmatch(name)
        if continued:
            pieces.setdefault(continued[1], {})[int(continued[2])] = value, bool(continued[3])
        elif name.endswith("*"):
            pieces.setdefault(name[:-1], {}).setdefault(0, (value, True))
        else:
            found.parameters.setdefault(name, decode_header(value, damage, hint))
            found.boundary = value.rstrip() if name == "boundary" and not found.boundary else found.boundary
    for name, numbered in pieces.items():
        found.parameters[name] = _joined([numbered[n] for n in sorted(numbered)], damage, hint)
    return found


def _parameters(rest: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    position = 0
    while position < len(rest) and len(found) < MOST_PARAMETERS:
        match = PARAMETER.match(rest, position)
        if not match:
            end = rest.find(b";", position)
            position = end + 1 if end >= 0 else len(rest)
            continue
        quoted, other, bare = match[2], match[3], match[4]
        unquoted = (bare if other is None else other) or b""
        value = BEHIND.sub(b"", unquoted.strip()) if quoted is None else ESCAPED.sub(rb"\1", quoted)
        found.append((match[1].decode("ascii", "replace").lower(), value))
        position = match.end()
    return found


def _joined(pieces: list[tuple[bytes, bool]], damage: Damage, hint: str) -> str:
    first, is_encoded = pieces[0]
    named = ""
    if is_encoded and first.count(b"'") >= 2:
        charset, _, first = first.split(b"'", 2)
        named = charset.decode("ascii", "replace")
    if not any(encoded for _, encoded in pieces):
        return decode_header(b"".join(piece for piece, _ in pieces), damage, hint)
    content = unquote_to_bytes(first) if is_encoded else first
    content += b"".join(unquote_to_bytes(piece) if encoded else piece for piece, encoded in pieces[1:])
    return decode(content, named or "utf-8", damage, hints=(hint,))
