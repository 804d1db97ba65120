"""Who is told what about a ticket: messages composed for the outbox, in the verb's own transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts import phrasing
from contracts.calendar_rows import policy_of
from contracts.models import OutboxMessage, Release, User
from contracts.outbox import writing
from contracts.outbox.rendering import Text, render
from contracts.roster import on_call
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.clock import State
from tickets.cited import cited_in
from tickets.clocks import Miss
from tickets.concerned import concerned, concerned_at_once
from tickets.deadlines import moments
from tickets.endings import Ending
from tickets.escalation import Trigger
from tickets.facts import Facts
from tickets.mail_threads import answered_id
from tickets.models import EnhancementRequest, Message, Ticket, TicketEvent
from tickets.watching import with_watchers

MAIL_REFUSED = "mail_refused"


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
    staff = [person for person in staff_for(ticket, at) if person.pk != ticket.assignee_id]
    writing.post([*receipt, *_drafts("new_ticket", ticket, staff, "filed", at, clocks, said)])


def tell_started(
    ticket: Ticket, event: TicketEvent | None, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The contact, when a kept request was put right and its clocks start."""
    _tell("receipt", ticket, [ticket.contact.user], f"started-{event.seq if event else 0}", at, clocks)


def tell_contact(
    ticket: Ticket,
    kind: str,
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    until: Mapping[str, datetime] | None = None,
) -> None:
    """The contact and the watchers, of what staff did or said; ``until`` are instants, told by their names."""
    _tell_of_event(kind, ticket, contact_and_watchers(ticket, event), event, clocks, until)


def contact_and_watchers(ticket: Ticket, event: TicketEvent) -> list[User]:
    """Who reads what the desk did or said: the contact, and who watches, but who did it."""
    return with_watchers(ticket, [ticket.contact.user], but=event.actor_id)


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


def tell_handed_over(
    ticket: Ticket, before: User, event: TicketEvent, clocks: Sequence[CoreClock], awaited: str
) -> None:
    """Who is the contact of a ticket from now on, with what is ``awaited`` of them; the watchers; and who was it
    before, for whom the page may not open any more.
    """
    contact = ticket.contact.user
    told = {"actor": event.actor, "handed_to": contact, "reason": event.message.text if event.message else ""}
    watching = contact_and_watchers(ticket, event)
    others = [user for user in watching if user.pk not in (contact.pk, before.pk)]
    key, at = f"{event.seq}", event.happened_at
    _tell("shared", ticket, [contact], key, at, clocks, **told, is_theirs=True, text=awaited)
    _tell("shared", ticket, others, key, at, clocks, **told)
    _tell("shared", ticket, [before], key, at, (), **told, url="")


def tell_reopened(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The contact, the staff and the watchers, except who reopened it."""
    staff = staff_for(ticket, event.happened_at)
    people = with_watchers(ticket, [ticket.contact.user, *staff])
    others = [person for person in people if person.pk != event.actor_id]
    _tell_of_event("reopened", ticket, others, event, clocks)


def tell_accepted(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock], ending: Ending) -> None:
    """The staff, when a person of the customer accepted the resolution, with what they said of it."""
    rating = ending.rating
    said = {"satisfied": rating.data["satisfied"], "text": rating.text} if rating else {}
    until = moments(ticket, ending)
    _tell_of_event("accepted", ticket, staff_for(ticket, event.happened_at), event, clocks, until, said)


def tell_accepted_by_silence(
    ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock], ending: Ending
) -> None:
    """The contact and the watchers, when nobody objected to the resolution in time."""
    until = moments(ticket, ending)
    _tell_of_event("accepted_by_silence", ticket, contact_and_watchers(ticket, event), event, clocks, until)


def tell_closed(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock], ending: Ending) -> None:
    """The contact and the watchers, when staff closed the ticket."""
    _tell_of_event(
        "closed", ticket, contact_and_watchers(ticket, event), event, clocks, moments(ticket, ending)
    )


def tell_reminded(
    ticket: Ticket,
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    facts: Facts,
    closing_at: datetime | None,
) -> None:
    """The contact, of what is awaited from them, since when, and when the ticket is offered for closing."""
    told = {"waiting_since": facts.waiting_since, "closing_at": closing_at}
    known = {name: instant for name, instant in told.items() if instant is not None}
    said = {"text": facts.waiting_for}
    _tell_of_event("reminder", ticket, [ticket.contact.user], event, clocks, known, said)


def tell_staff_of_reply(ticket: Ticket, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """The staff, when a person of the customer wrote."""
    _tell_of_event("customer_reply", ticket, staff_for(ticket, event.happened_at), event, clocks)


def tell_assigned(ticket: Ticket, assignee: User, event: TicketEvent, clocks: Sequence[CoreClock]) -> None:
    """Whom the ticket was given to."""
    _tell_of_event("assignment", ticket, [assignee], event, clocks)


def tell_fix(
    ticket: Ticket, release: Release | None, event: TicketEvent, clocks: Sequence[CoreClock]
) -> None:
    """The contact and the watchers, when it is said in which release the ticket is fixed, or (``None``) no more."""
    about = {"release": str(release) if release else "", "due_at": release.planned_at if release else None}
    _tell_fact("fix_named", ticket, contact_and_watchers(ticket, event), event, clocks, **about)


def tell_release_moved(
    ticket: Ticket,
    release: str,
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    *,
    before: datetime | None,
    due: datetime | None,
) -> None:
    """The contact and the customer's watchers, when the release that the ticket waits for is planned for another date;
    ``None`` for none. Staff are told once a plan (``release_slips``).
    """
    contact = ticket.contact.user
    people = [
        user for user in contact_and_watchers(ticket, event) if user.pk == contact.pk or not user.is_staff
    ]
    _tell_fact("release_moved", ticket, people, event, clocks, release=release, before_at=before, due_at=due)


def tell_missed(
    ticket: Ticket, miss: Miss, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff and who is on call, when a clock ran past its due instant."""
    about = {"clock": miss.name.value, "due_at": miss.due_at}
    staff = with_watchers(ticket, concerned_at_once(ticket, at), staff_only=True)
    _tell("miss", ticket, staff, f"missed-{event.seq}", at, clocks, **about)


def tell_warned(
    ticket: Ticket, clock: CoreClock, event: TicketEvent, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """The staff and who is on call, when a clock has used most of its time."""
    about = {"clock": clock.name.value, "due_at": clock.due_at}
    staff = with_watchers(ticket, concerned_at_once(ticket, at), staff_only=True)
    _tell("warning", ticket, staff, f"warned-{event.seq}", at, clocks, **about)


def tell_people(
    ticket: Ticket,
    kind: str,
    people: Iterable[User],
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    **more: Any,
) -> None:
    """Each of ``people`` once, but who did it; ``more`` is what this kind of mail says besides."""
    others = {person.pk: person for person in people if person.pk != event.actor_id}
    _tell_of_event(kind, ticket, others.values(), event, clocks, **more)


def tell_of_enhancement(request: EnhancementRequest, actor: User, at: datetime) -> None:
    """The contact of the ticket that a request for enhancement came from, of what becomes of it."""
    if (ticket := request.ticket) is None:
        return
    about = {
        "title": request.title,
        "said": request.get_state_display(),
        "release": request.release.version if request.release else "",
        "text": request.answer,
        "actor": actor,
        "enhancement_url": site_url(f"/enhancements/{request.pk}/"),
    }
    number = request.steps.count()
    _tell("enhancement", ticket, [ticket.contact.user], f"enhancement-{number}", at, (), **about)


def site_url(path: str) -> str:
    """The absolute address of a page; links in mails come from a setting, never from a request."""
    return settings.SITE_URL.rstrip("/") + path


def tell_on_call(
    ticket: Ticket, trigger: Trigger, seq: int, clocks: Sequence[CoreClock], at: datetime
) -> None:
    """Who is on call, when a share of a promise was escalated; of misses they are told as of misses."""
    slug = ticket.policy_version.slug if ticket.policy_version else ""
    people = on_call(team=ticket.team_id, policy_slug=slug, at=at)
    about = {"clock": trigger.clock, "due_at": trigger.due_at}
    _tell("warning", ticket, people, f"escalated-{seq}", at, clocks, **about)


def tell_details(ticket: Ticket, asked_for: Sequence[str], clocks: Sequence[CoreClock], at: datetime) -> None:
    """The contact, of what a request by mail lacks, with the labels to fill in (AT5)."""
    policy = policy_of(ticket.policy_version) if ticket.policy_version else None
    more = {
        "asks": dict.fromkeys(asked_for, True),
        "severities": policy.severities if policy and "severity" in asked_for else (),
        "places": _places(ticket) if "product" in asked_for else (),
        "place": str(ticket.deployment),
    }
    _tell("details", ticket, [ticket.contact.user], "details", at, clocks, **more)


def _places(ticket: Ticket) -> list[str]:
    """The installations of the ticket's customer, as they are written behind the label, those of its contract first.

    Where another contract covers the one that is named, staff decide.
    """
    own = set(ticket.contract.deployments.values_list("pk", flat=True)) if ticket.contract else set()
    found = ticket.customer.deployments.select_related("product").order_by("product__name", "name")
    return [f"{each.product} {each.name}" for each in sorted(found, key=lambda each: each.pk not in own)]


def tell_mail_refused(
    *, to: User, key: str, subject: str, reason: str, ticket: Ticket | None, at: datetime
) -> None:
    """A contact whose message by mail could not be taken, of the reason; ``subject`` is that of the message."""
    context = {
        "ticket": ticket,
        "subject": subject,
        "reason": reason,
        "url": ticket_url(ticket, to) if ticket else "",
    }
    number = ticket.number if ticket else ""
    writing.write(
        kind=MAIL_REFUSED,
        to=to,
        at=at,
        context=context,
        key=key,
        ticket_number=number,
        in_reply_to=answered_id(ticket),
    )


def staff_for(ticket: Ticket, at: datetime) -> list[User]:
    """Whom of the staff an event on ``ticket`` concerns: ``tickets.concerned`` says it, and who watches."""
    return with_watchers(ticket, concerned(ticket, at), staff_only=True)


def ticket_url(ticket: Ticket, reader: User) -> str:
    """The ticket's page for ``reader``; links in mails come from a setting, never from a request."""
    base = settings.SITE_URL.rstrip("/")
    return f"{base}/admin/queue/{ticket.number}/" if reader.is_staff else f"{base}/tickets/{ticket.number}/"


def _may_open(ticket: Ticket, reader: User) -> bool:
    """Whether the page of the ticket opens for ``reader``: who inquires has no password until they are invited."""
    return not ticket.is_inquiry or reader.is_staff or reader.has_usable_password()


def _tell_fact(
    kind: str,
    ticket: Ticket,
    people: Iterable[User],
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    **about: Any,
) -> None:
    """``people``, of something that happened to the ticket, with the reason that was given."""
    told = {"reason": event.text, "actor": event.actor, **about}
    _tell(kind, ticket, people, f"{event.seq}", event.happened_at, clocks, **told)


def _tell_of_event(  # noqa: PLR0917 -- as below
    kind: str,
    ticket: Ticket,
    people: Iterable[User],
    event: TicketEvent,
    clocks: Sequence[CoreClock],
    until: Mapping[str, datetime] | None = None,
    said: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    about = {
        "text": event.message.text if event.message else event.text,
        "articles": cited_in(event.message) if event.message and event.data.get("articles") else (),
        "by_rule": bool(event.data.get("by_rule")),
        "reason": event.text,
        "actor": event.actor,
        "severity": ticket.severity,
        "moments": until or {},
    }
    _tell(
        kind, ticket, people, f"{event.seq}", event.happened_at, clocks, **{**about, **(said or {}), **more}
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
    texts: dict[tuple[bool, str, bool], Text] = {}
    answered = answered_id(ticket)
    for person in people:
        alike = (person.is_staff, person.time_zone, _may_open(ticket, person))
        if alike not in texts:
            texts[alike] = render(kind, _context(ticket, person, at, clocks, more))
        yield writing.address(
            texts[alike],
            kind=kind,
            to=person,
            at=at,
            key=f"{ticket.number}/{key}/{kind}/{person.pk}",
            ticket_number=ticket.number,
            in_reply_to=answered,
        )


def _context(
    ticket: Ticket, reader: User, at: datetime, clocks: Sequence[CoreClock], more: Mapping[str, Any]
) -> dict[str, Any]:
    """What the text is made of. Of the reader it knows whether they are staff, their zone, and whether it opens."""
    context: dict[str, Any] = {
        "ticket": ticket,
        "url": ticket_url(ticket, reader) if _may_open(ticket, reader) else "",
        "clocks": list(_clock_lines(ticket, reader, clocks, at)),
        "reasons": [reason["text"] for reason in ticket.kept_because],
        "policy_title": ticket.policy_version.title if ticket.policy_version else "",
        "severity_name": _severity_name(ticket),
        **more,
    }
    for name, instant in more.get("moments", {}).items():
        context[name] = _in_both_zones(ticket, reader, instant, at)
    for name in ("due", "before"):
        if instant := more.get(f"{name}_at"):
            context[f"{name}_reader"] = _in_both_zones(ticket, reader, instant, at)
    return context


def _in_both_zones(ticket: Ticket, reader: User, instant: datetime, at: datetime) -> str:
    """An instant in the reader's zone and the desk's."""
    version = ticket.policy_version
    desk = policy_of(version).hours.time_zone if version else None
    return phrasing.moment(instant, ZoneInfo(reader.time_zone), now=at, other=desk)


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
