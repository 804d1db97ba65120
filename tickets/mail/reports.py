"""Reports of mail servers: whom a message did not reach, and which message that was (RFC 3464, and older ones)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tickets.mail import fields
from tickets.mail.addresses import normal_address, read_ids
from tickets.mail.damage import Damage
from tickets.mail.words import decode_header, one_line
from tickets.mail_read import FailedDelivery

MOST_FAILED = 100
MOST_DIAGNOSTIC = 500
MOST_TEXT = 50_000
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
# Where servers without RFC 3464 begin the copy of what they give back.
COPY_BEGINS = re.compile(
    r"^(?:-{3,} ?(?:below this line is a copy|this is a copy of|original message|returned message|"
    r"unsent message|undelivered message|message header|the header of the original)|original message headers|"
    r"-{3,} ?(?:this is a copy of (?:your|the) message))",
    re.IGNORECASE | re.MULTILINE,
)
RETURNED_ID = re.compile(r"^[ \t]{0,20}Message-I[dD]:\s*(<[^<>\s]{3,500}>)", re.MULTILINE)
PERMANENT = re.compile(
    r"permanent|fatal error|user unknown|unknown user|does not exist|no such user|mailbox unavailable|giving up|"
    r"could not be delivered|couldn't be delivered|nicht zugestellt|unzustellbar|didn't reach|did not reach",
    re.IGNORECASE,
)
TEMPORARY = re.compile(
    r"delayed|will be retried|still being retried|warning: could not send|will keep trying|do not need to resend",
    re.IGNORECASE,
)


def from_status(content: bytes) -> list[FailedDelivery]:
    """The recipients of a ``message/delivery-status`` part that were not reached, or not yet."""
    found = []
    for group in _groups(content):
        action = _text(group.first("action")).lower()
        address = _recipient(group)
        if not address or action in {"delivered", "relayed", "expanded"}:
            continue
        diagnostic = _text(group.first("diagnostic-code"))
        status = status_in(_text(group.first("status"))) or status_in(diagnostic)
        is_permanent = status.startswith("5") and action != "delayed"
        found.append(FailedDelivery(address, status, diagnostic.partition(";")[2].strip()[:MOST_DIAGNOSTIC] or
                                    diagnostic[:MOST_DIAGNOSTIC], is_permanent))  # fmt: skip
        if len(found) == MOST_FAILED:
            break
    return found


def from_text(text: str, named: Iterable[str]) -> list[FailedDelivery]:
    """Whom a report in words alone names: ``named`` are those of a field of its header, which are believed first."""
    words = text[:MOST_TEXT]
    copy = COPY_BEGINS.search(words)
    told = words[: copy.start()] if copy else words
    addresses = list(dict.fromkeys(normal_address(one) for one in named)) or _addresses(told)
    return [_failure(told, address) for address in addresses[:MOST_FAILED] if address]


def returned_id(text: str) -> str:
    """The Message-ID of the copy in a report in words, or ``""``."""
    copy = COPY_BEGINS.search(text)
    found = RETURNED_ID.search(text, copy.end() if copy else 0)
    return found[1] if found else ""


def id_of(header: bytes) -> str:
    """The Message-ID of a returned message or its header."""
    found = read_ids(fields.split(header)[0].all("message-id")[:1], Damage())
    return found[0] if found else ""


def id_in_receipt(content: bytes) -> str:
    """The message whose reading a receipt tells of."""
    found = read_ids(fields.split(content)[0].all("original-message-id")[:1], Damage())
    return found[0] if found else ""


def status_in(text: str) -> str:
    """The status code of RFC 3463 in what a server said, else one of the class of its reply code; ``""`` for none."""
    found = STATUS.search(text)
    if found:
        return found[0]
    code = REPLY_CODE.search(text)
    return f"{code[1]}.0.0" if code else ""


def _groups(content: bytes) -> Iterator[fields.Header]:
    for block in re.split(rb"\r*\n[ \t]*\r*\n", content.strip()):
        yield fields.split(block)[0]


def _recipient(group: fields.Header) -> str:
    for name in ("original-recipient", "final-recipient"):
        text = _text(group.first(name))
        if address := normal_address((text.partition(";")[2] or text).strip(" ;")):
            return address
    return ""


def _text(value: bytes) -> str:
    return decode_header(value, Damage())


def _addresses(told: str) -> list[str]:
    """Those that stand at the beginning of a line, as a list of recipients does; else all that are named."""
    listed = re.findall(rf"^[ \t>*-]*<?({ADDRESS.pattern})>?", told, re.MULTILINE)
    found = listed or ADDRESS.findall(told)
    return list(dict.fromkeys(normal_address(one) for one in found))


def _failure(told: str, address: str) -> FailedDelivery:
    at = told.lower().find(address)
    near = told[at + len(address) : at + len(address) + 600] if at >= 0 else told[:2000]
    near = re.split(r"\n\s*\n(?=[ \t]*<?\S+@)", near)[0]
    status = status_in(near) or status_in(told)
    if not status and PERMANENT.search(told) and not TEMPORARY.search(told):
        status = "5.0.0"
    diagnostic = one_line(near.strip(" \t\r\n:>"))[:MOST_DIAGNOSTIC]
    return FailedDelivery(address, status, diagnostic, status.startswith("5") and not TEMPORARY.search(told))
