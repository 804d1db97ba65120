"""
One update of a cause as a reply to each ticket that hangs on it.

A verb calls ``spread`` in its own transaction: one row, however many tickets there are. The recurring job walks the
cause's tickets (``walking``): each is locked, and unless it has the reply already, the reply, its event and the row
that says so are written together.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contracts.models import Outage, User
from tickets import notifications
from tickets.models import KnownProblem, Spread, SpreadReply, Ticket, TicketOutage, TicketProblem
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.models.ticket import UNFINISHED
from tickets.services.changing import changing, require_staff, require_text
from tickets.services.walking import Way, walk_all, walk_on

OUTAGE = "outage"
PROBLEM = "problem"

Links = Callable[[int, datetime], QuerySet[Any]]
Seen = Callable[[int, User], bool]


def _of_outage(outage: int, at: datetime) -> QuerySet[TicketOutage]:
    return TicketOutage.objects.filter(outage=outage, linked_at__lte=at)


def _is_outage_seen(outage: int, user: User) -> bool:
    return Outage.objects.visible_to(user).filter(pk=outage).exists()


def _of_problem(problem: int, at: datetime) -> QuerySet[TicketProblem]:
    return TicketProblem.objects.filter(problem=problem, linked_at__lte=at)


def _is_problem_seen(problem: int, user: User) -> bool:
    return KnownProblem.objects.affecting(user).filter(pk=problem).exists()


# By the kind of a cause: the rows, each with a ``ticket``, that were linked to it by an instant.
CAUSES: dict[str, Links] = {OUTAGE: _of_outage, PROBLEM: _of_problem}
# And whether somebody may know of it: since the link was made it may have come out as another's.
SEEN: dict[str, Seen] = {OUTAGE: _is_outage_seen, PROBLEM: _is_problem_seen}


@transaction.atomic
def spread(*, cause_kind: str, cause_id: int, text: str, key: str, actor: User, at: datetime) -> Spread:
    """Say ``text`` to every unfinished ticket that is linked to a cause at ``at``, once per ``key``.

    The worker writes the replies, in the name of ``actor``. The same key again changes nothing. Raises ``Refused``
    without words, and for who is not staff; ``LookupError`` for a kind of cause that is not known.
    """
    require_staff(actor)
    text = require_text(text, "the update")
    if cause_kind not in CAUSES:
        raise LookupError(f"No cause is called {cause_kind!r}; known are: {', '.join(sorted(CAUSES))}.")
    row = Spread(
        cause_kind=cause_kind,
        cause_id=cause_id,
        text=text,
        key=key,
        actor=actor,
        created_at=at,
        not_before=at,
    )
    Spread.objects.bulk_create([row], ignore_conflicts=True)
    return Spread.objects.get(key=key)


def post_replies(*, at: datetime) -> int:
    """The recurring job: reply on the tickets of every unfinished spread in turn; how many replies were written."""
    waiting = Spread.objects.unfinished(at).select_related("actor").order_by("pk")
    return walk_all(waiting, post_batch, at)


def post_batch(row: Spread, at: datetime) -> int:
    """Reply on the next tickets of ``row``, after the last of them on those left; how many replies were written."""
    links = CAUSES[row.cause_kind](row.cause_id, row.created_at)
    return walk_on(row, Way(links, "ticket", partial(_reply, row, at=at)), at)


def _reply(row: Spread, ticket: int, at: datetime) -> bool:
    """Whether the ticket gets its reply now; not where it has it, is finished, or its contact may not know of it."""
    with changing(Ticket(pk=ticket), at) as change:
        has_it = SpreadReply.objects.filter(spread=row, ticket=ticket).exists()
        if has_it or change.facts.status not in UNFINISHED:
            return False
        if not SEEN[row.cause_kind](row.cause_id, change.ticket.contact.user):
            return False
        # As it stands now: a part of it may have been removed since. Locked, so that a removal waits for this reply.
        text = Spread.objects.select_for_update().get(pk=row.pk).text
        if not text:
            return False
        message = change.say(MessageKind.REPLY, row.actor, text)
        cause = {"kind": row.cause_kind, "id": row.cause_id}
        event = change.record(Kind.PUBLIC_REPLY, row.actor, message=message, cause=cause)
        SpreadReply.objects.create(spread=row, ticket=change.ticket, event=event)
        notifications.tell_contact(change.ticket, "reply", event, change.clocks())
    return True
