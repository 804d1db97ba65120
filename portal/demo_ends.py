"""How the demo's tickets end: one accepted with a word on it, one accepted by silence, one offered for closing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.models import User
from tickets.models import Ticket
from tickets.services import conversation, endings, lifecycle, silence

File = Callable[..., Ticket]


@dataclass(frozen=True, slots=True)
class Ends:
    """``file`` files a ticket: of whom, for which installation, when, with what."""

    file: File
    agent: User
    users: dict[str, User]
    at: datetime

    def play(self) -> None:
        """The oldest first; what silence brings comes as the worker would have brought it."""
        self.accepted()
        self.by_silence()
        self.unanswered()

    def ago(self, days: float) -> datetime:
        return self.at - timedelta(days=days)

    def accepted(self) -> None:
        ticket = self.file(
            "nora@northwind.example",
            "vap",
            self.ago(48),
            subject="Firmware report leaves out two models",
            text="The report lists 38 of our 40 models. The two that we bought last are missing.",
            severity="minor",
            request_type="error",
            affected_percent=5,
            has_workaround=True,
        )
        lifecycle.start_work(ticket=ticket, actor=self.agent, at=self.ago(47))
        lifecycle.resolve_ticket(
            ticket=ticket,
            actor=self.agent,
            text="Both models are known since this morning; run the report once more.",
            at=self.ago(45),
        )
        endings.accept_resolution(
            ticket=ticket,
            actor=self.users["nora@northwind.example"],
            satisfied=True,
            words="Quick, and we were told what was wrong.",
            at=self.ago(44),
        )

    def by_silence(self) -> None:
        ticket = self.file(
            "omar@northwind.example",
            "agents",
            self.ago(30),
            subject="An agent restarts every night",
            text="The agent in hall 3 restarts at two in the morning. Nothing is lost, but it is reported each time.",
            severity="minor",
            request_type="error",
            affected_percent=1,
            has_workaround=True,
        )
        lifecycle.start_work(ticket=ticket, actor=self.agent, at=self.ago(29))
        lifecycle.resolve_ticket(
            ticket=ticket,
            actor=self.agent,
            text="That is the nightly update of its host. We no longer report it.",
            at=self.ago(28),
        )
        self._pass(ticket)

    def unanswered(self) -> None:
        ticket = self.file(
            "li@lumen.example",
            "atheer",
            self.ago(24),
            subject="Pictures in a work instruction are turned",
            text="Some pictures lie on their side when they are shown on a headset.",
            steps="1. Open the instruction “Pump 4”. 2. Look at step 3.",
            effect="Technicians turn their heads.",
            severity="P4",
            affected_percent=10,
            has_workaround=True,
        )
        conversation.ask_customer(
            ticket=ticket,
            actor=self.agent,
            text="Please send one of these pictures as the file that was uploaded.",
            at=self.ago(23),
        )
        self._pass(ticket)

    def _pass(self, ticket: Ticket) -> None:
        """Lets the time since then pass, step by step, until silence brings nothing more."""
        while True:
            ticket.refresh_from_db()
            if ticket.silence_at is None or ticket.silence_at > self.at:
                return
            silence.hear_silence(at=ticket.silence_at)
