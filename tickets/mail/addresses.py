"""Addresses in header fields: read before any decoding, so that an encoded name cannot pose as an address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tickets.mail.damage import Damage
from tickets.mail.words import decode_header
from tickets.mail_read import Address

NO_SIGN = r'\s<>,;:"()\[\]@\x00-\x1f\x7f'
# From the beginning of a word only: what is no address is gone through once.
BARE = re.compile(
    rf'(?:"(?:[^"\\]|\\.){{1,100}}"|(?<![^{NO_SIGN}])[^{NO_SIGN}]{{1,256}})@[^\s<>,;"()@\x00-\x1f\x7f]{{1,256}}'
)
AROUND_SIGNS = re.compile(r"\s*([.@])\s*")
ID = re.compile(r"<([^<>]{1,995})>")
MOST_NESTED_COMMENTS = 50
MOST_ADDRESS = 600
LATIN = "latin-1"  # keeps every byte while the structure is read


@dataclass(slots=True)
class _Mailbox:
    """What has been read of one mailbox so far."""

    text: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    # A piece before a comma that was no address: the surname of ``Doe, Jane <jane@…>`` without quotes.
    carried: str = ""


def read_addresses(values: Iterable[bytes], damage: Damage, hint: str = "") -> list[Address]:
    """All addresses of the fields ``values``, in order; what has no ``@`` is none."""
    found: list[Address] = []
    for value in values:
        of_this = _Reader(value, damage, hint).read()
        if not of_this and b"=?" in value:
            # Some programs encode the whole field, its address included.
            whole = decode_header(value, damage, hint)
            of_this = _Reader(whole.encode(), damage, "utf-8").read() if "@" in whole else []
            if of_this:
                damage.say("An address was encoded as if it were a name.")
        found += of_this
    return found


def read_ids(values: Iterable[bytes], damage: Damage) -> list[str]:
    """Message ids with their angle brackets, each once, also where the sender left the brackets out."""
    found: dict[str, None] = {}
    for value in values:
        text = decode_header(value, damage)
        ids = ["".join(one.split()) for one in ID.findall(text)] or [
            word for word in text.split() if "@" in word
        ]
        for one in ids:
            if bare := one.strip("<>,;"):
                found[f"<{bare}>"] = None
    return list(found)


def normal_address(raw: str) -> str:
    """Lower case, without route and white space, the domain in ASCII; ``""`` for what is not one address and no more.

    What another program might read as another address is none: the receiving server judged the one that it read.
    """
    text = AROUND_SIGNS.sub(r"\1", raw.strip().strip("<>").strip()[:MOST_ADDRESS])
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if text.startswith("'") and text.endswith("'"):
        text = text[1:-1]
    match = BARE.fullmatch(text)
    if not match or not text.isprintable():
        return ""
    local, _, domain = match[0].rpartition("@")
    if not local or not domain.strip("."):
        return ""
    # Of other alphabets capitals are kept: the small form of some is a Latin letter, and so another person's address.
    small = local.lower() if local.isascii() else local
    return f"{small}@{_ascii(domain.rstrip('.').lower())}"


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


class _Reader:
    """Goes through one field once, character by character."""

    def __init__(self, value: bytes, damage: Damage, hint: str) -> None:
        self.text = value.decode(LATIN)
        self.position = 0
        self.damage, self.hint = damage, hint
        self.found: list[Address] = []
        self.box = _Mailbox()
        # What was looked for in vain is not looked for again: a field may have ten thousand beginnings.
        self.missing: set[str] = set()

    def read(self) -> list[Address]:
        special = {'"': self._quoted, "(": self._comment, "<": self._angle, ",": self._comma}
        special |= {";": self._semicolon, ":": self._colon}
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if step := special.get(character):
                step()
            else:
                self.box.text.append(character)
        self._end()
        return self.found

    def _quoted(self) -> None:
        kept, at = ['"'], self.position
        while at < len(self.text) and '"' not in self.missing:
            character = self.text[at]
            if character == "\\" and at + 1 < len(self.text):
                kept += [character, self.text[at + 1]]
                at += 2
                continue
            kept.append(character)
            at += 1
            if character == '"':
                self.box.text += kept
                self.position = at
                return
        # Without an end it is no quotation: read as if the mark were not there.
        self.missing.add('"')
        self.box.text.append(" ")

    def _comment(self) -> None:
        depth, kept = 1, []
        while self.position < len(self.text) and depth:
            character = self.text[self.position]
            self.position += 1
            depth += (character == "(") - (character == ")")
            if depth and depth < MOST_NESTED_COMMENTS:
                kept.append(character)
        self.box.comments.append("".join(kept))

    def _angle(self) -> None:
        if self.box.angle is not None:
            self._end()
        end = -1 if ">" in self.missing else self.text.find(">", self.position)
        if end < 0:
            self.missing.add(">")
            comma = self.text.find(",", self.position)
            end = comma if comma >= 0 else len(self.text)
        self.box.angle = self.text[self.position : end]
        self.position = end + 1 if self.text[end : end + 1] == ">" else end

    def _comma(self) -> None:
        name = "".join(self.box.text).strip()
        if self.box.angle is None and "@" not in name and name:
            self.box = _Mailbox(carried=f"{self.box.carried}{name}, ")
        else:
            self._end()

    def _semicolon(self) -> None:
        self._end()

    def _colon(self) -> None:
        # The name of a group; it is no part of an address.
        if "@" not in "".join(self.box.text):
            self.box = _Mailbox()
        else:
            self.box.text.append(":")

    def _end(self) -> None:
        box, self.box = self.box, _Mailbox()
        text = "".join(box.text).strip()
        if box.angle is not None and "@" in box.angle:
            self._add(box.angle, box.carried + text, box)
            return
        rest, matches = BARE.sub(" ", text), BARE.findall(text)
        if "@" in rest or (not matches and "@" in text):
            self._add("", "", box)
        elif len(matches) == 1:
            self._add(matches[0], box.carried + rest, box)
        else:
            for email in matches:
                self._add(email, "", box)

    def _add(self, email: str, name: str, box: _Mailbox) -> None:
        if not name.strip(" ,\"'") and box.comments:
            name = " ".join(box.comments)
        address = normal_address(self._raw(email).decode("utf-8", "replace"))
        if address:
            self.found.append(Address(email=address, name=self._name(name)))
        else:
            self.damage.say("What stands for an address is none.")

    def _name(self, text: str) -> str:
        plain = re.sub(r"\\(.)", r"\1", text.replace('\\"', "\0").replace('"', "").replace("\0", '"'))
        return decode_header(self._raw(plain), self.damage, self.hint).strip(" ,'")

    @staticmethod
    def _raw(text: str) -> bytes:
        return text.encode(LATIN, "replace")
