"""/tickets/<number>/ and the nouns below it: the page of one ticket, a reply, a reopening."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import phrasing
from contracts.bodies import with_files
from contracts.calendar_rows import policy_of
from contracts.models import User
from contracts.policy import Policy
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from contracts.uploads import left_out_of
from tickets import access
from tickets.cards import cards_of
from tickets.consulting import read_talks
from tickets.ending_words import EndingTold, tell_ending
from tickets.endings import Ending, read_ending
from tickets.escalation_lines import escalation_lines
from tickets.facts import Facts, read
from tickets.forms import Plain, ReopeningForm, ReplyForm
from tickets.forms_endings import AcceptanceForm, RatingForm
from tickets.history import history
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.ticket import Status
from tickets.news import said_before
from tickets.presentation import ClockCard
from tickets.related import read_related
from tickets.services.conversation import reply_as_contact
from tickets.services.drafts import drafts_of, forget_draft, keep_draft
from tickets.services.lifecycle import reopen_ticket
from tickets.stories import Reading, Stories
from tickets.telling import Words
from tickets.timeline import Entry, timeline
from tickets.views.filing import DISK_FAULT, NOT_STORED
from tickets.views.reader import reader_of, zone_of
from tickets.wording import (
    definition,
    request_type_name,
    severity_name,
    severity_names,
    status_in_words,
)

log = logging.getLogger(__name__)
# What a contact may have begun to write; a member of staff who is one has other drafts on the desk.
REPLY, REOPENING = "their_reply", "their_reopening"
# Until something of this happened the page begins with the receipt.
ANSWERS = {Kind.ACKNOWLEDGED, Kind.WORK_STARTED, Kind.PUBLIC_REPLY, Kind.WORKAROUND_PROVIDED, Kind.RESOLVED}


@dataclass(slots=True)
class Page:
    """All that the page of one ticket shows, read once, for one reader at one instant."""

    ticket: Ticket
    user: User
    at: datetime
    newest_first: bool = False
    events: list[TicketEvent] = field(init=False)
    facts: Facts = field(init=False)
    ending: Ending = field(init=False)

    def __post_init__(self) -> None:
        self.events = history(self.ticket, internal=False)
        self.facts = read(self.events)
        self.ending = read_ending(self.events)

    @property
    def policy(self) -> Policy | None:
        return policy_of(self.ticket.policy_version) if self.ticket.policy_version else None

    def said(self, at: datetime) -> str:
        """An instant in the reader's zone and the desk's."""
        desk = self.policy.hours.time_zone if self.policy else None
        return phrasing.moment(at, zone_of(self.user), now=self.at, other=desk)

    @property
    def words(self) -> Words:
        """How things are said to the reader."""
        return Words(moment=self.said, severities=severity_names(self.ticket.policy_version))

    def stories(self) -> Stories:
        """What stands between the customer and us."""
        read = Reading(
            self.ticket, self.events, self.facts, self.policy, self.words, is_staff=False, at=self.at
        )
        return read.stories()

    @property
    def filed_by(self) -> str:
        """Whose request it is, whoever is its contact now; staff may have filed it for them."""
        filed = self.events[0]
        return filed.text or str(filed.actor or self.ticket.contact.user)

    def why_not_dispute(self, why_not_reply: str) -> str:
        """Why the reader may not dispute a judgement: asked anew only where it differs from why they may not write."""
        is_merged = self.ticket.status == Status.MERGED
        return access.why_not_speak(self.ticket, self.user) if is_merged else why_not_reply

    def entries(self) -> list[Entry]:
        found = timeline(self.events, self.words)
        return found[::-1] if self.newest_first else found

    def told_ending(self, clocks: Sequence[ClockCard]) -> EndingTold:
        """What is awaited, or how it ended, and what can still be said to it."""
        return tell_ending(self.ticket, self.ending, clocks, policy=self.policy, say=self.said, at=self.at)

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        ticket, policy = self.ticket, self.policy
        why_not_reply = access.why_not_write(ticket, self.user)
        awaited = "you" if ticket.contact.user_id == self.user.pk else str(ticket.contact.user)
        clocks = cards_of(ticket, self.events, reader_zone=zone_of(self.user), awaited=awaited, at=self.at)
        return {
            "ticket": ticket,
            "filed_by": self.filed_by,
            "policy": policy,
            "tier": policy.tier(ticket.tier).name if policy and ticket.tier else "",
            "status": status_in_words(ticket.status, kept=bool(ticket.kept_because)),
            "severity": severity_name(ticket),
            "definition": definition(policy, ticket.severity),
            "request_type": request_type_name(policy, ticket.request_type),
            "clocks": clocks,
            "awaited": awaited,
            "ending": self.told_ending(clocks),
            "entries": self.entries(),
            "newest_first": self.newest_first,
            "escalations": escalation_lines(self.events, self.words),
            "facts": self.facts,
            "outages": access.outages_behind(self.facts, self.user),
            "stories": self.stories(),
            "problems": access.problems_behind(self.facts),
            "fix": access.fix_behind(self.events, self.at),
            "lives_on_in": access.lives_on_in(self.facts, self.user),
            "shared_with": list(read_related(self.events).shares.values()),
            "talks": read_talks(self.events),
            "waiting_since": self.said(self.facts.waiting_since) if self.facts.waiting_since else "",
            "is_new": not any(event.kind in ANSWERS for event in self.events) and ticket.is_unfinished,
            "zone": zone_of(self.user),
            "at": self.at,
            "why_not_reply": why_not_reply,
            "why_not_dispute": self.why_not_dispute(why_not_reply),
            "asked_before": access.asked_before_merging(self.facts, self.user),
            "desk_address": f"/admin/queue/{ticket.number}/" if self.user.is_staff else "",
        }


@login_required
@require_safe
def ticket(request: HttpRequest, number: str) -> HttpResponseBase:
    """The ticket as its customer sees it; ``?order=newest`` turns the conversation round."""
    user = reader_of(request)
    found = access.get_ticket_for(user, number)
    page = Page(found, user, timezone.now(), newest_first=request.GET.get("order") == "newest")
    drafts = drafts_of(user, found)
    return render(
        request, "tickets/ticket.html", {**page.context(), **_forms(found, drafts), "drafts": drafts}
    )


def _forms(found: Ticket, drafts: Mapping[str, str]) -> dict[str, Plain]:
    """The forms at the foot of the page, as far as the ticket's status can have them; with what was begun."""
    seen = {"seen": found.seq}
    forms: dict[str, Plain] = {"reply_form": ReplyForm(initial={**seen, "text": drafts.get(REPLY, "")})}
    if found.status in (Status.RESOLVED, Status.CLOSED):
        begun = {**seen, "reason": drafts.get(REOPENING, "")}
        forms["reopening_form"] = ReopeningForm(initial=begun, auto_id="reopening_%s")
        forms["acceptance_form"] = AcceptanceForm(initial=seen, auto_id="acceptance_%s")
        forms["rating_form"] = RatingForm(initial=seen, auto_id="rating_%s")
    return forms


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: HttpRequest, number: str) -> HttpResponseBase:
    """A reply with files, on a page of its own; sent, it stands in the conversation."""
    found = access.get_ticket_for(reader_of(request), number)
    page = "tickets/reply.html"
    if request.method != "POST":
        return form_page(request, page, found, ReplyForm(initial=_begun(request, found, REPLY, "text")))
    if beside := _beside(request, found, REPLY, "text"):
        return beside
    form = ReplyForm(request.POST, request.FILES, left_out=left_out_of(request))
    if found.status == Status.CLOSED:
        return _instead_of_replying(request, found, request.POST.get("text", ""))

    def send() -> None:
        said = reply_as_contact(
            ticket=found,
            actor=reader_of(request),
            text=form.cleaned_data["text"],
            files=form.cleaned_data["uploads"],
            seen=form.cleaned_data["seen"],
            at=timezone.now(),
        )
        forget_draft(owner=reader_of(request), ticket=found, verb=REPLY)
        if others := said_before(said, form.cleaned_data["seen"]):
            who = ", ".join(others)
            messages.warning(
                request, f"{who} wrote while you did. Read it below: it stands before your reply."
            )

    return sent(request, found, form, send, page=page, done="Your reply is sent.")


def _instead_of_replying(request: HttpRequest, found: Ticket, typed: str) -> HttpResponseBase:
    """A reply to a closed ticket becomes the reason of a reopening, which needs one more press."""
    messages.warning(request, "Not sent yet: the ticket is closed. What you wrote stands here as the reason.")
    form = ReopeningForm(initial={"reason": typed, "seen": found.seq})
    return form_page(request, "tickets/reopening.html", found, form, status=REFUSED)


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resolution(request: HttpRequest, number: str) -> HttpResponseBase:
    """A resolution taken back with a reason."""
    found = access.get_ticket_for(reader_of(request), number)
    page = "tickets/reopening.html"
    if request.method != "POST":
        begun = _begun(request, found, REOPENING, "reason")
        return form_page(request, page, found, ReopeningForm(initial=begun))
    if beside := _beside(request, found, REOPENING, "reason"):
        return beside
    form = ReopeningForm(request.POST)

    def reopen() -> None:
        reopen_ticket(
            ticket=found,
            actor=reader_of(request),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            at=timezone.now(),
        )
        forget_draft(owner=reader_of(request), ticket=found, verb=REOPENING)

    return sent(request, found, form, reopen, page=page, done="The ticket is open again.")


def sent(
    request: HttpRequest, found: Ticket, form: Plain, verb: Callable[[], None], *, page: str, done: str
) -> HttpResponseBase:
    """Do it and go to the ticket's page, or show the form again with what was typed and why not."""
    if not form.is_valid():
        return form_page(request, page, found, form, status=REFUSED)
    try:
        with transaction.atomic():
            verb()
    except Refused as refusal:
        form.refuse(refusal)
        return form_page(request, page, found, form, status=REFUSED)
    except OSError:
        log.exception("files of a reply could not be stored")
        form.add_error("uploads", DISK_FAULT)
        return form_page(request, page, found, form, status=NOT_STORED)
    messages.success(request, done)
    return redirect("ticket", found.number)


def form_page(
    request: HttpRequest, page: str, found: Ticket, form: Plain, *, status: int = 200
) -> HttpResponseBase:
    """The page of one form below a ticket, with what was typed."""
    user = reader_of(request)
    context = {
        "ticket": found,
        "form": form,
        "why_not_reply": access.why_not_write(found, user),
        "ending": Page(found, user, timezone.now()).told_ending([]),
    }
    return render(request, page, context, status=status)


@login_required
@require_POST
def drafts(request: HttpRequest, number: str) -> HttpResponseBase:
    """Keep what is being written; the script sends it. 204, or 422 with the reason."""
    found = access.get_ticket_for(reader_of(request), number)
    verb = request.POST.get("verb", "")
    if verb not in {REPLY, REOPENING}:
        raise Http404("Nothing is written with that.")
    if why := _keep(request, found, verb, request.POST.get("text", "")):
        return HttpResponse(why, status=REFUSED, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _begun(request: HttpRequest, found: Ticket, verb: str, name: str) -> dict[str, Any]:
    """How a form begins: with what its writer had begun."""
    return {"seen": found.seq, name: drafts_of(reader_of(request), found).get(verb, "")}


def _beside(request: HttpRequest, found: Ticket, verb: str, name: str) -> HttpResponseBase | None:
    """The answer to the buttons for drafts; ``None`` where the form was sent."""
    if "discard" in request.POST:
        forget_draft(owner=reader_of(request), ticket=found, verb=verb)
        messages.success(request, "The draft is discarded.")
    elif "draft" in request.POST:
        why = _keep(request, found, verb, request.POST.get(name, ""))
        (messages.error if why else messages.success)(request, why or "Your draft is kept. Only you see it.")
    else:
        return None
    return redirect("ticket", found.number)


def _keep(request: HttpRequest, found: Ticket, verb: str, text: str) -> str:
    """Keep a draft; why not, or ``""``. Who may not write on the ticket has nothing to keep."""
    user = reader_of(request)
    if why := access.why_not_write(found, user):
        return why
    try:
        keep_draft(owner=user, ticket=found, verb=verb, text=text.replace("\0", ""), at=timezone.now())
    except Refused as refused:
        return str(refused)
    return ""
