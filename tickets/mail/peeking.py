"""The header of a message alone: cheap and bounded, for every message first, and all that is read of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.mail import automatic, fields, limits
from tickets.mail.addresses import read_addresses, read_ids
from tickets.mail.damage import Damage
from tickets.mail.digest import digest
from tickets.mail.fields import Header
from tickets.mail.parameters import read_value
from tickets.mail.words import decode_header, one_line
from tickets.mail_read import Limit, MailRead

RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Top:
    """The header, where in ``raw`` the body begins, and what the header says."""

    raw: bytes
    header: Header
    body: int
    mail: MailRead


def peek(raw: bytes, damage: Damage) -> Top:
    """``raw`` with line feeds, its header and what stands in it; ``limit`` is set where it goes beyond one."""
    raw = fields.with_line_feeds(raw)
    start = fields.start_of(raw)
    header, body, is_flood = _header(raw, start)
    for problem in header.damage:
        damage.say(problem)
    limit = Limit.SIZE if len(raw) > limits.MOST_BYTES else Limit.HEADERS if is_flood else None
    return Top(raw, header, body, _read(header, damage, digest(header, raw, body), limit))


def _header(raw: bytes, start: int) -> tuple[Header, int, bool]:
    end = fields.header_end(raw, start)
    block = fields.whole_lines(raw, start, end, limits.MOST_HEADER_BYTES)
    if end - start > limits.MOST_HEADER_BYTES:
        peeked_block = fields.whole_lines(raw, start, end, limits.PEEKED_BYTES)
        peeked, length = fields.split(peeked_block)
        if length == len(peeked_block):
            return peeked, end, True
    header, length = fields.split(block)
    if not any(fields.KNOWN.match(name.encode() + b":") for name, _ in header.fields):
        return Header(damage=["The message has no header."]), start, header.is_too_long
    return header, start + length, header.is_too_long


def _read(header: Header, damage: Damage, digest_: str, limit: Limit | None) -> MailRead:
    hint = read_value(header.first("content-type"), damage).get("charset")
    senders = list(
        {one.email: one for one in reversed(read_addresses(header.all("from"), damage, hint))}.values()
    )
    senders.reverse()
    recipients = [one.email for name in RECIPIENTS for one in read_addresses(header.all(name), damage, hint)]
    subject = decode_header(header.first("subject"), damage, hint)
    return MailRead(
        senders=tuple(senders),
        message_id=next(iter(read_ids(header.all("message-id")[:1], damage)), ""),
        in_reply_to=_some(read_ids(header.all("in-reply-to"), damage)),
        references=_some(read_ids(header.all("references"), damage)),
        recipients=tuple(dict.fromkeys(recipients)),
        subject=subject,
        automatic=automatic.by_header(header, subject, [one.email for one in senders]),
        authentication=tuple(
            one_line(decode_header(value, damage)) for value in header.all("authentication-results")
        ),
        damage=damage.all(),
        limit=limit,
        digest=digest_,
    )


def _some(ids: Sequence[str]) -> tuple[str, ...]:
    """The first, which began the thread, and the last of them."""
    return tuple(ids) if len(ids) <= limits.MOST_REFERENCES else (ids[0], *ids[-limits.MOST_REFERENCES + 1 :])
