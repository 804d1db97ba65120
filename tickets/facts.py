"""What a ticket's events add up to, clocks apart: a pure reading of the record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tickets.escalation import Grade
from tickets.models.event import Kind, TicketEvent
from tickets.models.ticket import Status

TOUCHES = {
    Kind.ACKNOWLEDGED,
    Kind.WORK_STARTED,
    Kind.PUBLIC_REPLY,
    Kind.WORKAROUND_PROVIDED,
    Kind.WAITING_ON_CUSTOMER,
    Kind.REOPENED,
    Kind.AGREED,
}


@dataclass(slots=True)
class Facts:
    """A ticket as its events tell it. An instant is ``None`` until it came to that."""

    severity: str = ""
    grades: list[Grade] = field(default_factory=list)
    severity_confirmed: bool = False
    submitted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    work_started_at: datetime | None = None
    workaround_at: datetime | None = None
    resolved_at: datetime | None = None
    waiting_since: datetime | None = None
    waiting_for: str = ""
    excluded: bool = False
    disputed_at: datetime | None = None
    severity_requested: bool = False
    touched: bool = False
    assignee_id: int | None = None
    team_id: int | None = None
    release_due: datetime | None = None
    recorded_misses: set[tuple[str, str]] = field(default_factory=set)
    warned: set[tuple[str, str]] = field(default_factory=set)
    escalated: set[tuple[int, str, str]] = field(default_factory=set)
    outages: set[int] = field(default_factory=set)
    problems: set[int] = field(default_factory=set)
    closed_at: datetime | None = None
    closing_offered_at: datetime | None = None
    declined: bool = False
    judged_in: str = ""  # the number of the ticket that took it along when it was declined
    merged_into: str = ""  # the number of the ticket that it lives on in
    merged_from: set[int] = field(default_factory=set)

    @property
    def status(self) -> Status:
        """Where the ticket stands."""
        ended = (
            (self.merged_into, Status.MERGED),
            (self.declined, Status.DECLINED),
            (self.closed_at, Status.CLOSED),
        )
        if status := next((status for fact, status in ended if fact), None):
            return status
        if self.resolved_at is not None:
            return Status.RESOLVED
        if self.waiting_since is not None:
            return Status.WAITING
        return Status.OPEN if self.touched else Status.NEW


def read(events: Iterable[TicketEvent]) -> Facts:
    """The facts of ``events``, which are in the order of their ``seq``."""
    facts = Facts()
    for event in events:
        _read_event(facts, event)
    return facts


def _read_event(facts: Facts, event: TicketEvent) -> None:
    kind = Kind(event.kind)
    facts.touched = facts.touched or kind in TOUCHES
    if rule := _RULES.get(kind):
        rule(facts, event)


def _submit(facts: Facts, event: TicketEvent) -> None:
    facts.submitted_at = event.happened_at
    _set_severity(facts, event)


def _set_severity(facts: Facts, event: TicketEvent) -> None:
    facts.severity = event.data["severity"]
    facts.grades.append(Grade(event.happened_at, facts.severity))
    facts.severity_requested = False


def _request_severity(facts: Facts, _: TicketEvent) -> None:
    facts.severity_requested = True


def _keep_severity(facts: Facts, _: TicketEvent) -> None:
    facts.severity_requested = False


def _confirm_severity(facts: Facts, _: TicketEvent) -> None:
    facts.severity_confirmed = True


def _acknowledge(facts: Facts, event: TicketEvent) -> None:
    facts.acknowledged_at = facts.acknowledged_at or event.happened_at


def _start_work(facts: Facts, event: TicketEvent) -> None:
    facts.work_started_at = facts.work_started_at or event.happened_at


def _provide_workaround(facts: Facts, event: TicketEvent) -> None:
    facts.workaround_at = facts.workaround_at or event.happened_at


def _assign(facts: Facts, event: TicketEvent) -> None:
    facts.assignee_id = event.data["assignee"]


def _give_to_team(facts: Facts, event: TicketEvent) -> None:
    facts.team_id = event.data["team"]


def _wait(facts: Facts, event: TicketEvent) -> None:
    if facts.waiting_since is None:
        facts.waiting_since, facts.waiting_for = event.happened_at, event.text


def _hear(facts: Facts, event: TicketEvent) -> None:
    """A call may be entered later: an answer from before the question does not answer it."""
    if facts.waiting_since is not None and facts.waiting_since <= event.happened_at:
        facts.waiting_since, facts.waiting_for = None, ""
        facts.closing_offered_at = None


def _resolve(facts: Facts, event: TicketEvent) -> None:
    facts.resolved_at = event.happened_at
    facts.closing_offered_at = None
    facts.severity_requested = False


def _reopen(facts: Facts, _: TicketEvent) -> None:
    facts.resolved_at = facts.closed_at = facts.closing_offered_at = None


def _offer_closing(facts: Facts, event: TicketEvent) -> None:
    facts.closing_offered_at = event.happened_at


def _close(facts: Facts, event: TicketEvent) -> None:
    facts.closed_at = event.happened_at
    facts.closing_offered_at = None


def _decline(facts: Facts, _: TicketEvent) -> None:
    facts.declined, facts.severity_requested = True, False


def _merge(facts: Facts, event: TicketEvent) -> None:
    facts.merged_into = event.data["number"]


def _take_in(facts: Facts, event: TicketEvent) -> None:
    facts.merged_from.add(event.data["ticket"])


def _plan_release(facts: Facts, event: TicketEvent) -> None:
    due = event.data["due_at"]
    facts.release_due = datetime.fromisoformat(due) if due else None


def _exclude(facts: Facts, event: TicketEvent) -> None:
    facts.excluded = True
    facts.judged_in = event.data.get("carried", {}).get("number", "")


def _reinstate(facts: Facts, _: TicketEvent) -> None:
    facts.excluded = facts.declined = False
    facts.disputed_at, facts.judged_in = None, ""


def _dispute(facts: Facts, event: TicketEvent) -> None:
    facts.disputed_at = event.happened_at


def _uphold(facts: Facts, _: TicketEvent) -> None:
    facts.disputed_at = None


def _miss(facts: Facts, event: TicketEvent) -> None:
    facts.recorded_misses.add((event.data["clock"], event.data["due_at"]))


def _judge_again(facts: Facts, event: TicketEvent) -> None:
    facts.recorded_misses.discard((event.data["clock"], event.data["due_at"]))


def _warn(facts: Facts, event: TicketEvent) -> None:
    facts.warned.add((event.data["clock"], event.data["due_at"]))


def _escalate(facts: Facts, event: TicketEvent) -> None:
    facts.escalated.add((event.data["rule"], event.data["clock"], event.data["since"]))


def _link_outage(facts: Facts, event: TicketEvent) -> None:
    facts.outages.add(event.data["outage"])


def _unlink_outage(facts: Facts, event: TicketEvent) -> None:
    facts.outages.discard(event.data["outage"])


def _link_problem(facts: Facts, event: TicketEvent) -> None:
    facts.problems.add(event.data["problem"])


def _unlink_problem(facts: Facts, event: TicketEvent) -> None:
    facts.problems.discard(event.data["problem"])


_RULES: dict[Kind, Callable[[Facts, TicketEvent], None]] = {
    Kind.FILED: _set_severity,
    Kind.SUBMITTED: _submit,
    Kind.SEVERITY_CHANGED: _set_severity,
    Kind.SEVERITY_CONFIRMED: _confirm_severity,
    Kind.ACKNOWLEDGED: _acknowledge,
    Kind.WORK_STARTED: _start_work,
    Kind.WORKAROUND_PROVIDED: _provide_workaround,
    Kind.ASSIGNED: _assign,
    Kind.TEAM_ASSIGNED: _give_to_team,
    Kind.WAITING_ON_CUSTOMER: _wait,
    Kind.CUSTOMER_REPLIED: _hear,
    Kind.RESOLVED: _resolve,
    Kind.REOPENED: _reopen,
    Kind.CLOSING_OFFERED: _offer_closing,
    Kind.ACCEPTED: _close,
    Kind.CLOSED: _close,
    Kind.DECLINED: _decline,
    Kind.MERGED_INTO: _merge,
    Kind.MERGED_FROM: _take_in,
    Kind.RELEASE_PLANNED: _plan_release,
    Kind.EXCLUDED: _exclude,
    Kind.REINSTATED: _reinstate,
    Kind.DISPUTED: _dispute,
    Kind.UPHELD: _uphold,
    Kind.SEVERITY_REQUESTED: _request_severity,
    Kind.SEVERITY_KEPT: _keep_severity,
    Kind.OUTAGE_LINKED: _link_outage,
    Kind.OUTAGE_UNLINKED: _unlink_outage,
    Kind.PROBLEM_LINKED: _link_problem,
    Kind.PROBLEM_UNLINKED: _unlink_problem,
    Kind.MISSED: _miss,
    Kind.JUDGED_AGAIN: _judge_again,
    Kind.WARNED: _warn,
    Kind.ESCALATED: _escalate,
}
