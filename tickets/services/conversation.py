"""Replies, notes and questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.files import Upload
from contracts.models import User
from contracts.refusals import Refused
from tickets import access, notifications
from tickets.models import Message, Ticket
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import Status
from tickets.services.answers import say_with_articles
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.files import attach

CLOSED = (
    "The ticket is closed, and nobody waits for a reply on it. To go on with it, reopen it with a reason."
)


def reply_as_contact(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    seen: int | None = None,
    came_at: datetime | None = None,
    released_by: User | None = None,
    at: datetime,
) -> Message:
    """A person of the customer writes; where they were awaited, this ends the waiting.

    ``seen`` is the last event that they had before them: the same words twice since then are one reply. ``came_at`` is
    when a reply by mail came; it counts from then, and answers what was asked by then. ``released_by`` is who of the
    staff let one in that was held. Raises ``Refused`` for those whom the policy does not let deal with support (AT3).
    """
    text = require_text(text, "your reply")
    if why := access.why_not_reply(ticket, actor):
        raise Refused(why)
    with changing(ticket, at, heard_at=came_at) as change:
        if said := change.said_already(actor, text, seen):
            return said
        refuse_if_over(change)
        reply = Said(actor, text, files, change.came(came_at), released(released_by))
        return hear(change, reply)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person of the customer says; ``data`` is what the record says of it besides."""

    actor: User
    text: str
    files: Sequence[Upload]
    came_at: datetime
    data: Mapping[str, Any]


def refuse_if_over(change: Change) -> None:
    """Raise ``Refused`` where nobody waits for a reply on the ticket any more."""
    if change.facts.merged_into:
        raise Refused(f"This ticket was merged and lives on in {change.facts.merged_into}. Write there.")
    if change.facts.status is Status.CLOSED:
        raise Refused(CLOSED)


def hear(change: Change, said: Said) -> Message:
    """The reply on a ticket under change, its event, and the mail to the staff."""
    message = change.say(MessageKind.REPLY, said.actor, said.text, at=said.came_at)
    attach(message, said.files)
    kind = Kind.CUSTOMER_REPLIED if change.awaited(said.came_at) else Kind.CUSTOMER_MESSAGE
    event = change.record(kind, said.actor, message=message, happened_at=said.came_at, **said.data)
    notifications.tell_staff_of_reply(change.ticket, event, change.clocks())
    return message


def released(by: User | None) -> dict[str, Any]:
    """What the record says of a message that was held: who of the staff let it in."""
    return {"released_by": by.pk} if by else {}


def reply_as_staff(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    articles: Sequence[int] = (),
    released_by: User | None = None,
    at: datetime,
) -> Message:
    """Staff write to the customer; ``articles`` are the keys of those that the reply carries.

    ``released_by`` is who let it in where it came by mail and was held: they who wrote it.
    """
    require_staff(actor)
    text = require_text(text, "your reply")
    with changing(ticket, at) as change:
        change.refuse_unless("reply")
        message, named = say_with_articles(change, actor, text, articles)
        attach(message, files)
        event = change.record(Kind.PUBLIC_REPLY, actor, message=message, **named, **released(released_by))
        notifications.tell_contact(change.ticket, "reply", event, change.clocks())
    return message


def add_note(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    seen: int | None = None,
    at: datetime,
) -> Message:
    """Staff write for staff; no clock and no customer knows of it.

    ``seen`` is the last event that they had before them: the same words twice since then are one note.
    """
    require_staff(actor)
    text = require_text(text, "your note")
    with changing(ticket, at) as change:
        if said := change.said_already(actor, text, seen):
            return said
        message = change.say(MessageKind.NOTE, actor, text)
        attach(message, files)
        change.record(Kind.NOTE_ADDED, actor, message=message)
    return message


def ask_customer(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    articles: Sequence[int] = (),
    at: datetime,
) -> Message:
    """Ask the customer for something specific; the ticket waits until they answer (VK18)."""
    require_staff(actor)
    text = require_text(text, "what you need from the customer")
    with changing(ticket, at) as change:
        change.refuse_unless("ask")
        message, named = say_with_articles(change, actor, text, articles)
        attach(message, files)
        event = change.record(Kind.PUBLIC_REPLY, actor, message=message, **named)
        change.record(Kind.WAITING_ON_CUSTOMER, actor, text=message.text)
        notifications.tell_contact(change.ticket, "question", event, change.clocks())
    return message


def withdraw_question(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    articles: Sequence[int] = (),
    at: datetime,
) -> Message:
    """Say that the answer is not needed any more, and why: a reply to the customer, after which nothing is awaited.

    For the clocks it is as if the customer had answered now (``customer_replied``): what was paused runs on.
    """
    require_staff(actor)
    text = require_text(text, "why the answer is not needed any more")
    with changing(ticket, at) as change:
        change.refuse_unless("withdraw_question")
        message, named = say_with_articles(change, actor, text, articles)
        attach(message, files)
        event = change.record(Kind.PUBLIC_REPLY, actor, message=message, **named)
        change.record(Kind.CUSTOMER_REPLIED, actor, taken_back=True)
        notifications.tell_contact(change.ticket, "reply", event, change.clocks())
    return message
