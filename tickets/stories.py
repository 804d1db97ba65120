"""What stands between the two sides of a ticket, told to one reader: dates to be agreed, a severity asked for, a
judgement that no promise holds. Pure: the record in, texts out; both pages show the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.policy import Clause, Policy
from tickets import transitions
from tickets.clocks import clocks_of
from tickets.facts import Facts
from tickets.judgements import Judgement, clause_of, read_judgement
from tickets.models import Ticket, TicketEvent
from tickets.negotiation import Negotiation, Proposal, due_of, open_to_agreement, read_negotiations
from tickets.severity_request import read_request
from tickets.telling import Words


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, since when it stands, in which words."""

    who: str
    since: str
    words: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A proposal: its number, its date in the reader's zone, by whom and why, and when who accepted it (``""``)."""

    seq: int
    due: str
    said: Said
    is_own: bool
    has_passed: bool
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class DatePanel:
    """The date of one promise, ``clock`` by name: what binds, what bound before, which proposal waits for whom."""

    clock: str
    binding: str
    lapsed: str
    standing: Offered | None
    proposals: tuple[Offered, ...]


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """The severity that the customer asks for."""

    severity: str
    name: str
    said: Said


@dataclass(frozen=True, slots=True)
class JudgementPanel:
    """Why no promise holds: the clause, the reason, what is said against it, what upheld it."""

    clause: Clause
    is_declined: bool
    said: Said
    dispute: Said | None
    upheld: Said | None
    enhancement: int | None


@dataclass(frozen=True, slots=True)
class Stories:
    """All of it, and which of the verbs may begin something new."""

    dates: tuple[DatePanel, ...]
    request: RequestPanel | None
    judgement: JudgementPanel | None
    may_request_severity: bool
    may_dispute: bool
    may_exclude: bool
    may_decline: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A ticket's record as one side reads it at one instant; each event has its actor and message loaded."""

    ticket: Ticket
    events: Sequence[TicketEvent]
    facts: Facts
    policy: Policy | None
    words: Words
    is_staff: bool
    at: datetime

    def stories(self) -> Stories:
        """Everything that stands between the two sides."""
        judgement, asked = read_judgement(self.events), read_request(self.events)
        policy = self.policy
        return Stories(
            dates=tuple(self.dates()),
            request=self.request(asked) if asked else None,
            judgement=self.judgement(judgement) if judgement else None,
            may_request_severity=policy is not None and self.may("request_severity"),
            may_dispute=self.may("dispute"),
            may_exclude=bool(policy and policy.exclusions and self.ticket.runs_clocks)
            and self.may("exclude"),
            may_decline=bool(policy and policy.not_provided) and self.may("decline"),
        )

    def may(self, verb: str) -> bool:
        return not transitions.refusal(verb, self.facts)

    def dates(self) -> list[DatePanel]:
        """One for each promise whose date may be agreed now; on a finished ticket none."""
        if not self.ticket.runs_clocks or not self.may("propose_date"):
            return []
        clocks = clocks_of(self.ticket, self.events, self.at)
        if not (names := open_to_agreement(clocks)):
            return []
        known = read_negotiations(self.events)
        return [self.date(known[name]) for name in names]

    def date(self, story: Negotiation) -> DatePanel:
        standing = story.standing
        return DatePanel(
            clock=story.promise.value,
            binding=self.words.moment(story.binding) if story.binding else "",
            lapsed=self.words.moment(due_of(story.lapsed)) if story.lapsed else "",
            standing=self.offered(standing, story) if standing else None,
            proposals=tuple(self.offered(each, story) for each in story.proposals),
        )

    def offered(self, proposal: Proposal, story: Negotiation) -> Offered:
        accepted = story.accepted.get(proposal.seq)
        return Offered(
            seq=proposal.seq,
            due=self.words.moment(proposal.due_at),
            said=self.said(proposal.event, proposal.reason),
            is_own=proposal.by_staff == self.is_staff,
            has_passed=proposal.due_at <= self.at,
            accepted=f"{accepted.actor}, {self.words.moment(accepted.happened_at)}" if accepted else "",
        )

    def request(self, event: TicketEvent) -> RequestPanel:
        code = event.data["severity"]
        return RequestPanel(code, self.words.severity(code), self.said(event, event.text))

    def judgement(self, found: Judgement) -> JudgementPanel:
        return JudgementPanel(
            clause=clause_of(self.policy, found),
            is_declined=found.is_declined,
            said=self.said(found.event, found.event.text),
            dispute=self.said(found.dispute, found.dispute.text) if found.dispute else None,
            upheld=self.said(found.upheld, found.upheld.text) if found.upheld else None,
            enhancement=found.event.data.get("enhancement"),
        )

    def said(self, event: TicketEvent, words: str) -> Said:
        return Said(str(event.actor or ""), self.words.moment(event.happened_at), words)
