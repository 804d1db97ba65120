"""The verbs on a ticket's page, as data: each has its own address, one form, and one service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.files import Upload
from contracts.models import User
from tickets.admin.forms import AssigneeForm, ButtonForm, ReasonForm, SeverityForm, TextForm
from tickets.forms import Plain
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services import assignment, conversation, endings, lifecycle, severity


@dataclass(frozen=True, slots=True)
class Doing:
    """What a service is called with: on which ticket, by whom, with what, when."""

    ticket: Ticket
    actor: User
    form: Plain
    at: datetime

    @property
    def text(self) -> str:
        return str(self.form.cleaned_data["text"])

    @property
    def files(self) -> list[Upload]:
        found: list[Upload] = self.form.cleaned_data["files"]
        return found

    @property
    def articles(self) -> list[int]:
        """The keys of the articles that were chosen."""
        found: list[int] = self.form.cleaned_data["articles"]
        return found

    def said(self) -> dict[str, Any]:
        """What every verb takes that says something to the customer."""
        return {
            "ticket": self.ticket,
            "actor": self.actor,
            "text": self.text,
            "files": self.files,
            "articles": self.articles,
            "at": self.at,
        }


@dataclass(frozen=True, slots=True)
class VerbPage:
    """A verb of ``transitions.VERBS`` with the noun of its address.

    ``hint`` says what the customer sees of it, ``done`` what is told afterwards. ``heard`` is set where
    something is said to the customer: who says it first sees what was said since they began to write.
    ``overtaken_by`` is what a colleague may have decided meanwhile, which one first sees, too.
    """

    noun: str
    verb: str
    form: type[Plain]
    call: Callable[[Doing], object]
    done: str
    hint: str = ""
    heard: bool = False
    overtaken_by: tuple[Kind, ...] = ()

    @property
    def url_name(self) -> str:
        return f"ticket_{self.noun}"

    @property
    def carries_articles(self) -> bool:
        """Whether articles may be put into what is said: into what the customer reads."""
        return self.heard and issubclass(self.form, TextForm)


def _acknowledge(doing: Doing) -> object:
    return lifecycle.acknowledge_ticket(ticket=doing.ticket, actor=doing.actor, at=doing.at)


def _start_work(doing: Doing) -> object:
    return lifecycle.start_work(ticket=doing.ticket, actor=doing.actor, at=doing.at)


def _reply(doing: Doing) -> object:
    return conversation.reply_as_staff(**doing.said())


def _note(doing: Doing) -> object:
    return conversation.add_note(
        ticket=doing.ticket,
        actor=doing.actor,
        text=doing.text,
        files=doing.files,
        seen=doing.form.cleaned_data["seen"],
        at=doing.at,
    )


def _ask(doing: Doing) -> object:
    return conversation.ask_customer(**doing.said())


def _withdraw_question(doing: Doing) -> object:
    return conversation.withdraw_question(**doing.said())


def _provide_workaround(doing: Doing) -> object:
    return lifecycle.provide_workaround(**doing.said())


def _resolve(doing: Doing) -> object:
    return lifecycle.resolve_ticket(**doing.said())


def _reopen(doing: Doing) -> object:
    return lifecycle.reopen_ticket(ticket=doing.ticket, actor=doing.actor, reason=doing.text, at=doing.at)


def _close(doing: Doing) -> object:
    return endings.close_ticket(ticket=doing.ticket, actor=doing.actor, reason=doing.text, at=doing.at)


def _change_severity(doing: Doing) -> object:
    given = doing.form.cleaned_data
    return severity.change_severity(
        ticket=doing.ticket,
        actor=doing.actor,
        severity=given["severity"],
        reason=given["reason"],
        at=doing.at,
    )


def _confirm_severity(doing: Doing) -> object:
    return severity.confirm_severity(ticket=doing.ticket, actor=doing.actor, at=doing.at)


def _assign(doing: Doing) -> object:
    assignee = doing.form.chosen() if isinstance(doing.form, AssigneeForm) else None
    return assignment.assign_ticket(ticket=doing.ticket, actor=doing.actor, assignee=assignee, at=doing.at)


VERB_PAGES = {
    found.verb: found
    for found in (
        VerbPage(
            "acknowledgement",
            "acknowledge",
            ButtonForm,
            _acknowledge,
            "Acknowledged. The customer is told that you have seen the request.",
        ),
        VerbPage("work", "start_work", ButtonForm, _start_work, "Work has started. The customer is told."),
        VerbPage(
            "replies",
            "reply",
            TextForm,
            _reply,
            "Your reply is on its way to the customer.",
            "The customer reads it.",
            heard=True,
        ),
        VerbPage(
            "notes", "note", TextForm, _note, "Your note is added.", "Only staff read it. No mail, no clock."
        ),
        VerbPage(
            "questions",
            "ask",
            TextForm,
            _ask,
            "Your question is on its way. The ticket waits for the customer.",
            "The customer reads it, and the ticket waits for their answer. Clocks pause where the policy says so.",
            heard=True,
        ),
        VerbPage(
            "questions/withdrawal",
            "withdraw_question",
            TextForm,
            _withdraw_question,
            "The question is taken back. Nothing is awaited from the customer any more.",
            "Say why the answer is not needed any more. The customer reads it, no reminder follows, clocks run on.",
            heard=True,
        ),
        VerbPage(
            "workaround",
            "provide_workaround",
            TextForm,
            _provide_workaround,
            "The workaround is on its way to the customer.",
            "Say how the customer can go on meanwhile. It stops the workaround clock.",
            heard=True,
        ),
        VerbPage(
            "resolution",
            "resolve",
            TextForm,
            _resolve,
            "Resolved. The solution is on its way to the customer.",
            "Say what the solution is. It stops the clocks; the customer may reopen the ticket.",
            heard=True,
        ),
        VerbPage(
            "reopening",
            "reopen",
            ReasonForm,
            _reopen,
            "Reopened. The clocks run on, and the customer is told.",
            "Say why. The customer reads it, and the clocks run on.",
            heard=True,
        ),
        VerbPage(
            "closing",
            "close",
            ReasonForm,
            _close,
            "Closed. The customer is told, with your reason.",
            "Say why. The customer reads it, and can reopen the ticket. Only where no answer comes.",
            heard=True,
        ),
        VerbPage(
            "severity",
            "change_severity",
            SeverityForm,
            _change_severity,
            "The severity is changed.",
            overtaken_by=(Kind.SEVERITY_CHANGED, Kind.SEVERITY_CONFIRMED),
        ),
        VerbPage(
            "severity/confirmation",
            "confirm_severity",
            ButtonForm,
            _confirm_severity,
            "The severity is confirmed.",
        ),
        VerbPage(
            "assignee",
            "assign",
            AssigneeForm,
            _assign,
            "The ticket is assigned.",
            overtaken_by=(Kind.ASSIGNED, Kind.TEAM_ASSIGNED),
        ),
    )
}
