"""What the worker does where a customer says nothing: it reminds, offers for closing, and accepts by silence.

1. ``Ticket.silence_at`` says which tickets to look at; it is a hint and nothing more.
2. The ticket is locked, and what silence has brought is worked out from its events and the calendar as it stands.
3. It is recorded and told in the same transaction. Two workers on one ticket wait for each other, and the second
   finds nothing left to do.
"""

from collections.abc import Callable
from datetime import datetime

from tickets import deadlines, notifications
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.models.ticket import Status, TicketQuerySet
from tickets.services.changing import Change
from tickets.services.looking import look_at_each, nothing_more

AT_ONCE = 200


def hear_silence(*, at: datetime) -> None:
    """The recurring job: what silence has brought by ``at``, a bounded part, the oldest first."""
    _each(Ticket.objects.fallen_silent(at).order_by("silence_at"), at, _remind_or_offer)


def count_silence_again(*, at: datetime) -> None:
    """The recurring job: a closure, or another change of the calendar, moves what silence brings."""
    _each(Ticket.objects.counted_by_an_older_calendar().order_by("silence_at"), at, nothing_more)


def _each(found: TicketQuerySet, at: datetime, look: Callable[[Change], None]) -> None:
    """Look at each ticket, a bounded part of them."""
    look_at_each(list(found.values_list("pk", flat=True)[:AT_ONCE]), look, at=at)


def _remind_or_offer(change: Change) -> None:
    """Never both at once: what a worker that slept left out comes one after the other, with its time between."""
    ticket, ending = change.ticket, change.ending
    if change.facts.status is not Status.WAITING or ending.offered_at is not None:
        return
    reminds_at = deadlines.reminds_at(ticket, ending)
    if reminds_at is not None:
        if reminds_at <= change.at:
            # Nobody reads what is written to somebody who has left: staff are told instead.
            (_remind if ticket.contact.user.is_active else _offer)(change)
        return
    offers_at = deadlines.offers_closing_at(ticket, ending)
    if offers_at is not None and offers_at <= change.at:
        _offer(change)


def _offer(change: Change) -> None:
    """The staff are told, since one of them may now close it, or hand it over to another contact."""
    event = change.record(Kind.CLOSING_OFFERED, None)
    people = notifications.staff_for(change.ticket, change.at)
    since = change.facts.waiting_since
    notifications.tell_people(
        change.ticket,
        "closing_offered",
        people,
        event,
        change.clocks(),
        until={"waiting_since": since} if since else None,
        said={"text": change.facts.waiting_for},
    )


def _remind(change: Change) -> None:
    """An automatic message: no public reply, so no clock stops or starts anew."""
    number = len(change.ending.reminders) + 1
    event = change.record(Kind.REMINDED, None, reminder=number)
    closing_at = deadlines.offers_closing_at(change.ticket, change.ending)
    notifications.tell_reminded(change.ticket, event, change.clocks(), change.facts, closing_at)
