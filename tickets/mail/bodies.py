"""What a part holds: its bytes out of the transfer encoding, its text out of the charset and out of wrapped lines."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from tickets.mail.charsets import decode
from tickets.mail.damage import Damage
from tickets.mail.words import from_base64

# Letters of the names alone: programs write "7-bit", "BASE 64", "quoted_printable".
PLAIN = {"", "7bit", "8bit", "binary", "none", "8bits", "7bits"}
UU = {"uuencode", "xuuencode", "uue", "xuue"}
# What stands after the end of base64 and is none: the footer that a list wrote below.
BELOW_BASE64 = re.compile(rb"=[ \t]*\r*\n\s*(?=\S*[^A-Za-z0-9+/=\s])(.+)", re.DOTALL)
# A first line that has a space between words, or a sign that base64 has not.
NOT_BASE64_LINE = re.compile(rb"\s*+[A-Za-z0-9+/]*+(?:[^A-Za-z0-9+/=\s]| +[A-Za-z0-9+/])")
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"
WORDS = re.compile(rb"[^\s] +[^\s]")
# White space that a server put behind the sign of a broken line; RFC 2045 has it taken away.
SPACED_BREAK = re.compile(rb"(=)[ \t]{1,80}(?=\r?\n)")
QUOTED_LINE = re.compile(rb"\s*+[A-Za-z0-9+/]*+(?:=[0-9A-F]{2}){2}")
UU_BEGIN = re.compile(
    rb"^begin[ -](?:base64 )?[0-7]{3,4} {1,20}([^\r\n]{1,300}?)[ \t]{0,20}\r?$", re.MULTILINE
)
DECLARED_IN_HTML = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
NOT_TEXT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(55296, 57344)))


def from_transfer(content: bytes, encoding: str, damage: Damage, *, is_text: bool = False) -> bytes:
    """``content`` as it was before it was made fit for transfer; what no program knows is taken as it stands."""
    name = re.sub(r"[^a-z0-9]", "", encoding.lower().partition(";")[0])
    if name == "base64":
        return _from_base64(content, damage, is_text=is_text)
    if name in {"quotedprintable", "qp"}:
        return binascii.a2b_qp(SPACED_BREAK.sub(rb"\1", content))
    if name in UU:
        files = list(uuencoded(content))
        return files[0][1] if files else content
    if name not in PLAIN:
        damage.say(f"Unknown transfer encoding: {encoding}.")
    return content


def _from_base64(content: bytes, damage: Damage, *, is_text: bool) -> bytes:
    if is_text and QUOTED_LINE.match(content):
        damage.say("The text is not base64 as it says, but quoted-printable.")
        return binascii.a2b_qp(content)
    if is_text and NOT_BASE64_LINE.match(content):
        if _is_base64_with_rubbish(content):
            damage.say("Among the encoded text stand characters that do not belong there; they are left out.")
            return from_base64(content)
        damage.say("The text is not base64 as it says.")
        return content
    below = BELOW_BASE64.search(content) if is_text else None
    if below is None:
        return from_base64(content)
    damage.say("Below the encoded text stands other text.")
    return from_base64(content[: below.start() + 1]) + b"\n" + below[1]


def _is_base64_with_rubbish(content: bytes) -> bool:
    """Whether it is one long word of the letters of base64 with a few others among them, which RFC 2045 ignores."""
    rubbish = len(content.translate(None, BASE64))
    return 16 <= len(content.strip()) >= 5 * rubbish and not WORDS.search(content[:400])


def to_text(content: bytes, charset: str, damage: Damage, *, is_html: bool = False) -> str:
    """The text of ``content``, its lines ended by a line feed, without control characters.

    HTML may name its charset itself, where its part does not.
    """
    if is_html and not charset and (found := DECLARED_IN_HTML.search(content[:4000])):
        inside = found[1].decode("ascii", "replace")
        # What is written in single bytes cannot be UTF-16, whatever it says.
        charset = "" if inside.lower().startswith("utf-16") else inside
    return tidy(decode(content, charset, damage))


def tidy(text: str) -> str:
    """``text`` with a line feed alone at the ends of lines and without what no page and no database can hold."""
    lines = (
        re.sub(r"(?<!\r)\r*\n", "\n", text).replace("\r", "\n").replace("\u2028", "\n").replace("\x0c", "\n")
    )
    return lines.translate(NOT_TEXT).removeprefix("\ufeff")


def unwrapped(text: str, *, deletes_space: bool) -> str:
    """A ``format=flowed`` text (RFC 3676) with its paragraphs in one line each; quoting depth kept."""
    found: list[list[str]] = []
    flows = False
    depth_before = 0
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        bare = line[depth:].removeprefix(" ")
        if flows and depth == depth_before and bare != "-- ":
            found[-1].append(bare)
        else:
            found.append([">" * depth + (" " if depth and bare else ""), bare])
        flows = bare.endswith(" ") and bare != "-- "
        if flows and deletes_space:
            found[-1][-1] = bare[:-1]
        depth_before = depth
    return "\n".join("".join(pieces) for pieces in found)


def uuencoded(content: bytes) -> Iterator[tuple[str, bytes, int, int]]:
    """Each file written into ``content`` by uuencode: its name, its bytes, where it begins and ends."""
    position = 0
    while begin := UU_BEGIN.search(content, position):
        lines, position = [], begin.end() + 1
        is_ended = False
        while position < len(content) and not is_ended:
            end = content.find(b"\n", position)
            line = content[position : end if end >= 0 else len(content)].rstrip(b"\r\n")
            decoded = _uu_line(line)
            is_ended = line == b"end"
            if decoded is None and not is_ended:
                break
            lines.append(decoded or b"")
            position = end + 1 if end >= 0 else len(content)
        if is_ended or any(lines):
            yield begin[1].decode("utf-8", "replace"), b"".join(lines), begin.start(), position


def _uu_line(line: bytes) -> bytes | None:
    if not line.strip() or line == b"`":
        return b""
    if line == b"end":
        return None
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass  # Taken by its stated length below.
    length = (
        ((line[0] - 32) & 63) * 4 + 5
    ) // 3  # some encoders count wrongly; so does the standard library say
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return None
