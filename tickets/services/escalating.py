"""Escalations as they come due: recorded with their exact instant, and told to people by role (VK16).

Every verb and the worker ask ``follow``, so a ticket's record is whole without a worker. The ticket is locked by then:
of two that ask, the second finds everything told. What is due, and who is next, ``tickets.escalation`` works out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.conf import settings

from contracts.calendar_rows import policy_of
from contracts.escalation_people import people_of
from contracts.models import EscalationPerson, User
from contracts.outbox.writing import write_secret
from contracts.policy import Escalation as Rule
from contracts.policy import Policy
from contracts.roster import active_staff
from contracts.services.staff import MANAGERS
from contracts.sla.clock import Clock as CoreClock
from contracts.sla.promises import read_length
from contracts.sla.terms import Terms
from tickets import clocks, escalation, notifications
from tickets.escalation import MISSED, Target, Trigger
from tickets.facts import Facts
from tickets.models import Escalation, TicketEvent
from tickets.models.escalation import IN_HAND
from tickets.models.event import Kind
from tickets.models.ticket import Status

if TYPE_CHECKING:
    from tickets.services.changing import Change

log = logging.getLogger(__name__)
ENDED = (Status.CLOSED, Status.DECLINED)
IN_HOURS = "in support hours"


def has_ended(facts: Facts) -> bool:
    """Whether nothing is escalated any more. What lives on in another ticket has its promises still, until that one
    is resolved or closed.
    """
    return facts.status in ENDED or (facts.status is Status.MERGED and not _is_owed(facts))


def _is_owed(facts: Facts) -> bool:
    return facts.resolved_at is None and facts.closed_at is None


def needs_look_before(change: Change) -> bool:
    """Whether something may have come due that could not be told any more after the next event."""
    version = change.ticket.policy_version
    if version is None or not change.ticket.runs_clocks:
        return False
    return bool(change.facts.escalated) or escalation.has_shares(policy_of(version))


def follow(change: Change, found: Sequence[CoreClock]) -> None:
    """Begin the escalations that have come due, and go on with those that nobody acknowledged in time.

    ``found`` are the clocks as they stand after the events so far.
    """
    version, terms = change.ticket.policy_version, clocks.terms_of(change.ticket)
    if version is None or terms is None or not policy_of(version).escalations:
        return
    policy = policy_of(version)
    true = escalation.triggers(policy, terms, found, change.facts.grades, change.at)
    if not has_ended(change.facts):
        for trigger in true:
            if trigger.key not in change.facts.escalated:
                _Telling(change, policy, terms, trigger).begin()
    if change.facts.escalated:
        _go_on(change, policy, terms, {trigger.key: trigger for trigger in true})


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Who is told: by name and address, and the account if there is one."""

    name: str
    email: str
    user: User | None
    is_stand_in: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One telling in the line of a role: its place there, whom it means, when it came due, when its mail may go."""

    line: str
    number: int
    target: Target
    happened_at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class _Telling:
    """One escalation of a ticket under change."""

    change: Change
    policy: Policy
    terms: Terms
    trigger: Trigger

    @property
    def rule(self) -> Rule:
        return self.policy.escalations[self.trigger.rule]

    def named(self) -> Mapping[str, tuple[EscalationPerson, ...]]:
        """Who the roles of the rule are now."""
        return people_of(self.policy.slug, (*self.rule.to, *self.rule.then))

    def begin(self) -> None:
        """Tell the first of every role of the rule, all at once."""
        named = self.named()
        for line in self.rule.to:
            first = tuple(person.email for person in named[line][:1])
            self.tell(line, 0, Target(line, first), named, happened_at=self.trigger.at)
        if self.trigger.percent != MISSED:
            notifications.tell_on_call(
                self.change.ticket, self.trigger, self.change.ticket.seq, self.change.clocks(), self.change.at
            )

    def next_target(
        self, line: str, rows: Sequence[Escalation], of_others: Iterable[Escalation]
    ) -> Target | None:
        """Whom a line that told ``rows`` tells next; ``of_others`` are what the other lines told."""
        addresses = {role: tuple(person.email for person in people) for role, people in self.named().items()}
        elsewhere = {row.role for row in of_others if row.role != row.line}
        return escalation.next_target(line, self.rule, addresses, _told(rows), elsewhere)

    def tell(
        self,
        line: str,
        step: int,
        target: Target,
        named: Mapping[str, tuple[EscalationPerson, ...]],
        *,
        happened_at: datetime,
    ) -> None:
        """Record the step at its instant, and write to the people that it tells."""
        people = list(self.recipients(target, named))
        told_at = self.opening(max(self.change.at, happened_at))
        told = _Step(line, step, target, happened_at, told_at)
        event = self.record(told, people)
        for row in Escalation.objects.bulk_create(self.row(told, event, person) for person in people):
            write_secret(
                kind="escalation",
                to=row.user or row.email,
                at=self.change.at,
                key=f"{self.change.ticket.number}/{event.seq}/escalation/{row.pk}",
                data={"escalation": row.pk},
                not_before=told_at,
            )

    def record(self, told: _Step, people: Iterable[_Recipient]) -> TicketEvent:
        """The step in the ticket's record, by the names of who is told."""
        trigger, target = self.trigger, told.target
        return self.change.record(
            Kind.ESCALATED,
            None,
            happened_at=told.happened_at,
            rule=trigger.rule,
            percent=trigger.percent,
            clock=trigger.clock,
            since=trigger.since.isoformat(),
            due_at=trigger.due_at.isoformat(),
            line=told.line,
            role=target.role,
            step=told.number,
            people=[person.name for person in people if not person.is_stand_in or not target.people],
            stand_in=not target.people,
            reminder=target.is_reminder,
            told_at=told.told_at.isoformat(),
        )

    def row(self, told: _Step, event: TicketEvent, person: _Recipient) -> Escalation:
        """Whom the signed link is of, and when the next in line is told; not saved."""
        return Escalation(
            ticket=self.change.ticket,
            seq=event.seq,
            rule=self.trigger.rule,
            clock=self.trigger.clock,
            since=self.trigger.since.isoformat(),
            line=told.line,
            step=told.number,
            role=told.target.role,
            name=person.name,
            email=person.email,
            user=person.user,
            is_stand_in=person.is_stand_in,
            is_reminder=told.target.is_reminder,
            told_at=told.told_at,
            next_at=None if told.target.is_reminder else self.next_at(told.told_at),
        )

    def recipients(
        self, target: Target, named: Mapping[str, tuple[EscalationPerson, ...]]
    ) -> Iterable[_Recipient]:
        """Whom the target means; the managers where it means nobody, and with a reminder."""
        known = {person.email: person for people in named.values() for person in people}
        found = {
            email: _Recipient(known[email].name, email, known[email].user, is_stand_in=False)
            for email in target.people
            if email in known
        }
        if not found or target.is_reminder:
            for manager in _managers():
                found.setdefault(
                    manager.email, _Recipient(str(manager), manager.email, manager, is_stand_in=True)
                )
        return found.values()

    def opening(self, at: datetime) -> datetime:
        """``at``, or where the rule tells in support hours alone, when the desk is next open."""
        hours = self.terms.hours
        return hours.next_opening(at) if self.rule.notify == IN_HOURS and not hours.is_open(at) else at

    def next_at(self, told_at: datetime) -> datetime:
        """Until when it is to be acknowledged."""
        within = self.rule.acknowledge_within or read_length(settings.ESCALATION_ACKNOWLEDGE_WITHIN)
        return self.terms.counting.due(told_at, within, ())


def _managers() -> list[User]:
    """Who is told where nobody is named; everybody on the desk, should it have no manager."""
    staff = active_staff().order_by("pk")
    return list(staff.filter(groups__name=MANAGERS)) or list(staff)


def _told(rows: Sequence[Escalation]) -> list[Target]:
    """What a line told so far, step by step."""
    found = []
    for _, step in groupby(rows, key=lambda row: row.seq):
        people = list(step)
        named = tuple(row.email for row in people if not row.is_stand_in)
        found.append(Target(people[0].role, named, is_reminder=people[0].is_reminder))
    return found


def _go_on(change: Change, policy: Policy, terms: Terms, true: Mapping[escalation.Key, Trigger]) -> None:
    """Go on in every line that waits; hold those that must not go on now, and count anew when they may."""
    lines = dict.fromkeys((row.key, row.line) for row in _rows(change))
    facts = change.facts
    may = facts.status in IN_HAND and not facts.excluded and not has_ended(facts)
    for key, line in lines:
        of_key = [row for row in _rows(change) if row.key == key]
        own = [row for row in of_key if row.line == line]
        last = [row for row in own if row.seq == own[-1].seq]
        if last[0].is_reminder or any(row.acknowledged_at for row in own):
            continue
        trigger = true.get(key)
        if trigger is None or not may:
            _set_next(last, None)
            continue
        _go_on_in_line(
            _Telling(change, policy, terms, trigger), line, own, [r for r in of_key if r.line != line]
        )


def _go_on_in_line(
    telling: _Telling, line: str, own: Sequence[Escalation], of_others: Sequence[Escalation]
) -> None:
    """Tell the next where the time is over; where it was held, it begins anew now."""
    last, at = own[-1], telling.change.at
    if last.next_at is not None and last.next_at > at:
        return
    target = telling.next_target(line, own, of_others)
    if target is None or last.next_at is not None:
        _set_next([row for row in own if row.seq == last.seq], None)
    else:
        _set_next([row for row in own if row.seq == last.seq], telling.next_at(at))
    if target is not None and last.next_at is not None:
        telling.tell(line, last.step + 1, target, telling.named(), happened_at=last.next_at)


def _rows(change: Change) -> list[Escalation]:
    return list(change.ticket.escalations.order_by("seq", "pk"))


def _set_next(rows: Sequence[Escalation], at: datetime | None) -> None:
    if any(row.next_at != at for row in rows):
        Escalation.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=at)
