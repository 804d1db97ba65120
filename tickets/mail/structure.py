"""The parts of a message: which are its text, which are files; whatever is broken, every byte lands in one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tickets.mail import fields, limits
from tickets.mail.bodies import from_transfer, to_text, unwrapped, uuencoded
from tickets.mail.damage import Damage
from tickets.mail.fields import Header
from tickets.mail.parameters import Value, read_value
from tickets.mail.sealed import signed_content
from tickets.mail.words import decode_header
from tickets.mail_read import Limit

MESSAGES = {"message/rfc822", "message/global", "message/news"}
RETURNED = {*MESSAGES, "text/rfc822-headers", "message/global-headers"}
STATUSES = {"message/delivery-status", "message/global-delivery-status"}
RECEIPTS = {"message/disposition-notification", "message/global-disposition-notification"}
WRITTEN = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"}
# Other ways of showing the same text, which no page of ours shows.
SHOWN_ELSEWHERE = {"text/x-amp-html", "text/watch-html"}
SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
# The first line of a part, where the boundary is not the one that the header names.
LIKELY_BOUNDARY = re.compile(
    rb"(?<![^\n])--([^\s][^\r\n]{0,199}?)[ \t]*\r*\n(?:Content-[A-Za-z-]{2,40}):", re.IGNORECASE
)
LIKELY_WITHIN = 100_000
# As Exchange calls text between files.
NUMBERED = re.compile(r"ATT\d{3,6}\.(?:txt|html?)", re.IGNORECASE)
# A whole page where a text was said to be.
HTML_PAGE = re.compile(
    rb"\s{0,100}(?:<!doctype html\b[^<>]{0,200}>\s{0,100})?<html[\s>].*</(?:body|html)>\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
SAYS_NOTHING = {"", "message", "mail", "email", "attachment", "noname", "unnamed", "untitled", "att", "part",
                "attachedmessage", "attachedmessagepart", "forwardedmessage", "originalmessage"}  # fmt: skip
WRITTEN_PICTURE = re.compile(r"base64,[^\"'<>]{100,}")
ENRICHED_TAG = re.compile(r"<(?!<)[^<>]{0,80}>")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a message, one after the other: plain, HTML, or both ways of saying the same."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A part that is no text of the message; the name is the sender's, ``""`` without one."""

    name: str
    content: bytes
    content_type: str
    content_id: str = ""


@dataclass(slots=True)
class Structure:
    """All that was found. ``statuses``, ``receipts`` and ``returned`` are contents of parts of a report."""

    content_type: str = "text/plain"
    pieces: Sequence[Piece] = ()
    files: list[File] = field(default_factory=list)
    statuses: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    returned: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part is: its bytes, the level, and what its container says of it."""

    start: int
    end: int
    level: int
    default: str = "text/plain"
    container: str = ""


def read_structure(raw: bytes, header: Header, body: int, damage: Damage) -> Structure:
    """The parts of ``raw``, whose ``header`` ends at ``body``; raises ``BeyondLimitError``."""
    walk = _Walk(raw, damage, body)
    walk.found.pieces = walk.content(header, _Place(body, len(raw), 1))
    return walk.found


class _Walk:
    """Goes down through the parts, counting."""

    def __init__(self, raw: bytes, damage: Damage, header_bytes: int) -> None:
        self.raw, self.damage = raw, damage
        self.found = Structure()
        self.parts = 0
        self.header_bytes = header_bytes

    def part(self, place: _Place) -> list[Piece]:
        """The text of the part at ``place``; its files are noted."""
        self.parts += 1
        if self.parts > limits.MOST_PARTS:
            raise limits.BeyondLimitError(Limit.PARTS)
        if place.level > limits.MOST_LEVELS:
            raise limits.BeyondLimitError(Limit.DEPTH)
        header, body = self._header(place)
        return self.content(header, _Place(body, place.end, place.level, place.default, place.container))

    def _header(self, place: _Place) -> tuple[Header, int]:
        if not fields.FIELD.match(self.raw, place.start, place.end):
            empty = fields.LINE_END.match(self.raw, place.start, place.end)
            return Header(), empty.end() if empty else place.start
        left = max(0, limits.MOST_HEADER_BYTES - self.header_bytes)
        end = fields.header_end(self.raw, place.start, place.end)
        block = fields.whole_lines(self.raw, place.start, end, left)
        header, length = fields.split(block)
        self.header_bytes += length
        is_beyond = length == len(block) and end - place.start > left
        if header.is_too_long or is_beyond:
            raise limits.BeyondLimitError(Limit.HEADERS)
        for problem in header.damage:
            self.damage.say(problem)
        return header, place.start + length

    def content(self, header: Header, place: _Place) -> list[Piece]:
        """What the part with this header holds."""
        value = read_value(header.first("content-type"), self.damage)
        kind = _kind(value, place.default)
        if place.level == 1:
            self.found.content_type = kind
        if kind == "multipart/encrypted":
            self.damage.say("The message is encrypted; its parts are kept as files.")
        if kind.startswith("multipart/"):
            return self._multipart(kind, value, header, place)
        return self._leaf(kind, value, header, place)

    def _multipart(self, kind: str, value: Value, header: Header, place: _Place) -> list[Piece]:
        boundary = value.boundary or value.get("boundary").encode("utf-8", "replace")
        # With quotation marks that are part of it, without a comment behind it.
        possible = [boundary, b"'" + boundary + b"'", boundary.split(b" (")[0]] if boundary else []
        ranges = next((found for one in possible if (found := list(self._ranges(one, place)))), [])
        if not ranges:
            ranges = self._ranges_without(place)
        if not ranges:
            if _encoding(header) in {"base64", "quoted-printable"}:
                return self._encoded_multipart(header, place)
            self.damage.say("The parts of the message could not be told apart.")
            ends = [start for start, _, _ in self._delimiters(b"--" + boundary, place)] if boundary else []
            all_of_it = _Place(place.start, min([*ends, place.end]), place.level, container=kind)
            return self._leaf("text/plain", Value(), header, all_of_it)
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        files = len(self.found.files)
        told = [self.part(_Place(start, end, place.level + 1, default, kind)) for start, end in ranges]
        if not any(told) and len(self.found.files) == files:
            return self._around(ranges, place)
        return _best(told) if kind == "multipart/alternative" else [piece for one in told for piece in one]

    def _around(self, ranges: list[tuple[int, int]], place: _Place) -> list[Piece]:
        """Text before and behind parts that hold nothing: no program shows it, but nobody wrote it for nothing."""
        outside = self.raw[place.start : ranges[0][0]] + self.raw[ranges[-1][1] : place.end]
        lines = [line for line in outside.split(b"\n") if not line.startswith(b"--")]
        text = to_text(b"\n".join(lines), "", self.damage)
        if not text.strip():
            return []
        self.damage.say("The parts of the message are empty; what stands around them is shown.")
        return [Piece(plain=text)]

    def _ranges_without(self, place: _Place) -> list[tuple[int, int]]:
        likely = LIKELY_BOUNDARY.search(self.raw, place.start, min(place.end, place.start + LIKELY_WITHIN))
        if not likely:
            return []
        self.damage.say("The boundary between the parts is not the one that is named.")
        return list(self._ranges(likely[1], place))

    def _encoded_multipart(self, header: Header, place: _Place) -> list[Piece]:
        """Parts within base64, which no standard allows and some programs send."""
        content = from_transfer(self.raw[place.start : place.end], _encoding(header), self.damage)
        plain = Header([one for one in header.fields if one[0] != "content-transfer-encoding"])
        inner = _Place(0, len(content), place.level, place.default, place.container)
        return self._inner(content, lambda walk: walk.content(plain, inner))

    def _ranges(self, boundary: bytes, place: _Place) -> Iterator[tuple[int, int]]:
        """Where the parts between lines of ``--boundary`` begin and end; what follows the last is no part."""
        begins, is_closed = -1, True
        for start, end, closes in self._delimiters(b"--" + boundary, place):
            if begins >= 0:
                yield begins, _before_line_end(self.raw, begins, start)
            begins, is_closed = (-1, True) if closes else (end, False)
        if not is_closed:
            self.damage.say("The end of the message is missing.")
            yield begins, place.end

    def _delimiters(self, mark: bytes, place: _Place) -> Iterator[tuple[int, int, bool]]:
        position = place.start
        while (start := self.raw.find(mark, position, place.end)) >= 0:
            position = start + len(mark)
            if start > place.start and self.raw[start - 1 : start] != b"\n":
                continue
            end = self.raw.find(b"\n", position, place.end)
            end = place.end if end < 0 else end + 1
            rest = self.raw[position:end].strip() if end - position < 200 else b"too long"
            if rest in {b"", b"--"}:
                yield start, end, rest == b"--"
                position = end

    def _leaf(self, kind: str, value: Value, header: Header, place: _Place) -> list[Piece]:
        disposition = read_value(header.first("content-disposition"), self.damage, value.get("charset"))
        name = disposition.get("filename") or value.get("name") or disposition.get("name")
        if kind in SHOWN_ELSEWHERE and place.container == "multipart/alternative":
            return []
        is_written = kind in WRITTEN or (
            place.level == 1 and kind.startswith("text/") and kind != "text/calendar"
        )
        may_be_named = (
            place.level == 1 or place.container == "multipart/alternative" or NUMBERED.fullmatch(name)
        )
        is_body = not name if place.level == 1 else disposition.main != "attachment"
        if is_written and (is_body or disposition.main != "attachment") and (not name or may_be_named):
            return self._text(kind, value, header, place)
        content = self._file(kind, name, header, place)
        return self._sealed(content, place) if kind in SEALED else []

    def _sealed(self, content: bytes, place: _Place) -> list[Piece]:
        """The text and the files that were signed and sent within their signature, which stays a file beside them."""
        signed = signed_content(content)
        if signed is None:
            self.damage.say("The message is encrypted; it is kept as a file.")
            return []
        return self._inner(signed, lambda walk: walk.part(_Place(0, len(signed), place.level + 1)))

    def _inner(self, content: bytes, read: Callable[[_Walk], list[Piece]]) -> list[Piece]:
        """What ``read`` finds in other bytes than those of the message, counted together with all else."""
        inner = _Walk(content, self.damage, self.header_bytes)
        inner.parts, inner.found = self.parts, self.found
        pieces = read(inner)
        self.parts, self.header_bytes = inner.parts, inner.header_bytes
        return pieces

    def _file(self, kind: str, name: str, header: Header, place: _Place) -> bytes:
        content = self.raw[place.start : place.end]
        encoding = _encoding(header)
        # A message within is not encoded, says the standard; some programs do it all the same.
        if kind not in MESSAGES or not fields.FIELD.match(content):
            content = from_transfer(content, encoding, self.damage)
        self._note_report(kind, content)
        if kind in MESSAGES:
            name = name if _names_a_message(name) else _message_name(content, self.damage) or name
        elif kind == "message/partial":
            self.damage.say("The message is one piece of a larger one.")
        elif kind == "message/external-body":
            self.damage.say("A file was not sent with the message, only where it is kept.")
        content_id = decode_header(header.first("content-id"), self.damage).strip("<> ")
        self.add_file(File(name, content, kind, content_id))
        return content

    def add_file(self, file: File) -> None:
        """Keep ``file`` unless it goes beyond a limit."""
        if len(file.content) > limits.MOST_ATTACHMENT_BYTES:
            raise limits.BeyondLimitError(Limit.ATTACHMENT_SIZE)
        if len(self.found.files) >= limits.MOST_ATTACHMENTS:
            raise limits.BeyondLimitError(Limit.ATTACHMENTS)
        self.found.files.append(file)

    def _note_report(self, kind: str, content: bytes) -> None:
        if kind in STATUSES:
            self.found.statuses.append(content)
        elif kind in RECEIPTS:
            self.found.receipts.append(content)
        elif kind in RETURNED:
            self.found.returned.append(content[: limits.PEEKED_BYTES])

    def _text(self, kind: str, value: Value, header: Header, place: _Place) -> list[Piece]:
        content = from_transfer(
            self.raw[place.start : place.end], _encoding(header), self.damage, is_text=True
        )
        if kind != "text/html" and b"begin" in content:
            content = self._without_uuencoded(content)
        if kind == "text/plain" and HTML_PAGE.match(content):
            kind = "text/html"
        text = to_text(content, value.get("charset"), self.damage, is_html=kind == "text/html")
        if _is_too_long(text):
            self.damage.say("The text is longer than any page shows; the whole of it is kept as a file.")
            self.add_file(File("", content, kind))
            text = text[: limits.MOST_TEXT_CHARACTERS]
        if kind == "text/html":
            return [Piece(html=text)] if text.strip() else []
        if kind in {"text/enriched", "text/richtext"}:
            text = ENRICHED_TAG.sub("", text).replace("<<", "<")
        if value.get("format").lower() == "flowed":
            text = unwrapped(text, deletes_space=value.get("delsp").lower() == "yes")
        return [Piece(plain=text)] if text.strip() else []

    def _without_uuencoded(self, content: bytes) -> bytes:
        kept, position = [], 0
        for name, file, start, end in uuencoded(content):
            self.add_file(File(name, file, "application/octet-stream"))
            kept.append(content[position:start])
            position = end
        return b"".join([*kept, content[position:]])


def _is_too_long(text: str) -> bool:
    """Pictures that are written into HTML are no text."""
    most = limits.MOST_TEXT_CHARACTERS
    return len(text) > most and len(WRITTEN_PICTURE.sub("", text)) > most


def _kind(value: Value, default: str) -> str:
    kind = re.sub(r"\s", "", value.main)
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
        return kind
    if kind in {"text", "html", "plain", "txt"}:
        return "text/html" if kind == "html" else "text/plain"
    if value.get("boundary"):
        return "multipart/mixed"
    return "application/octet-stream" if kind and value.get("name") else default


def _encoding(header: Header) -> str:
    said = header.first("content-transfer-encoding").decode("ascii", "replace").partition("(")[0]
    return said.strip(" \t\"'").lower()


def _before_line_end(raw: bytes, start: int, end: int) -> int:
    """The line break before a boundary is part of the boundary."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end


def _names_a_message(name: str) -> bool:
    """Whether it is a name that says something; programs call each message the same."""
    stem, _, extension = name.strip().lower().rpartition(".")
    return extension == "eml" and re.sub(r"[^a-z]", "", stem) not in SAYS_NOTHING


def _message_name(content: bytes, damage: Damage) -> str:
    header, _ = fields.split(content[: min(fields.header_end(content), limits.PEEKED_BYTES)])
    subject = (
        decode_header(header.first("subject"), damage).replace("/", "-").replace("\\", "-")[:100].strip(" .")
    )
    return f"{subject}.eml" if subject else ""


def _best(told: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Of several ways of saying the same, the first plain one and the last in HTML."""
    plain = next((words for one in told if (words := _plain(one))), "")
    html = next((words for one in reversed(told) if (words := _html(one))), "")
    return [Piece(plain, html)] if plain or html else []


def _plain(pieces: Sequence[Piece]) -> str:
    return "\n\n".join(piece.plain for piece in pieces if piece.plain)


def _html(pieces: Sequence[Piece]) -> str:
    return "\n".join(piece.html for piece in pieces if piece.html)
