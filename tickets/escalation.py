"""When a ticket is escalated, to whom next, and what was told of it. Pure: no clock, no database.

A policy's rule comes true at an instant that the clocks tell: the due instant of a miss, or the instant at which a
share of a promise is used. What is recorded of it is read back from the events.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.policy import Escalation, Policy
from contracts.sla.clock import Clock, State
from contracts.sla.events import ClockName
from contracts.sla.terms import Terms
from tickets.models.event import Kind, TicketEvent

MISSED = 100
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule of the policy, by its place there, that came true for a clock at ``at``.

    ``since`` tells one period of a clock from the next: the due instant that was missed, or the instant from which
    the promise is counted whose share is used. ``due_at`` is what the clock was or is due at.
    """

    rule: int
    percent: int
    clock: str
    since: datetime
    due_at: datetime
    at: datetime

    @property
    def key(self) -> Key:
        """Each is told once."""
        return self.rule, self.clock, self.since.isoformat()


@dataclass(frozen=True, slots=True)
class Grade:
    """A severity, and from when the ticket had it."""

    at: datetime
    severity: str


def triggers(
    policy: Policy, terms: Terms, clocks: Iterable[Clock], grades: Sequence[Grade], at: datetime
) -> list[Trigger]:
    """Which rules have come true by ``at``, told or not, the earliest first; ``grades`` are in their order.

    A share used is told of what runs at ``at``; what ran and stopped has to be asked for while it ran.
    """
    found = [
        trigger
        for clock in clocks
        for place, rule in _rules_for(policy, clock)
        for trigger in _of_clock(place, rule, terms, clock, grades)
        if trigger.at <= at
    ]
    return sorted(found, key=lambda trigger: (trigger.at, trigger.rule))


def next_share_at(
    policy: Policy, terms: Terms, clock: Clock, grades: Sequence[Grade], told: Iterable[Key]
) -> datetime | None:
    """When the next share of a running clock is used that was not told; ``None`` where no rule asks for one.

    A hint for lists, by the ``grades`` of the ticket so far: a change of its severity sets the hint anew.
    """
    known = set(told)
    shares = (
        trigger
        for place, rule in _rules_for(policy, clock)
        if rule.used_percent != MISSED
        for trigger in _of_clock(place, rule, terms, clock, grades)
    )
    return min((trigger.at for trigger in shares if trigger.key not in known), default=None)


def _rules_for(policy: Policy, clock: Clock) -> Iterator[tuple[int, Escalation]]:
    for place, rule in enumerate(policy.escalations):
        if not rule.promises or clock.name in rule.promises:
            yield place, rule


def has_shares(policy: Policy) -> bool:
    """Whether some rule comes true before a promise is missed."""
    return any(rule.used_percent != MISSED for rule in policy.escalations)


def _severity_at(grades: Sequence[Grade], at: datetime) -> str:
    return next((grade.severity for grade in reversed(grades) if grade.at <= at), "")


def _concerns(rule: Escalation, severity: str) -> bool:
    return not rule.severities or severity in rule.severities


def _of_clock(
    place: int, rule: Escalation, terms: Terms, clock: Clock, grades: Sequence[Grade]
) -> Iterator[Trigger]:
    if rule.used_percent == MISSED:
        for due in clock.misses:
            if (since := _true_since(rule, clock, due, grades)) is not None:
                yield Trigger(place, MISSED, clock.name.value, due, due, since)
        return
    for trigger in _share(place, rule, terms, clock):
        if (since := _true_since(rule, clock, trigger.at, grades)) is not None:
            yield replace(trigger, at=since)


def _true_since(
    rule: Escalation, clock: Clock, reached: datetime, grades: Sequence[Grade]
) -> datetime | None:
    """The instant itself, or that of a later raise to a severity of the rule while the promise was still owed."""
    if _concerns(rule, _severity_at(grades, reached)):
        return reached
    if clock.name is ClockName.UPDATE:
        return None
    raised = (grade.at for grade in grades if grade.at > reached and _concerns(rule, grade.severity))
    return next((at for at in raised if clock.stopped_at is None or at < clock.stopped_at), None)


def _share(place: int, rule: Escalation, terms: Terms, clock: Clock) -> Iterator[Trigger]:
    """The instant at which the rule's share of what a running clock promises is used, by the core's own counting."""
    start, length, due = clock.counted_from, clock.length, clock.due_at
    if clock.state is not State.RUNNING or start is None or length is None or due is None:
        return
    amount = terms.counting.amount(start, length) * rule.used_percent / 100
    reached = terms.counting.reach(start, length, amount, clock.breaks)
    yield Trigger(place, rule.used_percent, clock.name.value, start, due, reached)


# Who is next in line.


@dataclass(frozen=True, slots=True)
class Target:
    """A role and who of it is told; ``people`` is empty where nobody is named, and the managers are told instead."""

    role: str
    people: tuple[str, ...]
    is_reminder: bool = False


def next_target(
    line: str,
    rule: Escalation,
    named: dict[str, tuple[str, ...]],
    told: Sequence[Target],
    elsewhere: Iterable[str],
) -> Target | None:
    """Whom the line of the role ``line`` tells next; ``None`` where nobody is to be told by it any more.

    ``named`` has the addresses of each role in order, ``told`` what the line told so far, ``elsewhere`` the roles that
    other lines of the same escalation went on to. First the people of the role one by one, then those of ``then``,
    unless another line went on to them: then this one is theirs, too. Where nobody is left the last are reminded once,
    the managers with them.
    """
    if told and told[-1].is_reminder:
        return None
    known = {person for target in told for person in target.people}
    roles_told = {target.role for target in told}
    for role in (line, *rule.then):
        if role != line and role in elsewhere:
            return None
        people = named.get(role, ())
        if not people and role not in roles_told:
            return Target(role, ())
        if fresh := next((person for person in people if person not in known), None):
            return Target(role, (fresh,))
    last = told[-1] if told else Target(line, ())
    return Target(last.role, last.people, is_reminder=True)


# What the record tells.


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """That somebody knows: who, in which role, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One step of an escalation as it is recorded. ``happened_at`` is exact, ``told_at`` when the mail was free to go.

    ``people`` are the names of those who were told; with ``is_stand_in`` they are managers, since nobody was named.
    ``judged_away`` is set where the promise counts as not missed any more: the step stays, no further one follows.
    """

    seq: int
    clock: str
    percent: int
    due_at: datetime
    role: str
    people: tuple[str, ...]
    step: int
    is_stand_in: bool
    is_reminder: bool
    happened_at: datetime
    told_at: datetime
    acknowledged: Acknowledged | None = None
    judged_away: bool = False


def read_escalations(events: Iterable[TicketEvent]) -> list[Told]:
    """Every step that was told, in the order of the record."""
    known = list(events)
    answers = {
        event.data["escalated"]: Acknowledged(event.data["name"], event.happened_at)
        for event in reversed(known)
        if event.kind == Kind.ESCALATION_ACKNOWLEDGED
    }
    again = {
        (event.data["clock"], event.data["due_at"]) for event in known if event.kind == Kind.JUDGED_AGAIN
    } - _missed_in_the_end(known)
    return [_told(event, answers.get(event.seq), again) for event in known if event.kind == Kind.ESCALATED]


def _missed_in_the_end(events: Iterable[TicketEvent]) -> set[tuple[str, str]]:
    """The misses that stand, whatever was judged in between."""
    standing: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == Kind.MISSED:
            standing.add((event.data["clock"], event.data["due_at"]))
        elif event.kind == Kind.JUDGED_AGAIN:
            standing.discard((event.data["clock"], event.data["due_at"]))
    return standing


def _told(event: TicketEvent, answer: Acknowledged | None, again: set[tuple[str, str]]) -> Told:
    data = event.data
    return Told(
        seq=event.seq,
        clock=data["clock"],
        percent=data["percent"],
        due_at=datetime.fromisoformat(data["due_at"]),
        role=data["role"],
        people=tuple(data["people"]),
        step=data["step"],
        is_stand_in=data["stand_in"],
        is_reminder=data["reminder"],
        happened_at=event.happened_at,
        told_at=datetime.fromisoformat(data["told_at"]),
        acknowledged=answer,
        judged_away=data["percent"] == MISSED and (data["clock"], data["due_at"]) in again,
    )


def key_of(event: TicketEvent) -> Key:
    """Of which trigger a recorded step is."""
    return event.data["rule"], event.data["clock"], event.data["since"]
