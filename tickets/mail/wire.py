"""``MailRead`` as bytes between the processes: JSON and, behind it, the contents of the files. Nothing that runs."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from tickets.mail_read import Address, Automatic, FailedDelivery, Limit, MailRead, Part

LENGTH = struct.Struct(">Q")
CHUNK = 1024 * 1024


def pack(mail: MailRead) -> bytes:
    """``mail`` for ``unpack``."""
    contents = [part.content for part in mail.parts]
    light = asdict(replace(mail, parts=[replace(part, content=b"") for part in mail.parts]))
    for part, content in zip(light["parts"], contents, strict=True):
        part["content"] = len(content)
    said = json.dumps(light).encode()
    return b"".join([LENGTH.pack(len(said)), said, *contents])


def unpack(packed: bytes) -> MailRead:
    """The ``MailRead`` that was packed; what is no such thing raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    position = LENGTH.size + LENGTH.unpack_from(packed)[0]
    said = json.loads(packed[LENGTH.size : position])
    parts = []
    for part in said["parts"]:
        size = part["content"]
        parts.append(Part(**{**part, "content": packed[position : position + size]}))
        position += size
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    plain |= {
        "senders": tuple(Address(**one) for one in said["senders"]),
        "failed": tuple(FailedDelivery(**one) for one in said["failed"]),
        "parts": tuple(parts),
        "automatic": Automatic(said["automatic"]) if said["automatic"] else None,
        "limit": Limit(said["limit"]) if said["limit"] else None,
    }
    return MailRead(**plain)


def send(send_all: Callable[[bytes], None], message: bytes) -> None:
    """Put ``message`` on a line."""
    send_all(LENGTH.pack(len(message)))
    send_all(message)


def receive(receive_some: Callable[[int], bytes]) -> bytes | None:
    """The next message of a line; None when the other side has ended, in the middle of one too."""
    head = _exactly(receive_some, LENGTH.size)
    return None if head is None else _exactly(receive_some, LENGTH.unpack(head)[0])


def _exactly(receive_some: Callable[[int], bytes], size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        chunk = receive_some(min(CHUNK, size - len(found)))
        if not chunk:
            return None
        found += chunk
    return bytes(found)
