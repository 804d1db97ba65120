"""
Writing messages: a row in the caller's transaction, so that a cause that is rolled back tells nobody.

``key`` names what is said to whom. Writing the same key again changes nothing, and the Message-ID derives from it, so
that whatever is repeated, here or at the mail server, is the same message.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from contracts.models.people import User
from contracts.outbox.models import OutboxMessage
from contracts.outbox.rendering import Text, render

# As RFC 5322 has it, without its quoted forms; what came in by mail may hold anything.
MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,190}>")


@transaction.atomic
def write(
    *,
    kind: str,
    to: User,
    at: datetime,
    context: Mapping[str, Any],
    key: str,
    ticket_number: str = "",
    in_reply_to: str = "",
    reference: str = "",
) -> OutboxMessage:
    """Tells ``to`` something, once per ``key``: the row, to be sent after the commit.

    A ``ticket_number`` puts the message into the ticket's thread; ``in_reply_to`` names the message answered.
    """
    draft = compose(
        kind=kind,
        to=to,
        at=at,
        context=context,
        key=key,
        ticket_number=ticket_number,
        in_reply_to=in_reply_to,
        reference=reference,
    )
    post([draft])
    return OutboxMessage.objects.get(key=draft.key)


@transaction.atomic
def write_secret(
    *,
    kind: str,
    to: User | str,
    at: datetime,
    key: str,
    data: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
) -> OutboxMessage:
    """A message with a link that opens a door. Neither link nor text is stored: ``contracts.outbox.sealed`` makes
    both when it is sent, or finds that nobody needs it any more. ``to`` may be an address that nobody has. It waits
    until ``not_before``, where that is given.
    """
    draft = _draft(kind=kind, to=to, at=at, key=key, data=dict(data or {}))
    draft.not_before = not_before or at
    post([draft])
    return OutboxMessage.objects.get(key=draft.key)


def compose(
    *,
    kind: str,
    to: User,
    at: datetime,
    context: Mapping[str, Any],
    key: str,
    ticket_number: str = "",
    in_reply_to: str = "",
    reference: str = "",
) -> OutboxMessage:
    """The row that ``write`` writes, not written yet: for ``post``, which takes many at a time."""
    return address(
        render(kind, {"person": to, **context}),
        kind=kind,
        to=to,
        at=at,
        key=key,
        ticket_number=ticket_number,
        in_reply_to=in_reply_to,
        reference=reference,
    )


def address(
    text: Text,
    *,
    kind: str,
    to: User | str,
    at: datetime,
    key: str,
    ticket_number: str = "",
    in_reply_to: str = "",
    reference: str = "",
    data: Mapping[str, Any] | None = None,
    is_bulk: bool = False,
) -> OutboxMessage:
    """The row of a ``text`` that is rendered already, for one of those who read it alike; not written yet.

    One that ``is_bulk`` is sent when nothing else waits.
    """
    return _draft(
        kind=kind,
        to=to,
        at=at,
        key=key,
        subject=text.subject,
        text=text.plain,
        html=text.html,
        ticket_number=ticket_number,
        in_reply_to=_clean_id(in_reply_to),
        reference=_clean_id(reference) or (thread_id(ticket_number) if ticket_number else ""),
        data=dict(data or {}),
        is_bulk=is_bulk,
    )


def post(drafts: Iterable[OutboxMessage]) -> None:
    """Writes composed messages in one query, leaving out those whose key has been used."""
    OutboxMessage.objects.bulk_create(drafts, ignore_conflicts=True)


def message_id(key: str) -> str:
    """The Message-ID of the message with that key; cannot be guessed, and does not tell the key."""
    return _made_id("message", key)


def thread_id(ticket_number: str) -> str:
    """The id that all messages about a ticket refer to, so that mail programs show them together."""
    return _made_id("thread", ticket_number)


def _made_id(purpose: str, value: str) -> str:
    seal = salted_hmac(f"contracts.outbox.{purpose}", value, algorithm="sha256").hexdigest()[:40]
    return f"<{seal}@{settings.MAIL_DOMAIN}>"


def _draft(*, kind: str, to: User | str, at: datetime, key: str, **fields: Any) -> OutboxMessage:
    address, user = (to.email, to) if isinstance(to, User) else (to, None)
    return OutboxMessage(
        kind=kind,
        to=address,
        user=user,
        key=key,
        message_id=message_id(key),
        created_at=at,
        not_before=at,
        **fields,
    )


def _clean_id(value: str) -> str:
    return value if MESSAGE_ID.fullmatch(value) else ""
