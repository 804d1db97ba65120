"""From the bytes of a message to ``MailRead``: pure, an answer for whatever bytes, none that takes longer than long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from tickets.mail import html, limits, reports
from tickets.mail.apart import read_in_child
from tickets.mail.damage import Damage
from tickets.mail.names import Names
from tickets.mail.peeking import Top, peek
from tickets.mail.quoting import new_text, without_marks
from tickets.mail.structure import File, Piece, Structure, read_structure
from tickets.mail_read import Automatic, FailedDelivery, Limit, MailRead, Part

CALENDAR_REPLY = re.compile(rb"^METHOD:REPLY\s", re.MULTILINE)

__all__ = ["read_in_child", "read_mail"]


def read_mail(raw: bytes) -> MailRead:
    """What ``raw`` says, whatever it is: never raises. What it may take is not bounded: see ``read_in_child``."""
    damage = Damage()
    try:
        top = peek(raw, damage)
    except Exception as problem:  # noqa: BLE001 -- the message is kept, and somebody looks at it
        damage.say(f"The header could not be read: {type(problem).__name__}.")
        return MailRead(damage=damage.all(), digest=sha256(raw).hexdigest())
    if top.mail.limit is not None:
        return top.mail
    try:
        return _whole(top, damage)
    except limits.BeyondLimitError as beyond:
        return replace(top.mail, limit=beyond.limit, damage=damage.all())
    except Exception as problem:  # noqa: BLE001 -- the message is kept, and somebody looks at it
        damage.say(f"The message could not be read: {type(problem).__name__}.")
        return replace(top.mail, damage=damage.all())


def _whole(top: Top, damage: Damage) -> MailRead:
    structure = read_structure(top.raw, top.header, top.body, damage)
    pictures = html.Pictures({file.content_id for file in structure.files if file.content_id})
    text, clean = _texts(structure.pieces, pictures)
    if structure.pieces and not text.strip() and not clean:
        damage.say("The message has HTML that shows nothing.")
    mail = replace(
        top.mail,
        text=without_marks(text).strip("\n"),
        new_text=new_text(text, top.mail.subject, is_reply=bool(top.mail.in_reply_to or top.mail.references)),
        html=clean,
        parts=tuple(_parts(structure.files, pictures)),
    )
    return replace(_judged(mail, top, structure), damage=damage.all())


def _texts(pieces: Sequence[Piece], pictures: html.Pictures) -> tuple[str, str]:
    """The text with the marks of quotations, and the HTML if any piece is."""
    plain: list[str] = []
    clean: list[str] = []
    for piece in pieces:
        words = piece.plain
        cleaned, from_html = html.from_text(words), ""
        if piece.html:
            cleaned, from_html = html.read_html(piece.html, pictures, wants_text=not words)
        if not words and plain and _says_the_same(plain[-1], from_html):
            # Both ways of saying it, one after the other where a choice was meant.
            clean.pop()
        else:
            plain.append((words or from_html).strip("\n"))
        clean.append(cleaned)
    has_html = any(piece.html for piece in pieces)
    return "\n\n".join(filter(None, plain)), "\n".join(filter(None, clean)) if has_html else ""


def _says_the_same(one: str, other: str) -> bool:
    return "".join(filter(str.isalnum, one)) == "".join(filter(str.isalnum, without_marks(other)))


def _parts(files: Sequence[File], pictures: html.Pictures) -> Iterator[Part]:
    """The files by safe names, and the pictures that were written into the HTML."""
    names = Names()
    written_in = [File("", content, kind, by_id) for by_id, (kind, content) in pictures.written_in.items()]
    if len(files) + len(written_in) > limits.MOST_ATTACHMENTS:
        raise limits.BeyondLimitError(Limit.ATTACHMENTS)
    for file in (*files, *written_in):
        yield Part(
            name=names.give(file.name, file.content_type),
            content=file.content,
            content_type=file.content_type,
            content_id=file.content_id,
            is_inline=bool(file.content_id) and file.content_id in pictures.shown,
        )


def _judged(mail: MailRead, top: Top, structure: Structure) -> MailRead:
    """``mail`` with what reports say: whom our message did not reach, and which it was."""
    is_report = structure.content_type == "multipart/report" or mail.automatic is not None
    if is_report and structure.receipts:
        return replace(
            mail, automatic=Automatic.AUTO_REPLY, report_of=reports.id_in_receipt(structure.receipts[0])
        )
    if is_report and structure.statuses:
        failed = [one for status in structure.statuses for one in reports.from_status(status)]
        return _bounce(mail, failed, structure)
    if mail.automatic is Automatic.BOUNCE:
        named = [
            one.decode("utf-8", "replace")
            for value in top.header.all("x-failed-recipients")
            for one in value.split(b",")
        ]
        return _bounce(mail, reports.from_text(mail.text, named), structure)
    if mail.automatic is None and (
        structure.content_type == "multipart/report" or _only_says_who_comes(mail)
    ):
        return replace(mail, automatic=Automatic.AUTO_REPLY)
    return mail


def _only_says_who_comes(mail: MailRead) -> bool:
    """Whether a calendar wrote it, to accept or decline an invitation, and its owner added no word."""
    return not mail.new_text.strip() and any(
        part.content_type == "text/calendar" and CALENDAR_REPLY.search(part.content) for part in mail.parts
    )


def _bounce(mail: MailRead, failed: Sequence[FailedDelivery], structure: Structure) -> MailRead:
    returned = [found for one in structure.returned if (found := reports.id_of(one))]
    about = returned[0] if returned else reports.returned_id(mail.text)
    return replace(mail, automatic=Automatic.BOUNCE, failed=tuple(failed), report_of=about)
