"""
What the demo shows of agreements: a date to be agreed, a severity asked for, an exclusion disputed, work that support
does not provide. Told with the verbs of the desk, as everything in the demo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.models import User
from tickets.models import EnhancementRequest, Ticket
from tickets.services import dates, enhancements, exclusion, lifecycle, severity

File = Callable[..., Ticket]


@dataclass(frozen=True)
class Agreements:
    """Who tells the stories, which end at ``at``. ``file`` is the demo's own way to file a ticket."""

    file: File
    users: dict[str, User]
    agent: User
    manager: User
    at: datetime

    def ago(self, *, days: float = 0, hours: float = 0) -> datetime:
        return self.at - timedelta(days=days, hours=hours)

    def tell(self, slow_report: Ticket) -> None:
        """All of them; ``slow_report`` is the minor ticket whose dates are to be agreed."""
        self.date(slow_report)
        self.dispute()
        self.wish()

    def date(self, ticket: Ticket) -> None:
        """The workaround's date is agreed, that of the resolution is proposed; a severity is asked for."""
        agent, contact = self.agent, self.users["omar@northwind.example"]
        lifecycle.start_work(ticket=ticket, actor=agent, at=self.ago(days=2, hours=18))
        self.propose(ticket, contact, "workaround", 2, "We show the report to our board then.", days=2)
        asked = ticket.events.filter(kind="date_proposed").latest("seq").seq
        dates.accept_date(ticket=ticket, actor=agent, proposal=asked, at=self.ago(days=1, hours=20))
        self.propose(ticket, agent, "resolution", 20, "It needs a new index, which we test first.", days=1)
        severity.request_severity(
            ticket=ticket,
            actor=contact,
            severity="major",
            reason="It takes five minutes by now, and the others cannot work meanwhile.",
            at=self.ago(hours=6),
        )

    def propose(
        self, ticket: Ticket, actor: User, promise: str, ahead: float, reason: str, *, days: float
    ) -> None:
        due_at = (self.at + timedelta(days=ahead)).replace(minute=0, second=0, microsecond=0)
        dates.propose_date(
            ticket=ticket, actor=actor, promise=promise, due_at=due_at, reason=reason, at=self.ago(days=days)
        )

    def dispute(self) -> None:
        """An exclusion under one of Atheer's clauses, which the contact disputes."""
        ticket = self.file(
            "li@lumen.example",
            "atheer",
            self.ago(days=2, hours=3),
            subject="Video freezes in the north hall",
            text="Calls freeze for seconds as soon as a technician enters the north hall.",
            steps="1. Start a call. 2. Walk into the north hall.",
            effect="Nobody can be guided there.",
            severity="P3",
            affected_percent=10,
            has_workaround=True,
        )
        lifecycle.acknowledge_ticket(ticket=ticket, actor=self.agent, at=self.ago(days=1, hours=22))
        exclusion.exclude_ticket(
            ticket=ticket,
            actor=self.agent,
            clause="c",
            reason="Your access point in that hall drops every third packet; the call itself is fine elsewhere.",
            at=self.ago(days=1, hours=2),
        )
        exclusion.dispute_exclusion(
            ticket=ticket,
            actor=self.users["li@lumen.example"],
            reason="The access point is new since Monday, and it freezes all the same.",
            at=self.ago(hours=8),
        )

    def wish(self) -> None:
        """Work that Vivvo does not provide becomes a request for enhancement."""
        ticket = self.file(
            "mila@danube.example",
            "cms",
            self.ago(days=12),
            subject="Enhancement: a second byline",
            text="Two of our editors often write together. Please add a second author to the articles.",
            severity="no-effect",
            request_type="software-question",
            affected_percent=0,
            has_workaround=True,
        )
        enhancements.decline_ticket(
            ticket=ticket,
            actor=self.agent,
            clause="data-fields",
            reason="A second author is a new field, which support does not add. We pass it on as a wish.",
            title="Several authors for one article",
            text="An article carries more than one author, each with a page of their own.",
            publish=True,
            at=self.ago(days=11),
        )
        enhancements.answer_enhancement(
            request=EnhancementRequest.objects.get(ticket=ticket),
            actor=self.manager,
            state="planned",
            words="We build it for the next feature release.",
            at=self.ago(days=5),
        )
