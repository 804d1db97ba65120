"""How every verb changes a ticket: locked, in one transaction, its events appended and sealed, its
projections brought up to date, its messages handed to the outbox.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contracts.leftovers import none_left_behind
from contracts.models import User
from contracts.refusals import Refused
from contracts.sla.clock import Clock as CoreClock
from tickets import clocks, deadlines, facts, notifications, record, transitions
from tickets.endings import Ending, read_ending
from tickets.models import Message, Ticket, TicketEvent, TicketMerge
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.services import carrying, escalating
from tickets.services.words import learn_words
from tickets.whence import whence

# What the job notices afterwards: it happened at its own instant, and no clock reads it.
NOTICED = {Kind.MISSED, Kind.WARNED, Kind.JUDGED_AGAIN, Kind.REMINDED, Kind.CLOSING_OFFERED, Kind.ESCALATED}


class Change:
    """A ticket under change: its locked row, its events so far, and the instant of the change.

    ``at`` is the instant asked for, or that of the last event where that is later, so that the
    record never runs backwards when two machines' clocks differ.
    """

    def __init__(self, ticket: Ticket, events: list[TicketEvent], at: datetime) -> None:
        self.ticket = ticket
        self.events = events
        self.known = ticket.seq
        self.at = max(at, ticket.last_event_at)
        self.facts = facts.read(events)
        self.said: list[Message] = []

    def came(self, came_at: datetime | None) -> datetime:
        """When something came that is recorded now: not before the ticket was filed, and not after now."""
        return self.at if came_at is None else max(min(came_at, self.at), self.ticket.filed_at)

    def awaited(self, at: datetime) -> bool:
        """Whether the customer's answer was awaited at ``at``."""
        if at >= self.at:
            return self.facts.waiting_since is not None
        then = facts.read(event for event in self.events if event.happened_at <= at)
        return then.waiting_since is not None

    def refuse_unless(self, verb: str) -> None:
        """Raise ``Refused`` when ``verb`` cannot come next."""
        if why := self.why_not(verb):
            raise Refused(why)

    def why_not(self, verb: str) -> str:
        """Why ``verb`` cannot come next; ``""`` where it can."""
        return transitions.refusal(verb, self.facts)

    def record(
        self,
        kind: Kind,
        actor: User | None,
        *,
        text: str = "",
        message: Message | None = None,
        happened_at: datetime | None = None,
        **data: Any,
    ) -> TicketEvent:
        """Append one event. ``text`` and ``message`` are sealed by their fingerprints alone."""
        if text:
            data["text_fingerprint"] = record.fingerprint(text)
        if message is not None:
            data["message_fingerprint"] = record.fingerprint(message.text)
            data["files"] = [attachment.sha256 for attachment in message.attachments.all()]
        came = whence()
        # What nobody did, such as a miss that a verb finds, has no address.
        address = came.address() if actor is not None and settings.RECORD_ADDRESS_DAYS else ""
        data = {"via": came.via.value, **data}
        if address:
            data["address_fingerprint"] = record.fingerprint(address)
        event = TicketEvent(
            ticket=self.ticket,
            seq=self.ticket.seq + 1,
            happened_at=happened_at or self.at,
            recorded_at=timezone.now(),
            kind=kind,
            data=data,
            text=text,
            message=message,
            actor=actor,
            address=address or None,
            previous=self.ticket.head,
        )
        event.hash = record.seal_of(self.ticket.number, event)
        event.save(force_insert=True)
        self.ticket.seq, self.ticket.head = event.seq, event.hash
        if kind not in NOTICED:
            self.ticket.last_event_at = max(self.ticket.last_event_at, event.happened_at)
        self.events.append(event)
        self.facts = facts.read(self.events)
        return event

    def say(self, kind: str, author: User, text: str, *, at: datetime | None = None) -> Message:
        """A message of ``author`` on the ticket; ``at`` is when it was said, where that was before."""
        message = Message.objects.create(
            ticket=self.ticket,
            kind=kind,
            author=author,
            by_staff=author.is_staff,
            text=text,
            written_at=at or self.at,
        )
        self.said.append(message)
        return message

    def said_already(self, author: User, text: str, seen: int | None) -> Message | None:
        """What ``author`` said in the same words after the event ``seen``: a form that was sent twice."""
        if seen is None:
            return None
        later = (event for event in self.events if event.seq > seen and event.actor_id == author.pk)
        return next((event.message for event in later if event.message and event.message.text == text), None)

    def written_already(self, kind: Kind, actor: User, text: str, seen: int | None) -> TicketEvent | None:
        """The event of ``kind`` in the same words after the event ``seen``: a form that was sent twice."""
        if seen is None:
            return None
        own = (event for event in self.events if event.seq > seen and event.actor_id == actor.pk)
        return next((event for event in own if event.kind == kind and event.text == text), None)

    def clocks(self) -> list[CoreClock]:
        """The clocks as they stand after the events so far."""
        return clocks.clocks_of(self.ticket, self.events, self.at)

    @property
    def ending(self) -> Ending:
        """How the ticket waits and ends by the events so far."""
        return read_ending(self.events)

    def settle(self, heard_at: datetime | None = None) -> None:
        """Record the acceptance that silence has brought by now, so that no verb comes before it.

        Of a customer who wrote at ``heard_at``, and whose words are recorded only now: what it had brought by then.
        """
        accepts_at = deadlines.accepts_at(self.ticket, self.ending)
        until = self.at if heard_at is None else min(heard_at, self.at)
        if self.facts.status != Status.RESOLVED or accepts_at is None or accepts_at > until:
            return
        event = self.record(Kind.ACCEPTED, None, happened_at=accepts_at)
        notifications.tell_accepted_by_silence(self.ticket, event, self.clocks(), self.ending)

    def finish(self) -> None:
        """Record what was missed meanwhile, then store what the events add up to."""
        found = self.clocks()
        self.judge(found)
        escalating.follow(self, found)
        clocks.project(self.ticket, found, self.facts)
        deadlines.project(self.ticket, self.facts.status, self.ending)
        self.ticket.status = self.facts.status
        self.ticket.severity = self.facts.severity
        self.ticket.severity_confirmed = self.facts.severity_confirmed
        self.ticket.assignee_id = self.facts.assignee_id
        self.ticket.disputed_at = self.facts.disputed_at
        self.ticket.team_id = self.facts.team_id
        self.ticket.save()
        if self.said:
            learn_words(self.ticket, self.said)

    def catch_up(self) -> None:
        """Record what came due before the verb's own events, where it could not be told from what follows them."""
        if escalating.needs_look_before(self):
            found = self.clocks()
            self.judge(found)
            escalating.follow(self, found)

    def judge(self, found: list[CoreClock]) -> None:
        """Bring the recorded misses in step with those that the events tell of."""
        told = {(miss.name.value, clocks.written(miss.due_at)): miss for miss in clocks.misses(found)}
        recorded = self.facts.recorded_misses
        for key in sorted(recorded - told.keys()):
            why: dict[str, Any] = {"because": "excluded"} if self.facts.excluded else {}
            self.record(Kind.JUDGED_AGAIN, None, clock=key[0], due_at=key[1], **why)
        for key, miss in told.items():
            if key not in recorded:
                event = self.record(Kind.MISSED, None, happened_at=miss.due_at, clock=key[0], due_at=key[1])
                notifications.tell_missed(self.ticket, miss, event, found, self.at)


@contextmanager
def changing(ticket: Ticket, at: datetime, *, heard_at: datetime | None = None) -> Iterator[Change]:
    """The ticket under change. Nothing is stored when the block raises.

    ``heard_at`` is when the customer wrote what is recorded at ``at``, where that was before.
    """
    with none_left_behind(), transaction.atomic():
        locked = (
            Ticket.objects.select_for_update(of=("self",))
            .select_related("policy_version", "contract", "contact__user", "customer", "product")
            .get(pk=ticket.pk)
        )
        events = list(locked.events.select_related("message").order_by("seq"))
        change = Change(locked, events, at)
        change.settle(heard_at)
        change.catch_up()
        yield change
        _carry(change)
        change.finish()


def _carry(change: Change) -> None:
    """What happened to a survivor now happens to what was merged into it, before the survivor is stored: its place in
    the queue depends on their clocks. The survivor is locked first, so that two never wait for each other.
    """
    if not change.facts.merged_from:
        return
    new = [event for event in change.events if event.seq > change.known]
    news = [event for event in new if carrying.is_carried(event)]
    for pk in _merged_into(change) if news else ():
        with changing(Ticket(pk=pk), change.at) as merged:
            for carried in carrying.carried(change.ticket, news, merged.ticket, merged.events):
                merged.record(carried.kind, carried.actor, happened_at=carried.at, **carried.data)


def _merged_into(change: Change) -> list[int]:
    """The keys of all that lives on in a ticket, what was merged first coming first."""
    found, level = [], sorted(change.facts.merged_from)
    while level:
        found.append(level)
        level = list(TicketMerge.objects.filter(survivor__in=level).values_list("ticket", flat=True))
    return [pk for level in reversed(found) for pk in level]


@contextmanager
def in_its_place(ticket: Ticket, at: datetime) -> Iterator[None]:
    """Around a verb on a ticket that may live on in others: these are locked before it, as where something is carried,
    and stand in the queue by its clocks afterwards.
    """
    with transaction.atomic():
        survivors = _survivors_of(ticket)
        for pk in reversed(survivors):
            Ticket.objects.select_for_update().get(pk=pk)
        yield
        for pk in survivors:
            with changing(Ticket(pk=pk), at):
                pass


def _survivors_of(ticket: Ticket) -> list[int]:
    """The keys of those that it lives on in, the nearest first."""
    found: list[int] = []
    merges = TicketMerge.objects.values_list("survivor", flat=True)
    while (pk := merges.filter(ticket=found[-1] if found else ticket.pk).first()) is not None:
        found.append(pk)
    return found


def require_staff(actor: User) -> None:
    """Raise ``Refused`` unless ``actor`` is active staff."""
    if not (actor.is_active and actor.is_staff):
        raise Refused("Only staff can do this.")


def require_text(text: str, what: str) -> str:
    """``text`` without the white space around it. Raises ``Refused`` when nothing is left."""
    if not (stripped := text.strip()):
        raise Refused(f"Write {what} first.")
    return stripped
