"""Consultations (VK8): asked for by a contact, confirmed by staff inside support hours, moved and cancelled by either.

Each verb adds one fact and tells both sides. Where there is a ticket its record has it, too, and what staff say with it
is a public reply for the clocks, as a proposal of a date is. ``seen`` is the number of the last fact that a form knew.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from contracts.calendar_rows import policy_of
from contracts.entitlement import is_in_force
from contracts.models import Contact, Contract, PolicyVersion, User
from contracts.phrasing import public_moment
from contracts.refusals import Refused
from tickets import access, consultation_access, transitions
from tickets.consultation_told import tell
from tickets.consulting import MINUTES, check_join, check_times, why_not_then
from tickets.models import Consultation, ConsultationEvent, Ticket
from tickets.models.consultation import ConsultationEventKind
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.services.changing import Change, changing, require_staff

MOST_OPEN = 5
LONGEST_TOPIC = 200
LONGEST = timedelta(minutes=max(MINUTES))


class Overtaken(Refused):
    """Something has been done since the form was opened."""


@dataclass(slots=True)
class Held:
    """A consultation under change: its locked row, its ticket under change if it has one, and the instant."""

    consultation: Consultation
    change: Change | None
    at: datetime

    @property
    def version(self) -> PolicyVersion:
        return self.consultation.contract.policy_version

    def add(self, kind: ConsultationEventKind, actor: User, text: str = "", **more: Any) -> ConsultationEvent:
        """The row stored, and one fact: the consultation as it stands now, and ``more``."""
        row = self.consultation
        row.save()
        data = {
            "starts_at": _written(row.starts_at) if row.starts_at else "",
            "minutes": row.minutes,
            "host": row.host_id,
            "join": row.join,
            "times": row.times,
            **more,
        }
        return ConsultationEvent.objects.create(
            consultation=row,
            number=row.events.count() + 1,
            kind=kind,
            recorded_at=self.at,
            actor=actor,
            text=text,
            data=data,
            sequence=row.sequence,
        )

    def on_ticket(self, kind: Kind, actor: User, text: str = "", **data: Any) -> None:
        """The fact in the ticket's record."""
        if self.change is not None:
            self.change.record(kind, actor, text=text, consultation=self.consultation.pk, **data)

    def reply(self, actor: User, text: str) -> None:
        """What staff say with it, as a reply on the ticket; a closed ticket is no longer written to."""
        if self.change is not None and not transitions.refusal("reply", self.change.facts):
            message = self.change.say(MessageKind.REPLY, actor, text)
            self.change.record(Kind.PUBLIC_REPLY, actor, message=message)

    def told(self, instant: datetime) -> str:
        """An instant as everybody on the ticket reads it: in the desk's zone and in UTC."""
        return public_moment(instant, policy_of(self.version).hours.time_zone, now=self.at)


def ask_consultation(
    *,
    contact: Contact,
    ticket: Ticket | None,
    contract: Contract | None,
    topic: str,
    times: Sequence[datetime],
    minutes: int,
    submission_key: str,
    at: datetime,
) -> Consultation:
    """A contact asks for a call at one of up to three times; ``contract`` is that of the ``ticket`` where there is one.

    The same key again gives the consultation there is. Refused for who may not write to support, for a contract that
    is not in force, for times outside support hours, on a ticket that is closed, and for a sixth that nobody answered.
    """
    topic = " ".join(topic.split())
    if not topic or len(topic) > LONGEST_TOPIC:
        raise Refused(f"Say what it is about, in up to {LONGEST_TOPIC} characters.", field="topic")
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
        if known := Consultation.objects.filter(submission_key=submission_key, contact=contact).first():
            return known
        change = stack.enter_context(changing(ticket, at)) if ticket else None
        at = change.at if change else at
        under = change.ticket.contract if change else contract
        if change is not None:
            _check_on_ticket(change, contact)
        checked = _check_contract(contact, under, at)
        zone = ZoneInfo(contact.user.time_zone)
        found = check_times(times, minutes, version=checked.policy_version, zone=zone, at=at, field="time_")
        if Consultation.objects.to_answer().filter(contact=contact).count() >= MOST_OPEN:
            raise Refused(f"{MOST_OPEN} of your consultations are still to be answered: cancel one first.")
        made = Consultation(
            customer=contact.customer,
            contact=contact,
            contract=checked,
            ticket=change.ticket if change else None,
            topic=topic,
            minutes=minutes,
            times=[_written(time) for time in found],
            asked_at=at,
            submission_key=submission_key,
        )
        made.save(force_insert=True)
        held = Held(made, change, at)
        fact = held.add(ConsultationEventKind.ASKED, contact.user)
        held.on_ticket(Kind.CONSULTATION_ASKED, contact.user, topic, times=made.times, minutes=minutes)
        tell(fact)
    return made


def confirm_consultation(
    *,
    consultation: Consultation,
    starts_at: datetime,
    minutes: int,
    host: User,
    join: str,
    text: str = "",
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Consultation:
    """Staff set its time; where it has one it is moved, and the invitation follows.

    Refused outside the support hours of the contract's policy, naming the next opening; where ``host`` is no staff or
    has another one then; without a way to join; and for one that is over or cancelled.
    """
    require_staff(actor)
    join = check_join(join)
    with _holding(consultation, at, seen) as held:
        _check_then(held, starts_at, minutes, actor)
        _check_host(held, host, starts_at, minutes)
        _settle(held, starts_at, minutes, host, join, text.strip(), actor)
    return held.consultation


def offer_times(
    *,
    consultation: Consultation,
    times: Sequence[datetime],
    minutes: int,
    join: str,
    text: str = "",
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Consultation:
    """Staff propose up to three other times, of which the contact takes one; the actor is the host.

    Refused like confirming.
    """
    require_staff(actor)
    join = check_join(join)
    with _holding(consultation, at, seen) as held:
        row = held.consultation
        zone = ZoneInfo(actor.time_zone)
        found = check_times(times, minutes, version=held.version, zone=zone, at=held.at, field="time_")
        offered = [_written(time) for time in found]
        if row.starts_at is None:
            row.host, row.join, row.minutes = actor, join, minutes
        row.times, row.times_by_staff = offered, True
        fact = held.add(
            ConsultationEventKind.OFFERED,
            actor,
            text.strip(),
            offered={"minutes": minutes, "join": join, "host": actor.pk},
        )
        said = "; ".join(held.told(time) for time in found)
        held.reply(actor, _joined(text, f"For the consultation you asked for we propose: {said}."))
        tell(fact)
    return held.consultation


def take_time(
    *, consultation: Consultation, starts_at: datetime, actor: User, at: datetime, seen: int | None = None
) -> Consultation:
    """A person of the customer takes one of the times that staff proposed.

    Refused for any other, and once it is past.
    """
    with _holding(consultation, at, seen) as held:
        _check_acts(held, actor)
        row = held.consultation
        if not row.times_by_staff or _written(starts_at) not in row.times:
            raise Refused("This time is not proposed any more: choose one that is.")
        last = row.events.filter(kind=ConsultationEventKind.OFFERED).select_related("actor").latest("number")
        offered = last.data["offered"]
        _check_then(held, starts_at, offered["minutes"], actor)
        _check_host(held, last.actor, starts_at, offered["minutes"])
        _settle(held, starts_at, offered["minutes"], last.actor, offered["join"], "", actor)
    return held.consultation


def ask_to_move(
    *,
    consultation: Consultation,
    times: Sequence[datetime],
    reason: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Consultation:
    """A person of the customer names other times; what was confirmed stays until staff move it.

    Refused without a reason, and like asking for one.
    """
    if not (reason := reason.strip()):
        raise Refused("Say why; we read it.", field="reason")
    with _holding(consultation, at, seen) as held:
        _check_acts(held, actor)
        row, zone = held.consultation, ZoneInfo(actor.time_zone)
        found = check_times(times, row.minutes, version=held.version, zone=zone, at=held.at, field="time_")
        row.times, row.times_by_staff = [_written(time) for time in found], False
        fact = held.add(ConsultationEventKind.MOVE_ASKED, actor, reason)
        held.on_ticket(
            Kind.CONSULTATION_ASKED, actor, reason, times=row.times, minutes=row.minutes, again=True
        )
        tell(fact)
    return held.consultation


def cancel_consultation(
    *, consultation: Consultation, reason: str, actor: User, at: datetime, seen: int | None = None
) -> Consultation:
    """Either side takes it back, and the invitation is withdrawn.

    Refused without a reason, and for one that is over.
    """
    if not (reason := reason.strip()):
        raise Refused("Say why; the other side reads it.", field="reason")
    with _holding(consultation, at, seen) as held:
        if not (actor.is_staff and actor.is_active):
            _check_acts(held, actor)
        row = held.consultation
        row.cancelled_at, row.times, row.times_by_staff = held.at, [], False
        row.sequence += 1
        fact = held.add(ConsultationEventKind.CANCELLED, actor, reason)
        if actor.is_staff:
            held.reply(actor, f"The consultation is cancelled: {reason}")
        starts = _written(row.starts_at) if row.starts_at else ""
        said = "" if actor.is_staff else reason
        held.on_ticket(Kind.CONSULTATION_CANCELLED, actor, said, starts_at=starts)
        tell(fact)
    return held.consultation


def _settle(  # noqa: PLR0917 -- what a call is made of
    held: Held, starts_at: datetime, minutes: int, host: User, join: str, text: str, actor: User
) -> None:
    """Sets or moves the time; records it on both, and sends the invitation to both."""
    row = held.consultation
    before, left = row.starts_at, row.host if row.starts_at else None
    if (before, row.minutes, row.host_id, row.join) == (starts_at, minutes, host.pk, join):
        raise Refused("It is confirmed just so: choose another time.", field="starts_at")
    row.starts_at, row.minutes, row.host, row.join = starts_at, minutes, host, join
    row.times, row.times_by_staff = [], False
    row.sequence += 1 if before else 0
    kind = ConsultationEventKind.MOVED if before else ConsultationEventKind.CONFIRMED
    fact = held.add(kind, actor, text)
    data: dict[str, Any] = {"starts_at": _written(starts_at), "minutes": minutes, "host": host.pk}
    if actor.is_staff:
        held.reply(
            actor,
            _joined(
                text,
                f"We talk {held.told(starts_at)}, for {minutes} minutes, with {host}. How to join: {join}",
            ),
        )
    if before:
        held.on_ticket(Kind.CONSULTATION_MOVED, actor, before=_written(before), **data)
    else:
        held.on_ticket(Kind.CONSULTATION_CONFIRMED, actor, **data)
    tell(fact, left=left)


@contextmanager
def _holding(consultation: Consultation, at: datetime, seen: int | None) -> Iterator[Held]:
    """The consultation under change, its ticket first. Refused where it is over, and where a form is overtaken."""
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        change = None
        if consultation.ticket_id is not None:
            change = stack.enter_context(changing(Ticket.objects.get(pk=consultation.ticket_id), at))
        joined = consultation_access.JOINED
        rows = Consultation.objects.select_for_update(of=("self",)).select_related(*joined)
        held = Held(rows.get(pk=consultation.pk), change, change.at if change else at)
        _check_open(held, seen)
        yield held


def _check_open(held: Held, seen: int | None) -> None:
    row = held.consultation
    if seen is not None and row.events.count() != seen:
        raise Overtaken("Something has been done meanwhile: look at it, and send it again if it still fits.")
    if row.cancelled_at is not None:
        raise Refused("It is cancelled: ask for another one.")
    if row.ends_at is not None and row.ends_at <= held.at:
        raise Refused("It is over: ask for another one.")


def _check_acts(held: Held, actor: User) -> None:
    if why := consultation_access.why_not_act(held.consultation, actor):
        raise Refused(why)


def _check_on_ticket(change: Change, contact: Contact) -> None:
    if why := access.why_not_reply(change.ticket, contact.user):
        raise Refused(why)
    if transitions.refusal("reply", change.facts):
        raise Refused("The ticket is closed: ask for a consultation without it.")


def _check_contract(contact: Contact, contract: Contract | None, at: datetime) -> Contract:
    """The contract, if it gives the contact a consultation at ``at``."""
    if contract is None or contract.customer_id != contact.customer_id:
        raise Refused("Choose one of your contracts; a consultation is given under one.", field="contract")
    found = Contract.objects.select_related("policy_version").get(pk=contract.pk)
    if not is_in_force(found, at):
        raise Refused(
            f"The contract {found.order_reference} is not in its term, or something is overdue under it. Put it right,"
            " and ask again.",
            field="contract",
        )
    if why := consultation_access.why_not_ask(contact, found):
        raise Refused(why)
    return found


def _check_then(held: Held, starts_at: datetime, minutes: int, actor: User) -> None:
    if minutes not in MINUTES:
        raise Refused("Choose how long it takes.", field="minutes")
    zone = ZoneInfo(actor.time_zone)
    if why := why_not_then(starts_at, minutes, version=held.version, zone=zone, at=held.at):
        raise Refused(why, field="starts_at")


def _check_host(held: Held, host: User, starts_at: datetime, minutes: int) -> None:
    """One person talks to one customer at a time; who confirms two at once stands in line."""
    host = User.objects.select_for_update().get(pk=host.pk)
    if not (host.is_staff and host.is_active):
        raise Refused("Choose somebody of the desk.", field="host")
    end = starts_at + timedelta(minutes=minutes)
    near = Consultation.objects.filter(
        host=host, cancelled_at=None, starts_at__lt=end, starts_at__gt=starts_at - LONGEST
    ).exclude(pk=held.consultation.pk)
    for other in near:
        if other.ends_at is not None and other.ends_at > starts_at:
            raise Refused(f"{host} has a consultation then already: {other.topic}.", field="host")


def _written(at: datetime) -> str:
    """As records and forms write an instant."""
    return at.astimezone(UTC).isoformat()


def _joined(text: str, said: str) -> str:
    return f"{text.strip()}\n\n{said}".strip()
