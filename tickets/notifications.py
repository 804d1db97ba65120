"""Who is told what about a ticket: messages composed for the outbox, in the verb's own transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts import phrasing
from contracts.calendar_rows import policy_of
from contracts.models import OutboxMessage, User
from contracts.outbox import writing
from contracts.outbox.rendering import Text, render
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from tickets.cited import cited_in
from tickets.clocks import Miss
from tickets.models import Message, Ticket, TicketEvent
from tickets.watching import with_watchers


def tell_filed(
    ticket: Ticket,
    message: Message,
    clocks: Sequence[CoreClock],
    at: datetime,
    *,
    filed_by: User | None = None,
) -> None:
    """The receipt with the tracking number (VK11), or the reasons why the request waits; and staff.

    ``filed_by`` is who of the staff filed it for the contact; ``None`` where the contact did.
    """
    kind = "kept" if ticket.kept_because else "receipt"
    said = {"text": message.text, "filed_by": filed_by}
    receipt = _drafts(kind, ticket, [ticket.contact.user], "filed", at, clocks, said)
    writing.post([*receipt, *_drafts("new_ticket", ticket, staff_for(ticket), "filed", at, clocks, said)])


def tell_started(
    ticket: Ticket, event: TicketEvent | None, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The contact, when a kept request was put right and its clocks start."""
    _tell("receipt", ticket, [ticket.contact.user], f"started-{event.seq if event else 0}", at, clocks)


def tell_contact(ticket: Ticket, kind: str, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact and the watchers, of something that staff did or said."""
    people = with_watchers(ticket, [ticket.contact.user], but=event.actor_id)
    _tell_of_event(kind, ticket, people, event, clocks)


def tell_merged(ticket: Ticket, survivor: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact and the watchers of a ticket that lives on in another, with the address of that one."""
    _tell(
        "merged",
        ticket,
        with_watchers(ticket, [ticket.contact.user], but=event.actor_id),
        f"{event.seq}",
        event.happened_at,
        clocks,
        reason=event.text,
        actor=event.actor,
        survivor=survivor.number,
    )


def tell_shared(ticket: Ticket, colleague: User, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """With whom a ticket was shared."""
    _tell("shared", ticket, [colleague], f"{event.seq}", event.happened_at, clocks, actor=event.actor)


def tell_reopened(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact, the staff and the watchers, except who reopened it."""
    people = with_watchers(ticket, [ticket.contact.user, *staff_for(ticket)])
    others = [person for person in people if person.pk != event.actor_id]
    _tell_of_event("reopened", ticket, others, event, clocks)


def tell_staff_of_reply(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The staff and those of them who watch, when a person of the customer wrote."""
    people = with_watchers(ticket, staff_for(ticket), staff_only=True)
    _tell_of_event("customer_reply", ticket, people, event, clocks)


def tell_assigned(ticket: Ticket, assignee: User, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """Whom the ticket was given to."""
    _tell_of_event("assignment", ticket, [assignee], event, clocks)


def tell_missed(
    ticket: Ticket, miss: Miss, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff, when a clock ran past its due instant."""
    about = {"clock": miss.name.value, "due_at": miss.due_at}
    _tell(
        "miss",
        ticket,
        with_watchers(ticket, staff_for(ticket), staff_only=True),
        f"missed-{event.seq}",
        at,
        clocks,
        **about,
    )


def tell_warned(
    ticket: Ticket, clock: CoreClock, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff, when a clock has used most of its time."""
    about = {"clock": clock.name.value, "due_at": clock.due_at}
    _tell(
        "warning",
        ticket,
        with_watchers(ticket, staff_for(ticket), staff_only=True),
        f"warned-{event.seq}",
        at,
        clocks,
        **about,
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


def _tell_of_event(
    kind: str, ticket: Ticket, people: Iterable[User], event: TicketEvent, clocks: Sequence[CoreClock]
) -> None:
    _tell(
        kind,
        ticket,
        people,
        f"{event.seq}",
        event.happened_at,
        clocks,
        text=event.message.text if event.message else event.text,
        articles=cited_in(event.message) if event.message and event.data.get("articles") else (),
        reason=event.text,
        actor=event.actor,
        severity=ticket.severity,
    )


def _tell(  # noqa: PLR0917 -- the order is the sentence: what, of which, to whom, said once as, when
    kind: str,
    ticket: Ticket,
    people: Iterable[User],
    key: str,
    at: datetime,
    clocks: Sequence[CoreClock],
    **more: Any,
) -> None:
    """Hand one message a person to the outbox."""
    writing.post(_drafts(kind, ticket, people, key, at, clocks, more))


def _drafts(  # noqa: PLR0917 -- as above
    kind: str,
    ticket: Ticket,
    people: Iterable[User],
    key: str,
    at: datetime,
    clocks: Sequence[CoreClock],
    more: Mapping[str, Any],
) -> Iterator[OutboxMessage]:
    """One message a person; those who read alike share one rendering."""
    texts: dict[tuple[bool, str], Text] = {}
    for person in people:
        alike = (person.is_staff, person.time_zone)
        if alike not in texts:
            texts[alike] = render(kind, _context(ticket, person, at, clocks, more))
        yield writing.address(
            texts[alike],
            kind=kind,
            to=person,
            at=at,
            key=f"{ticket.number}/{key}/{kind}/{person.pk}",
            ticket_number=ticket.number,
        )


def _context(
    ticket: Ticket, reader: User, at: datetime, clocks: Sequence[CoreClock], more: Mapping[str, Any]
) -> dict[str, Any]:
    """What the text is made of. Of the reader it knows whether they are staff, and their zone."""
    context: dict[str, Any] = {
        "ticket": ticket,
        "url": ticket_url(ticket, reader),
        "clocks": list(_clock_lines(ticket, reader, clocks, at)),
        "reasons": [reason["text"] for reason in ticket.kept_because],
        "policy_title": ticket.policy_version.title if ticket.policy_version else "",
        "severity_name": _severity_name(ticket),
        **more,
    }
    if due := more.get("due_at"):
        context["due_reader"] = phrasing.moment(due, ZoneInfo(reader.time_zone), now=at)
    return context


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
