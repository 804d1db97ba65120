"""Acknowledge, start work, provide a workaround, resolve, reopen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.files import Upload
from contracts.models import User
from contracts.refusals import Refused
from contracts.roster import active_staff
from tickets import access, deadlines, notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.services.answers import say_with_articles
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.conversation import released
from tickets.services.files import attach
from tickets.services.releases import record_next_release


def acknowledge_ticket(*, ticket: Ticket, actor: User, at: datetime) -> Ticket:
    """Tell the customer that a person has seen the request (AT4)."""
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("acknowledge")
        event = change.record(Kind.ACKNOWLEDGED, actor)
        notifications.tell_contact(change.ticket, "acknowledged", event, change.clocks())
    return change.ticket


def start_work(*, ticket: Ticket, actor: User, at: datetime) -> Ticket:
    """Begin to work on the problem (VV8); a ticket of nobody, or of somebody who has left, becomes the actor's."""
    require_staff(actor)
    with changing(ticket, at) as change:
        change.refuse_unless("start_work")
        event = change.record(Kind.WORK_STARTED, actor)
        assignee = change.facts.assignee_id
        if assignee is None or not active_staff().filter(pk=assignee).exists():
            change.record(Kind.ASSIGNED, actor, assignee=actor.pk)
        notifications.tell_contact(change.ticket, "work_started", event, change.clocks())
    return change.ticket


def provide_workaround(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    articles: Sequence[int] = (),
    at: datetime,
) -> Ticket:
    """Give the customer a way to go on with; ``text`` says how."""
    require_staff(actor)
    text = require_text(text, "how the workaround is done")
    with changing(ticket, at) as change:
        change.refuse_unless("provide_workaround")
        _say(change, actor, Said(Kind.WORKAROUND_PROVIDED, "workaround", text, files, articles))
    return change.ticket


def resolve_ticket(
    *,
    ticket: Ticket,
    actor: User,
    text: str,
    files: Sequence[Upload] = (),
    articles: Sequence[int] = (),
    at: datetime,
) -> Ticket:
    """Give the customer the solution; the customer may reopen (VK17)."""
    require_staff(actor)
    text = require_text(text, "what the solution is")
    with changing(ticket, at) as change:
        change.refuse_unless("resolve")
        _say(change, actor, Said(Kind.RESOLVED, "resolution", text, files, articles))
    return change.ticket


def reopen_ticket(
    *,
    ticket: Ticket,
    actor: User,
    reason: str,
    files: Sequence[Upload] = (),
    seen: int | None = None,
    came_at: datetime | None = None,
    released_by: User | None = None,
    at: datetime,
) -> Ticket:
    """Refuse a resolution, or open a closed ticket again: by staff or by a person of the customer who may reply.

    With a reason, and no later than the policy's ``reopen_within`` of the resolution (docs/endings.md).
    ``seen`` is the last event that they had before them: the same reason twice since then is one reopening.
    ``came_at`` is when a reason by mail came: by then it must be in time, and from then the clocks run again.
    ``released_by`` is who of the staff let it in where it was held.
    """
    reason = require_text(reason, "why the ticket is reopened")
    with changing(ticket, at, heard_at=came_at) as change:
        is_staff = actor.is_staff and actor.is_active
        if not is_staff and (why := access.why_not_reply(ticket, actor)):
            raise Refused(why)
        if change.said_already(actor, reason, seen):
            return change.ticket
        change.refuse_unless("reopen")
        came = _after_the_end(change, came_at)
        if why := deadlines.why_not_reopen(change.ticket, change.ending, came):
            raise Refused(why)
        if not is_staff and change.facts.waiting_since is not None:
            change.record(Kind.CUSTOMER_REPLIED, actor, happened_at=came)
        message = change.say(MessageKind.REPLY, actor, reason, at=came)
        attach(message, files)
        event = change.record(
            Kind.REOPENED, actor, message=message, happened_at=came, **released(released_by)
        )
        if change.ticket.runs_clocks:
            # Plans that changed while it was resolved.
            record_next_release(change)
        notifications.tell_reopened(change.ticket, event, change.clocks())
    return change.ticket


def _after_the_end(change: Change, came_at: datetime | None) -> datetime:
    """When a reason came that is recorded now; nothing is reopened before it was resolved or closed."""
    ends = [change.facts.resolved_at, change.facts.closed_at]
    return max(change.came(came_at), *(end for end in ends if end is not None))


@dataclass(frozen=True, slots=True)
class Said:
    """What staff say to the customer with a verb: the event that it is, and the mail that tells it."""

    kind: Kind
    mail: str
    text: str
    files: Sequence[Upload]
    articles: Sequence[int]


def _say(change: Change, actor: User, said: Said) -> None:
    message, named = say_with_articles(change, actor, said.text, said.articles)
    attach(message, said.files)
    event = change.record(said.kind, actor, message=message, **named)
    until = deadlines.moments(change.ticket, change.ending)
    notifications.tell_contact(change.ticket, said.mail, event, change.clocks(), until)
