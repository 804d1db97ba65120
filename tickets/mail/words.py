"""Encoded words in headers (RFC 2047), in every broken form that mail programs send."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.mail.charsets import decode, guess
from tickets.mail.damage import Damage

NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
MOST_CHARSET = 60


@dataclass(slots=True)
class Word:
    """Text as it stands (``charset`` None), or the bytes of an encoded word."""

    content: bytes
    charset: str | None


def decode_header(value: bytes, damage: Damage, hint: str = "") -> str:
    """One line of text from the bytes of a field: encoded words, raw bytes of any charset, or both.

    ``hint`` is the charset of the body, which raw bytes are likely to be in.
    """
    found: list[str] = []
    previous: Word | None = None
    for word in _joined(_words(value)):
        if word.charset is None:
            text = decode(word.content, guess(word.content, (hint,)), damage)
            # White space between two encoded words is no part of the text.
            is_between = previous is not None and previous.charset is not None and not text.strip()
            found.append("" if is_between else text)
        else:
            if previous is not None and previous.charset is None and found[-1] == "":
                found.pop()
            found.append(decode(word.content, word.charset, damage, hints=(hint,)))
        previous = word
    return one_line("".join(found))


def one_line(text: str) -> str:
    """``text`` without control characters and surrogates, every run of white space one space."""
    cleaned = (
        c if c.isprintable() or c in "\u200c\u200d" else " " if c.isspace() or c < " " else "" for c in text
    )
    return " ".join("".join(cleaned).split())


def _words(value: bytes) -> Iterator[Word]:
    """Linear: each ``=?`` is looked at once, and where no ``?=`` follows, none is looked for again."""
    position = 0
    while (start := value.find(b"=?", position)) >= 0:
        found = _word_at(value, start)
        if found is None:
            yield Word(value[position : start + 2], None)
            position = start + 2
            continue
        word, end = found
        if start > position:
            yield Word(value[position:start], None)
        yield word
        position = end
    if position < len(value):
        yield Word(value[position:], None)


def _word_at(value: bytes, start: int) -> tuple[Word, int] | None:
    middle = value.find(b"?", start + 2, start + 2 + MOST_CHARSET)
    if (
        middle < 0
        or value[middle + 1 : middle + 2].upper() not in {b"B", b"Q"}
        or value[middle + 2 : middle + 3] != b"?"
    ):
        return None
    name = value[start + 2 : middle].decode("ascii", "replace").partition("*")[0].strip()
    end = value.find(b"?=", middle + 3)
    if end == middle + 3 and value[middle + 3 : middle + 6] == b"?=?":  # an only "?" that was not encoded
        end += 1
    text = value[middle + 3 : end] if end >= 0 else value[middle + 3 :].removesuffix(b"?")
    if value[middle + 1 : middle + 2].upper() == b"B":
        content = from_base64(text)
    else:
        content = QUOTED.sub(lambda found: bytes([int(found[1], 16)]), text.replace(b"_", b" "))
    return Word(content, name), end + 2 if end >= 0 else len(value)


def _joined(words: Iterator[Word]) -> Iterator[Word]:
    """Neighbours in one charset are one text: a character may be cut between them."""
    kept: list[Word] = []
    for word in words:
        if kept and word.charset is not None:
            gap = len(kept) > 1 and kept[-1].charset is None and not kept[-1].content.strip()
            before = kept[-2] if gap else kept[-1]
            if before.charset is not None and before.charset.lower() == word.charset.lower():
                before.content += word.content
                if gap:
                    kept.pop()
                continue
        kept.append(word)
        if len(kept) > 2:
            yield kept.pop(0)
    yield from kept


def from_base64(text: bytes) -> bytes:
    """What can be read of ``text``: padding may be missing or stand in the middle, other characters are left out."""
    clean = text.translate(None, NOT_BASE64)
    if b"=" in clean.rstrip(b"="):
        return b"".join(_unpadded(piece) for piece in clean.split(b"=") if piece)
    return _unpadded(clean.rstrip(b"="))


def _unpadded(clean: bytes) -> bytes:
    whole = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
