"""Phone calls on a ticket: who spoke, when, and what was said (VV3, VV7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets import access, clocks, facts, notifications
from tickets.models import Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.stated import mark_of, stated

MINUTE = timedelta(minutes=1)


class Direction(StrEnum):
    """Who called whom: the customer us, or we them."""

    IN = "in"
    OUT = "out"


def log_call(
    *,
    ticket: Ticket,
    actor: User,
    contact: Contact,
    direction: Direction,
    text: str,
    public: bool,
    answers: bool = False,
    called_at: datetime | None = None,
    seen: int | None = None,
    at: datetime,
) -> Message:
    """Enter a call with ``contact``; ``text`` says what was said, for the customer too where it is ``public``.

    A call of somebody who may write, while their answer is awaited, is that answer, at the time of the call. A call
    of ours that ``answers`` is a public reply, at the time of the call too, unless a clock ran out between the call
    and its entry: what was missed stays missed, so the reply then counts from now. The same words twice since the
    event ``seen`` are one call. Raises ``Refused``.
    """
    require_staff(actor)
    text = require_text(text, "what was said")
    came_at = stated(called_at, at)
    if answers and (direction is not Direction.OUT or not public):
        raise Refused("Only a call of ours whose words the customer may read counts as a reply.")
    with changing(ticket, at) as change:
        if said := change.said_already(actor, text, seen):
            return said
        came_at = _after_filing(change, came_at)
        call = _Call(contact, direction, text, came_at, public)
        _check(change, call)
        awaited = direction is Direction.IN and _is_awaited(change, contact, came_at)
        event = _enter(change, actor, call)
        if awaited:
            heard_at = max(came_at, change.facts.submitted_at or came_at)
            change.record(Kind.CUSTOMER_REPLIED, actor, happened_at=heard_at, call=event.seq)
        if answers:
            counts_at = _counts_at(change, came_at)
            change.record(Kind.PUBLIC_REPLY, actor, happened_at=counts_at, call=event.seq)
        if public:
            notifications.tell_contact(change.ticket, "call", event, change.clocks())
    if event.message is None:
        raise RuntimeError("a call has words")
    return event.message


@dataclass(frozen=True, slots=True)
class _Call:
    """What is entered."""

    contact: Contact
    direction: Direction
    text: str
    came_at: datetime
    is_public: bool


def _check(change: Change, call: _Call) -> None:
    if call.contact.customer_id != change.ticket.customer_id:
        raise Refused("Choose somebody of the ticket's customer.", field="contact")
    if call.is_public:
        change.refuse_unless("reply")


def _after_filing(change: Change, came_at: datetime) -> datetime:
    """The time of the call; one that is typed to the minute may seem to come a little before the filing."""
    filed_at = change.ticket.filed_at
    if filed_at - came_at >= MINUTE:
        raise Refused(
            "The call was before the ticket was filed. Correct its time, or say it in a note.",
            field="called_at",
        )
    return max(came_at, filed_at)


def _enter(change: Change, actor: User, call: _Call) -> TicketEvent:
    """The call itself; what is not for the customer is a note, which no customer's page fetches."""
    kind = MessageKind.REPLY if call.is_public else MessageKind.NOTE
    message = change.say(kind, actor, call.text, at=call.came_at)
    return change.record(
        Kind.CALL_LOGGED if call.is_public else Kind.NOTE_ADDED,
        actor,
        text=str(call.contact.user),
        message=message,
        happened_at=call.came_at,
        direction=call.direction.value,
        contact=call.contact.pk,
        **mark_of(call.came_at, change.at),
    )


def _is_awaited(change: Change, contact: Contact, came_at: datetime) -> bool:
    """Whether the customer's answer was awaited when the call came, and the caller may give it (AT3)."""
    then = facts.read(event for event in change.events if event.happened_at <= came_at)
    return then.waiting_since is not None and not access.why_not_reply(change.ticket, contact.user)


def _counts_at(change: Change, came_at: datetime) -> datetime:
    """From when a reply by phone counts: nothing that is entered later takes a miss back."""
    came_at = max(came_at, change.facts.submitted_at or came_at)
    trial = TicketEvent(kind=Kind.PUBLIC_REPLY, happened_at=came_at)
    missed = set(clocks.misses(change.clocks()))
    kept = set(clocks.misses(clocks.clocks_of(change.ticket, [*change.events, trial], change.at)))
    return came_at if missed <= kept else change.at
