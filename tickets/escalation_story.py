"""The story of a ticket for somebody who was told of an escalation: short, and without what staff alone read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.calendar_rows import policy_of
from contracts.phrasing import moment
from contracts.sla.clock import State
from contracts.sla.explain import explain
from tickets.clocks import clocks_of, terms_of
from tickets.history import history
from tickets.models import Escalation, Ticket, TicketEvent
from tickets.models.ticket import Status
from tickets.presentation import promise_text
from tickets.why import Sum, why
from tickets.wording import severity_name

LATEST = 4
LENGTH = 400
ENDED = (Status.CLOSED, Status.DECLINED)


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said between customer and staff, cut where it is long."""

    who: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, in words: ``what`` came late or soon will, ``promise`` what was promised.

    ``sum`` is how it is counted, ``None`` for a promise without a length.
    """

    ticket: Ticket
    role: str
    what: str
    severity: str
    policy: str
    promise: str
    due: str
    status: str
    sum: Sum | None
    said: Sequence[Said]
    left_out: int
    is_stand_in: bool
    is_reminder: bool
    told: str


def has_ended(ticket: Ticket) -> bool:
    """Whether nothing is left to be acknowledged; of a merged ticket, once the one that it lives on in is done."""
    if ticket.status != Status.MERGED:
        return ticket.status in ENDED
    return not ticket.clocks.exclude(state__in=(State.STOPPED, State.VOID)).exists()


def story_of(row: Escalation, at: datetime) -> Story:
    """The story as it stands at ``at``, in the person's own zone where they have an account, else in the desk's."""
    ticket = row.ticket
    if ticket.policy_version is None:
        raise ValueError("a ticket that was escalated has a policy")
    policy = policy_of(ticket.policy_version)
    desk = policy.hours.time_zone
    zone = ZoneInfo(row.user.time_zone) if row.user else desk
    events = history(ticket, internal=False)
    step = next(event for event in events if event.seq == row.seq)
    then = [event for event in events if event.happened_at <= step.happened_at]
    known = clocks_of(ticket, then, step.happened_at)
    clock, terms = next((clock for clock in known if clock.name == row.clock), None), terms_of(ticket)
    explained = explain(terms, clock, step.happened_at) if terms and clock else None
    due = datetime.fromisoformat(step.data["due_at"])
    said = [event for event in events if event.message is not None]
    return Story(
        ticket=ticket,
        role=row.role,
        what=what_came(row.clock, step.data["percent"]),
        severity=severity_name(ticket),
        policy=policy.title,
        promise=promise_text(clock) if clock else "",
        due=moment(due, zone, now=at, other=desk),
        status=ticket.get_status_display(),
        sum=why(clock, explained, desk_zone=desk, awaited="the customer") if clock and explained else None,
        said=[_said(event, zone, at) for event in said[-LATEST:]],
        left_out=max(0, len(said) - LATEST),
        is_stand_in=row.is_stand_in,
        is_reminder=row.is_reminder,
        told=moment(row.told_at, zone, now=at),
    )


def what_came(clock: str, percent: int) -> str:
    """Why it was escalated, in words."""
    if percent == 100:
        return f"the {clock} was due and had not come"
    return f"{percent} % of the time for the {clock} was used"


def _said(event: TicketEvent, zone: ZoneInfo, at: datetime) -> Said:
    text = event.message.text if event.message else ""
    short = text if len(text) <= LENGTH else f"{text[:LENGTH].rstrip()}…"
    return Said(str(event.actor or ""), moment(event.happened_at, zone, now=at), short)
