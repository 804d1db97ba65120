"""How a ticket ends: the customer accepts the resolution and says how it was, or staff close it (VK17 VK18)."""

from datetime import datetime

from contracts.models import User
from contracts.refusals import Refused
from tickets import access, notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services.changing import Change, changing, require_staff, require_text

LONGEST_WORDS = 2_000


def accept_resolution(
    *,
    ticket: Ticket,
    actor: User,
    satisfied: bool | None = None,
    words: str = "",
    seen: int | None = None,
    came_at: datetime | None = None,
    at: datetime,
) -> Ticket:
    """A person of the customer accepts the resolution, which closes the ticket; they may say how it was.

    ``seen`` is the last event that they had before them: accepting twice is one acceptance, and a resolution that came
    later is not accepted unread. ``came_at`` is when their word came by mail. Raises ``Refused``.
    """
    _require_voice(ticket, actor)
    _check_rating(satisfied=satisfied, words=words)
    with changing(ticket, at, heard_at=came_at) as change:
        if _did_already(change, actor, Kind.ACCEPTED, seen):
            return change.ticket
        _refuse_unless_resolved(change, seen)
        event = change.record(Kind.ACCEPTED, actor, happened_at=change.came(came_at))
        if satisfied is not None:
            _rate(change, actor, satisfied=satisfied, words=words)
        notifications.tell_accepted(change.ticket, event, change.clocks(), change.ending)
    return change.ticket


def rate_resolution(
    *, ticket: Ticket, actor: User, satisfied: bool, words: str = "", seen: int | None = None, at: datetime
) -> Ticket:
    """A person of the customer says afterwards whether they were satisfied, once. Raises ``Refused``."""
    _require_voice(ticket, actor)
    _check_rating(satisfied=satisfied, words=words)
    with changing(ticket, at) as change:
        if _did_already(change, actor, Kind.RATED, seen):
            return change.ticket
        if change.ending.accepted is None:
            raise Refused("This is asked once a resolution is accepted. Accept it first.")
        if change.ending.rating is not None:
            raise Refused("This was answered before. To add something, write to us in a new request.")
        _rate(change, actor, satisfied=satisfied, words=words)
    return change.ticket


def close_ticket(*, ticket: Ticket, actor: User, reason: str, at: datetime) -> Ticket:
    """Staff close a ticket whose customer does not answer, with a reason that the contact reads.

    It is resolved, or waits and was offered for closing. Raises ``Refused``.
    """
    require_staff(actor)
    reason = require_text(reason, "why the ticket is closed")
    with changing(ticket, at) as change:
        change.refuse_unless("close")
        event = change.record(Kind.CLOSED, actor, text=reason)
        notifications.tell_closed(change.ticket, event, change.clocks(), change.ending)
    return change.ticket


def _require_voice(ticket: Ticket, actor: User) -> None:
    if why := access.why_not_reply(ticket, actor):
        raise Refused(why)


def _check_rating(*, satisfied: bool | None, words: str) -> None:
    if words.strip() and satisfied is None:
        raise Refused("Say whether you were satisfied, too.", field="satisfied")
    if len(words) > LONGEST_WORDS:
        raise Refused(f"Write at most {LONGEST_WORDS} characters.", field="words")


def _did_already(change: Change, actor: User, kind: Kind, seen: int | None) -> bool:
    """Whether ``actor`` did this after the event ``seen``: a form that was sent twice."""
    if seen is None:
        return False
    return any(
        event.seq > seen and event.kind == kind and event.actor_id == actor.pk for event in change.events
    )


def _refuse_unless_resolved(change: Change, seen: int | None) -> None:
    resolution = change.ending.resolution
    if change.facts.status is Status.CLOSED:
        raise Refused("The ticket is closed already.")
    if change.facts.status is not Status.RESOLVED or resolution is None:
        raise Refused("There is no resolution to accept: the ticket is not resolved.")
    if seen is not None and resolution.seq > seen:
        raise Refused("Another resolution was given since you opened the page. Read it, then accept it.")


def _rate(change: Change, actor: User, *, satisfied: bool, words: str) -> None:
    change.record(Kind.RATED, actor, text=words.strip(), satisfied=satisfied)
