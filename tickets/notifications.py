"""Who is told what about a ticket: messages composed for the outbox, in the verb's own transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts import phrasing
from contracts.calendar_rows import policy_of
from contracts.models import OutboxMessage, User
from contracts.outbox import writing
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from tickets.clocks import Miss
from tickets.models import Message, Ticket, TicketEvent


def tell_filed(ticket: Ticket, message: Message, clocks: Sequence[CoreClock], at: datetime) -> None:
    """The receipt with the tracking number (VK11), or the reasons why the request waits; and staff."""
    contact = ticket.contact.user
    kind = "kept" if ticket.kept_because else "receipt"
    drafts = [_draft(kind, ticket, contact, "filed", at, clocks, text=message.text)]
    drafts += [
        _draft("new_ticket", ticket, agent, "filed", at, clocks, text=message.text)
        for agent in staff_for(ticket)
    ]
    writing.post(drafts)


def tell_started(
    ticket: Ticket, event: TicketEvent | None, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The contact, when a kept request was put right and its clocks start."""
    key = f"started-{event.seq if event else 0}"
    writing.post([_draft("receipt", ticket, ticket.contact.user, key, at, clocks)])


def tell_contact(ticket: Ticket, kind: str, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact, of something that staff did or said."""
    writing.post([_of_event(kind, ticket, ticket.contact.user, event, clocks)])


def tell_reopened(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact and the staff, except who reopened it."""
    people = [ticket.contact.user, *staff_for(ticket)]
    writing.post(
        _of_event("reopened", ticket, person, event, clocks)
        for person in people
        if person.pk != event.actor_id
    )


def tell_staff_of_reply(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The staff, when a person of the customer wrote."""
    writing.post(_of_event("customer_reply", ticket, agent, event, clocks) for agent in staff_for(ticket))


def tell_assigned(ticket: Ticket, assignee: User, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """Whom the ticket was given to."""
    writing.post([_of_event("assignment", ticket, assignee, event, clocks)])


def tell_missed(
    ticket: Ticket, miss: Miss, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff, when a clock ran past its due instant."""
    key = f"missed-{event.seq}"
    writing.post(
        _draft("miss", ticket, agent, key, at, clocks, clock=miss.name.value, due_at=miss.due_at)
        for agent in staff_for(ticket)
    )


def tell_warned(
    ticket: Ticket, clock: CoreClock, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff, when a clock has used most of its time."""
    writing.post(
        _draft(
            "warning",
            ticket,
            agent,
            f"warned-{event.seq}",
            at,
            clocks,
            clock=clock.name.value,
            due_at=clock.due_at,
        )
        for agent in staff_for(ticket)
    )


def staff_for(ticket: Ticket) -> list[User]:
    """Whom an event on ``ticket`` concerns: its assignee, or everybody on the desk."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    if ticket.assignee_id:
        return list(staff.filter(pk=ticket.assignee_id)) or list(staff)
    return list(staff)


def ticket_url(ticket: Ticket, reader: User) -> str:
    """The ticket's page for ``reader``; links in mails come from a setting, never from a request."""
    base = settings.SITE_URL.rstrip("/")
    return f"{base}/admin/queue/{ticket.number}/" if reader.is_staff else f"{base}/tickets/{ticket.number}/"


def _of_event(
    kind: str, ticket: Ticket, to: User, event: TicketEvent, clocks: Sequence[CoreClock]
) -> OutboxMessage:
    text = event.message.text if event.message else event.text
    return _draft(
        kind,
        ticket,
        to,
        f"{event.seq}",
        event.happened_at,
        clocks,
        text=text,
        reason=event.text,
        actor=event.actor,
        severity=ticket.severity,
    )


def _draft(  # noqa: PLR0917 -- the order is the sentence: what, of which, to whom, said once as, when
    kind: str,
    ticket: Ticket,
    to: User,
    key: str,
    at: datetime,
    clocks: Sequence[CoreClock],
    **more: Any,
) -> OutboxMessage:
    context: dict[str, Any] = {
        "ticket": ticket,
        "url": ticket_url(ticket, to),
        "clocks": list(_clock_lines(ticket, to, clocks, at)),
        "reasons": [reason["text"] for reason in ticket.kept_because],
        "policy_title": ticket.policy_version.title if ticket.policy_version else "",
        "severity_name": _severity_name(ticket),
        **more,
    }
    if due := more.get("due_at"):
        context["due_reader"] = phrasing.moment(due, ZoneInfo(to.time_zone), now=at)
    return writing.compose(
        kind=kind,
        to=to,
        at=at,
        context=context,
        key=f"{ticket.number}/{key}/{kind}/{to.pk}",
        ticket_number=ticket.number,
    )


def _clock_lines(
    ticket: Ticket, reader: User, clocks: Iterable[CoreClock], at: datetime
) -> Iterable[dict[str, str]]:
    """What is due next, in the reader's zone and the desk's."""
    if ticket.policy_version is None:
        return
    desk, zone = policy_of(ticket.policy_version).hours.time_zone, ZoneInfo(reader.time_zone)
    for clock in clocks:
        if clock.state in (State.STOPPED, State.VOID):
            continue
        yield {
            "name": clock.name.value,
            "promise": str(clock.promise or ""),
            "state": clock.state.value,
            "due_reader": phrasing.moment(clock.due_at, zone, now=at) if clock.due_at else "",
            "due_desk": phrasing.moment(clock.due_at, desk, now=at) if clock.due_at else "",
        }


def _severity_name(ticket: Ticket) -> str:
    if ticket.policy_version is None or not ticket.severity:
        return ""
    return policy_of(ticket.policy_version).severity(ticket.severity).name
