"""How every verb changes a ticket: locked, in one transaction, its events appended and sealed, its
projections brought up to date, its messages handed to the outbox.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from contracts.models import User
from contracts.refusals import Refused
from contracts.sla.clock import Clock as CoreClock
from tickets import clocks, facts, notifications, record, transitions
from tickets.models import Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.words import learn_words

# What the job notices afterwards: it happened at its own instant, and no clock reads it.
NOTICED = {Kind.MISSED, Kind.WARNED, Kind.JUDGED_AGAIN}


class Change:
    """A ticket under change: its locked row, its events so far, and the instant of the change.

    ``at`` is the instant asked for, or that of the last event where that is later, so that the
    record never runs backwards when two machines' clocks differ.
    """

    def __init__(self, ticket: Ticket, events: list[TicketEvent], at: datetime) -> None:
        self.ticket = ticket
        self.events = events
        self.at = max(at, ticket.last_event_at)
        self.facts = facts.read(events)
        self.said: list[Message] = []

    def refuse_unless(self, verb: str) -> None:
        """Raise ``Refused`` when ``verb`` cannot come next."""
        if why := transitions.refusal(verb, self.facts):
            raise Refused(why)

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

    def say(self, kind: str, author: User, text: str) -> Message:
        """A message of ``author`` on the ticket."""
        message = Message.objects.create(
            ticket=self.ticket,
            kind=kind,
            author=author,
            by_staff=author.is_staff,
            text=text,
            written_at=self.at,
        )
        self.said.append(message)
        return message

    def said_already(self, author: User, text: str, seen: int | None) -> Message | None:
        """What ``author`` said in the same words after the event ``seen``: a form that was sent twice."""
        if seen is None:
            return None
        later = (event for event in self.events if event.seq > seen and event.actor_id == author.pk)
        return next((event.message for event in later if event.message and event.message.text == text), None)

    def clocks(self) -> list[CoreClock]:
        """The clocks as they stand after the events so far."""
        return clocks.clocks_of(self.ticket, self.events, self.at)

    def finish(self) -> None:
        """Record what was missed meanwhile, then store what the events add up to."""
        found = self.clocks()
        self.judge(found)
        clocks.project(self.ticket, found, self.facts)
        self.ticket.status = self.facts.status
        self.ticket.severity = self.facts.severity
        self.ticket.severity_confirmed = self.facts.severity_confirmed
        self.ticket.assignee_id = self.facts.assignee_id
        self.ticket.save()
        if self.said:
            learn_words(self.ticket, self.said)

    def judge(self, found: list[CoreClock]) -> None:
        """Bring the recorded misses in step with those that the events tell of."""
        told = {(miss.name.value, clocks.written(miss.due_at)): miss for miss in clocks.misses(found)}
        recorded = self.facts.recorded_misses
        for key in sorted(recorded - told.keys()):
            self.record(Kind.JUDGED_AGAIN, None, clock=key[0], due_at=key[1])
        for key, miss in told.items():
            if key not in recorded:
                event = self.record(Kind.MISSED, None, happened_at=miss.due_at, clock=key[0], due_at=key[1])
                notifications.tell_missed(self.ticket, miss, event, found, self.at)


@contextmanager
def changing(ticket: Ticket, at: datetime) -> Iterator[Change]:
    """The ticket under change. Nothing is stored when the block raises."""
    with transaction.atomic():
        locked = (
            Ticket.objects.select_for_update(of=("self",))
            .select_related("policy_version", "contract", "contact__user", "customer", "product")
            .get(pk=ticket.pk)
        )
        events = list(locked.events.select_related("message").order_by("seq"))
        change = Change(locked, events, at)
        yield change
        change.finish()


def require_staff(actor: User) -> None:
    """Raise ``Refused`` unless ``actor`` is active staff."""
    if not (actor.is_active and actor.is_staff):
        raise Refused("Only staff can do this.")


def require_text(text: str, what: str) -> str:
    """``text`` without the white space around it. Raises ``Refused`` when nothing is left."""
    if not (stripped := text.strip()):
        raise Refused(f"Write {what} first.")
    return stripped
