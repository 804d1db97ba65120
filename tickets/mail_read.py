"""What reading a raw message finds: plain values, so that they can cross from the child process that reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Automatic(StrEnum):
    """Why nobody wrote a message: it never opens, reopens or stops anything (RFC 3834, RFC 3464)."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own_mail"


class Limit(StrEnum):
    """Which limit a message goes beyond; such a message is held with that reason, its raw form kept."""

    SIZE = "too_large"
    PARTS = "too_many_parts"
    DEPTH = "too_deep"
    HEADERS = "headers_too_long"
    ATTACHMENTS = "too_many_attachments"
    ATTACHMENT_SIZE = "attachment_too_large"
    TIME = "too_slow"


@dataclass(frozen=True, slots=True)
class Address:
    """An address, lower case, and the name beside it, on one line; the name may be ``""``."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A file or picture of a message, ``content`` the very bytes that were sent.

    ``name`` is safe to show and to store under, no other part of the message has it, and it is never empty; a part
    without one is called after its type. ``content_type`` is the sender's word. ``is_inline`` says that ``html`` shows
    it by its ``content_id`` (without angle brackets).
    """

    name: str
    content: bytes
    content_type: str
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """One recipient of a delivery report: whom our message did not reach, and what their server said.

    ``is_permanent`` is a status of class 5 with the action "failed"; a delay is not.
    """

    address: str
    status: str
    diagnostic: str
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class MailRead:
    """A message as read. Nothing here is believed of who wrote it; what is missing is empty.

    ``senders`` are the addresses of all ``From`` fields, each once, in order; a sound message has one. ``message_id``
    and the ids of ``in_reply_to`` and ``references`` have their angle brackets. ``recipients`` are those of ``To``,
    ``Cc``, ``Delivered-To``, ``X-Original-To`` and ``Envelope-To``, in this order, each once.

    ``subject`` is one line. ``new_text`` is what the sender wrote, without what they quote; ``text`` all of it, from
    the HTML where there is no plain text. ``html`` is cleaned to our list of elements, its pictures named ``cid:…``
    only; ``""`` without one. ``authentication`` are the ``Authentication-Results`` fields, the topmost first,
    unfolded. ``damage`` says in words what could not be read as meant ("Unknown charset: …"). ``limit`` is the first
    limit that was gone beyond: then only what stands in the header is filled, as far as it could be read,
    ``automatic`` as far as the header says.

    ``failed`` and ``report_of``, the Message-ID of the message of ours that it is about, are those of a delivery
    report; a receipt for reading has ``report_of``, too. ``digest`` is never empty.
    """

    senders: Sequence[Address] = ()
    message_id: str = ""
    in_reply_to: Sequence[str] = ()
    references: Sequence[str] = ()
    recipients: Sequence[str] = ()
    subject: str = ""
    text: str = ""
    new_text: str = ""
    html: str = ""
    parts: Sequence[Part] = ()
    automatic: Automatic | None = None
    failed: Sequence[FailedDelivery] = ()
    report_of: str = ""
    authentication: Sequence[str] = ()
    damage: Sequence[str] = ()
    limit: Limit | None = None
    # Of the same message in another copy the same, whatever servers on the way put above it.
    digest: str = ""
