"""A date that both sides agree on: one proposes it with a word of why, the other accepts it or proposes another.

Only an acceptance makes a date the due date (VK14, VK15), and it binds until a later proposal is accepted in its place.
"""

from datetime import UTC, datetime, timedelta

from contracts.models import User
from contracts.refusals import Refused
from contracts.sla.events import ClockName
from tickets import access, notifications
from tickets.models import Message, Ticket
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.negotiation import Negotiation, open_to_agreement, read_negotiations
from tickets.services.changing import Change, changing, require_text
from tickets.watching import with_watchers

FURTHEST = timedelta(days=3653)


def propose_date(
    *,
    ticket: Ticket,
    actor: User,
    promise: str,
    due_at: datetime,
    reason: str,
    seen: int | None = None,
    at: datetime,
) -> Ticket:
    """Offer ``due_at`` as the date of ``promise``; ``reason`` is read by the other side.

    By staff it is a reply to the customer, by the customer a message of theirs. ``seen`` is the last event that the
    actor had before them: the same words twice since then are one proposal. Raises ``Refused`` for a date that has
    passed or lies over ten years ahead, and where nothing is to be agreed.
    """
    reason = require_text(reason, "a word of why")
    due_at = due_at.astimezone(UTC)
    with changing(ticket, at) as change:
        by_staff = _is_staffs(ticket, actor)
        if change.said_already(actor, reason, seen):
            return change.ticket
        change.refuse_unless("propose_date")
        story = _story(change, promise)
        _check_seen(story, seen, by_staff=by_staff)
        _check_date(due_at, change.at)
        _check_new(story, due_at, by_staff=by_staff)
        message = change.say(MessageKind.REPLY, actor, reason)
        _record(change, actor, message, story, due_at, by_staff=by_staff)
    return change.ticket


def accept_date(*, ticket: Ticket, actor: User, proposal: int, at: datetime) -> Ticket:
    """Say yes to the other side's proposal, the event number ``proposal``: its date is the due date from now on.

    Sent twice it is one acceptance. Raises ``Refused`` for one's own proposal, for one that a newer one has replaced,
    and for a date that has passed meanwhile.
    """
    with changing(ticket, at) as change:
        by_staff = _is_staffs(ticket, actor)
        story = _story_of(change, proposal)
        accepted = story.accepted.get(proposal)
        if accepted is not None and accepted.actor_id == actor.pk:
            return change.ticket
        change.refuse_unless("accept_date")
        _story(change, story.promise)
        due_at = _acceptable(story, proposal, by_staff=by_staff, at=change.at)
        event = change.record(
            Kind.AGREED, actor, promise=story.promise.value, due_at=due_at.isoformat(), proposal=proposal
        )
        notifications.tell_people(
            change.ticket,
            "date_agreed",
            _told(change, by_staff=by_staff),
            event,
            change.clocks(),
            promise=story.promise.value,
            due_at=due_at,
        )
    return change.ticket


def _is_staffs(ticket: Ticket, actor: User) -> bool:
    """Whether ``actor`` speaks for the desk. Raises ``Refused`` for who may not speak for the customer either."""
    if actor.is_staff and actor.is_active:
        return True
    if why := access.why_not_reply(ticket, actor):
        raise Refused(why)
    return False


def _story(change: Change, promise: str) -> Negotiation:
    """The negotiation about ``promise``. Raises ``Refused`` where its date is not for the two sides to agree on."""
    if promise not in open_to_agreement(change.clocks()):
        raise Refused(f"No date is to be agreed for the {promise} now. Look at the clocks of the ticket.")
    return read_negotiations(change.events)[ClockName(promise)]


def _story_of(change: Change, proposal: int) -> Negotiation:
    stories = read_negotiations(change.events).values()
    found = (story for story in stories for each in story.proposals if each.seq == proposal)
    if (story := next(found, None)) is None:
        raise Refused("There is no such proposal on this ticket. Look at it as it stands now.")
    return story


def _check_seen(story: Negotiation, seen: int | None, *, by_staff: bool) -> None:
    standing = story.standing
    if standing and seen is not None and standing.seq > seen and standing.by_staff != by_staff:
        raise Refused(
            "The other side has proposed a date since. Read it, and send yours if it is still meant."
        )


def _check_date(due_at: datetime, at: datetime) -> None:
    if due_at <= at:
        raise Refused("That date has passed. Choose one that is still to come.", field="due_at")
    if due_at > at + FURTHEST:
        raise Refused("That date lies more than ten years ahead. Choose a nearer one.", field="due_at")


def _check_new(story: Negotiation, due_at: datetime, *, by_staff: bool) -> None:
    standing = story.standing
    if standing and standing.due_at == due_at:
        if standing.by_staff == by_staff:
            raise Refused("That date is proposed already, and the other side has not answered yet.")
        raise Refused("That is the date which the other side proposes. Accept it.", field="due_at")
    if story.binding == due_at and standing is None:
        raise Refused("That date is agreed already. Propose another one.", field="due_at")


def _acceptable(story: Negotiation, proposal: int, *, by_staff: bool, at: datetime) -> datetime:
    """The date of the proposal. Raises ``Refused`` where it cannot be accepted any more, or by this side."""
    standing = story.standing
    if standing is None:
        raise Refused("This proposal does not stand any more. Look at the ticket as it is now.")
    if standing.seq != proposal:
        raise Refused(
            "A newer proposal has come since. Read it, and accept that one or propose another date."
        )
    if standing.by_staff == by_staff:
        raise Refused(
            "This is the proposal of your own side: the other side accepts it or proposes another date."
        )
    if standing.due_at <= at:
        raise Refused("The proposed date has passed. Propose another one.")
    return standing.due_at


def _record(
    change: Change,
    actor: User,
    message: Message,
    story: Negotiation,
    due_at: datetime,
    *,
    by_staff: bool,
) -> None:
    awaited = change.facts.waiting_since is not None
    by_customer = Kind.CUSTOMER_REPLIED if awaited else Kind.CUSTOMER_MESSAGE
    change.record(Kind.PUBLIC_REPLY if by_staff else by_customer, actor, message=message)
    event = change.record(
        Kind.DATE_PROPOSED,
        actor,
        promise=story.promise.value,
        due_at=due_at.isoformat(),
        by_staff=by_staff,
    )
    notifications.tell_people(
        change.ticket,
        "date_proposed",
        _told(change, by_staff=by_staff),
        event,
        change.clocks(),
        text=message.text,
        promise=story.promise.value,
        due_at=due_at,
        binding=story.binding is not None,
    )


def _told(change: Change, *, by_staff: bool) -> list[User]:
    """The other side with its watchers; and who filed the ticket, where a colleague of theirs speaks."""
    contact = change.ticket.contact.user
    if by_staff:
        return with_watchers(change.ticket, [contact])
    return [contact, *notifications.staff_for(change.ticket, change.at)]
