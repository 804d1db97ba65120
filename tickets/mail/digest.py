"""What makes two copies of a message the same: what its author made, not what servers on the way put above it."""

from __future__ import annotations

import hashlib

from tickets.mail.fields import Header

OF_THE_AUTHOR = ("message-id", "from", "date", "subject")


def digest(header: Header, body: bytes) -> str:
    """SHA-256 over the author's fields and the body, however lines end and fields are folded.

    Without a Message-ID it is the rest alone. Empty lines at the end are not counted: pipes and mailbox files add them.
    """
    found = hashlib.sha256()
    for name in OF_THE_AUTHOR:
        for value in header.all(name):
            found.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    found.update(b"\n")
    found.update(body.replace(b"\r\n", b"\n").rstrip(b"\r\n"))
    return found.hexdigest()
