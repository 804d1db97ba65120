"""The corpus: raw messages as they lie in ``corpus/``, and what each says as a person reads it (``corpus.toml``)."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tickets.mail_read import MailRead

CORPUS = Path(__file__).parent / "corpus"
# What a message says where its entry in the book says nothing.
EMPTY: dict[str, Any] = {
    "new_text": "",
    "parts": [],
    "automatic": "",
    "failed": [],
    "report_of": "",
    "damage": False,
    "limit": "",
}


@cache
def book() -> dict[str, dict[str, Any]]:
    """What each message says, by its name."""
    return tomllib.loads((CORPUS / "corpus.toml").read_text(encoding="utf-8"))


@cache
def raw(name: str) -> bytes:
    """The message of this name."""
    return (CORPUS / f"{name}.eml").read_bytes()


def as_in_book(mail: MailRead) -> dict[str, Any]:
    """A reading in the words of the book."""
    return {
        "sender": mail.senders[0].email if mail.senders else "",
        "senders": [[one.email, one.name] for one in mail.senders],
        "subject": mail.subject,
        "new_text": mail.new_text,
        "text": mail.text,
        "parts": [
            [one.name, len(one.content), hashlib.sha256(one.content).hexdigest(), one.is_inline]
            for one in mail.parts
        ],
        "automatic": mail.automatic or "",
        "failed": [[one.address, one.status, one.is_permanent] for one in mail.failed],
        "report_of": mail.report_of,
        "damage": bool(mail.damage),
        "limit": mail.limit or "",
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "recipients": list(mail.recipients),
        "authentication": list(mail.authentication),
    }
