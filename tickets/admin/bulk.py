"""Verbs on the tickets that are ticked in the queue: what they need is asked on a step of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.models import User
from contracts.refusals import Refused
from tickets.admin.forms import AssigneeForm, ButtonForm, ReasonForm
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.queue_address import read
from tickets.forms import Plain
from tickets.models import Ticket
from tickets.services import assignment, conversation, lifecycle
from tickets.services.bulk import Chosen, Outcome, Saying, do_to_each

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Doing:
    """By whom, with what, when."""

    actor: User
    form: Plain
    at: datetime

    @property
    def text(self) -> str:
        return str(self.form.cleaned_data["text"])


@dataclass(frozen=True, slots=True)
class BulkVerb:
    """A verb of the queue: its button, what is told afterwards, its form, its service.

    ``says`` is set where it carries a text, ``is_public`` where customers read that.
    """

    name: str
    label: str
    done: str
    form: type[Plain]
    call: Callable[[Ticket, Doing], object]
    hint: str = ""
    says: bool = False
    is_public: bool = False

    @property
    def asks(self) -> bool:
        """Whether it needs a step of its own."""
        return self.form is not ButtonForm

    def saying(self, doing: Doing) -> Saying | None:
        return Saying(doing.actor, doing.text, self.is_public) if self.says else None


def _acknowledge(ticket: Ticket, doing: Doing) -> object:
    return lifecycle.acknowledge_ticket(ticket=ticket, actor=doing.actor, at=doing.at)


def _start_work(ticket: Ticket, doing: Doing) -> object:
    return lifecycle.start_work(ticket=ticket, actor=doing.actor, at=doing.at)


def _assign_to_me(ticket: Ticket, doing: Doing) -> object:
    return assignment.assign_ticket(ticket=ticket, actor=doing.actor, assignee=doing.actor, at=doing.at)


def _assign(ticket: Ticket, doing: Doing) -> object:
    assignee = doing.form.chosen() if isinstance(doing.form, AssigneeForm) else None
    return assignment.assign_ticket(ticket=ticket, actor=doing.actor, assignee=assignee, at=doing.at)


def _reply(ticket: Ticket, doing: Doing) -> object:
    return conversation.reply_as_staff(ticket=ticket, actor=doing.actor, text=doing.text, at=doing.at)


def _note(ticket: Ticket, doing: Doing) -> object:
    return conversation.add_note(ticket=ticket, actor=doing.actor, text=doing.text, at=doing.at)


BULK_VERBS = {
    found.name: found
    for found in (
        BulkVerb("acknowledge", "Acknowledge", "Acknowledged", ButtonForm, _acknowledge),
        BulkVerb("start_work", "Start work", "Work has started", ButtonForm, _start_work),
        BulkVerb("assign_to_me", "Assign to me", "Assigned to you", ButtonForm, _assign_to_me),
        BulkVerb("assign", "Assign …", "Assigned", AssigneeForm, _assign),
        BulkVerb(
            "reply",
            "Reply …",
            "Replied",
            ReasonForm,
            _reply,
            "Each customer reads it, as a reply on their own ticket.",
            says=True,
            is_public=True,
        ),
        BulkVerb("note", "Add a note …", "Noted", ReasonForm, _note, "Only staff read it.", says=True),
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Do what the pressed button says on each ticked ticket, and tell ticket by ticket what came of it."""
    verb = BULK_VERBS.get(request.POST.get("verb", ""))
    if request.method != "POST" or verb is None:
        return redirect("admin:queue")
    chosen = [_chosen(value) for value in request.POST.getlist("ticket")]
    sent = not verb.asks or "send" in request.POST
    form = _form(verb, request, is_sent=sent)
    if not (sent and form.is_valid()):
        return _step(request, verb, chosen, form, status=REFUSED if sent else 200)
    doing = Doing(actor_of(request), form, timezone.now())
    try:
        outcomes = do_to_each(
            chosen=chosen, verb=lambda ticket: verb.call(ticket, doing), saying=verb.saying(doing)
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_queue(request))
    if all(outcome.is_done for outcome in outcomes) and len(outcomes) <= MOST_NAMED:
        messages.success(request, f"{verb.done}: {', '.join(outcome.number for outcome in outcomes)}.")
        return redirect(_queue(request))
    return _told(request, verb, outcomes, form)


def _chosen(value: str) -> Chosen:
    """``VK-7F3K9Q.12``: the number, and the last event that was seen."""
    number, _, seen = value.partition(".")
    return Chosen(number[:16].replace("\0", ""), int(seen) if seen.isdecimal() and len(seen) <= 9 else None)


def _form(verb: BulkVerb, request: HttpRequest, *, is_sent: bool) -> Plain:
    given: dict[str, Any] = {"data": request.POST} if is_sent else {}
    if verb.form is AssigneeForm:
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
        return AssigneeForm(staff=staff, actor=actor_of(request), **given)
    return verb.form(**given)


def _step(
    request: HttpRequest, verb: BulkVerb, chosen: Sequence[Chosen], form: Plain, *, status: int
) -> HttpResponseBase:
    """What the verb needs, asked for, with the tickets that it is about."""
    seen = {each.number: each.seen for each in chosen}
    tickets = list(
        Ticket.objects.filter(number__in=seen).select_related("customer").order_by("queue_at", "pk")
    )
    if not tickets:
        messages.error(request, "Tick the tickets first.")
        return redirect(_queue(request))
    context = {
        "verb": verb,
        "form": form,
        "tickets": [(ticket, f"{ticket.number}.{_or_nothing(seen[ticket.number])}") for ticket in tickets],
        **_back(request),
    }
    return page(request, "bulk_step", verb.label.rstrip(" …"), context, status=status)


def _told(request: HttpRequest, verb: BulkVerb, outcomes: Sequence[Outcome], form: Plain) -> HttpResponseBase:
    """Each ticket with what came of it; those that were refused can be sent again once they were read."""
    refused = [outcome for outcome in outcomes if not outcome.is_done]
    context = {
        "verb": verb,
        "form": form,
        "done": [outcome for outcome in outcomes if outcome.is_done],
        "refused": refused,
        "again": [outcome.ticket for outcome in refused if outcome.ticket] if verb.asks else [],
        **_back(request),
    }
    status = 200 if len(refused) < len(outcomes) else REFUSED
    return page(request, "bulk_told", verb.label.rstrip(" …"), context, status=status)


def _or_nothing(seen: int | None) -> str:
    return "" if seen is None else str(seen)


def _back(request: HttpRequest) -> dict[str, str]:
    """Where one came from: read and written anew, so that nothing but a part of the queue comes out."""
    given = QueryDict(request.POST.get("back", "")[:600].removeprefix("?"))
    return {"back": read(given).query() if given else ""}


def _queue(request: HttpRequest) -> str:
    return reverse("admin:queue") + _back(request)["back"]
