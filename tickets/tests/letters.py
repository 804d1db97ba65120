"""What the tests of mail share: a message as one writes it, sent in through the one door."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from itertools import count
from typing import Any

from tickets.mail.processing import take_in
from tickets.models import IncomingMail
from tickets.models.mail import Way

_numbers = count(1)


def letter(
    text: str,
    *,
    sender: str = "Nora Quay <nora@harbour.example>",
    subject: str = "The camera list stays empty",
    to: str = "support@localhost",
    files: Sequence[tuple[str, bytes]] = (),
    message_id: str = "",
    **headers: Any,
) -> bytes:
    """A raw message; header names with ``_`` for ``-``. Each is another one unless its ``message_id`` says so."""
    message = EmailMessage()
    message["Message-ID"] = message_id or f"<{next(_numbers)}@harbour.example>"
    if sender:
        message["From"] = sender
    message["To"], message["Subject"] = to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = str(value)
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def send_in(raw: bytes, at: datetime, *, received_at: datetime | None = None) -> IncomingMail:
    """What became of a message that came at ``at``, or had come at ``received_at``."""
    return take_in(raw=raw, way=Way.PIPE, received_at=received_at or at, at=at)
