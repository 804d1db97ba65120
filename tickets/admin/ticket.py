"""A ticket's page for staff, and its record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.calendar_rows import policy_of
from contracts.models import User
from contracts.phrasing import moment
from contracts.policy import Policy
from contracts.uploads import left_out_of
from knowledgebase.search.finding import Result
from tickets import deadlines, record, transitions
from tickets.access import (
    asked_before_merging,
    fix_behind,
    merged_into,
    outages_behind,
    problems_behind,
    why_contact_cannot_answer,
    with_names,
)
from tickets.admin.forms import AssigneeForm, SeverityForm
from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page, zone_of
from tickets.admin.saved_replies import Offered
from tickets.admin.verbs import VERB_PAGES, VerbPage
from tickets.cards import cards_of
from tickets.consulting import read_talks
from tickets.ending_words import tell_ending
from tickets.endings import Ending, read_ending
from tickets.escalation_lines import escalation_lines
from tickets.facts import Facts, read
from tickets.forms import Plain
from tickets.history import history, sealed
from tickets.mail_story import with_bounce
from tickets.models import Ticket, TicketEvent
from tickets.models.ticket import Status
from tickets.related import read_related
from tickets.services.drafts import drafts_of
from tickets.services.presence import look, others_at
from tickets.stories import Reading, Stories
from tickets.suggestions import articles_for_ticket
from tickets.telling import Words
from tickets.timeline import Entry, timeline
from tickets.wording import request_type_name, severity_name, severity_names

AT_THE_TOP = ("acknowledge", "start_work", "confirm_severity")
COMPOSED = ("reply", "note", "ask", "withdraw_question", "provide_workaround", "resolve", "reopen", "close")
ASIDE = ("change_severity", "assign")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verb that was sent and not done: its form with what was typed, and why, or what is new.

    ``is_looking`` is set where articles were asked for, and nothing else; ``saved_replies`` where these were.
    """

    verb: str
    form: Plain
    refusal: str = ""
    news: Sequence[TicketEvent] = ()
    is_looking: bool = False
    saved_replies: Sequence[Offered] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb on the page: its button, its form, and whether it stands open."""

    verb: transitions.Verb
    page: VerbPage
    url: str
    form: Plain
    is_open: bool = False
    refusal: str = ""
    news: Sequence[Entry] = ()
    has_draft: bool = False
    saved_replies: Sequence[Offered] | None = None

    @property
    def button(self) -> str:
        return "Send anyway" if self.news else self.verb.label


@dataclass(slots=True)
class Desk:
    """All that the page of one ticket is made of, read once."""

    ticket: Ticket
    actor: User
    at: datetime
    attempt: Attempt | None = None
    events: list[TicketEvent] = field(init=False)
    facts: Facts = field(init=False)
    ending: Ending = field(init=False)
    staff: list[User] = field(init=False)
    drafts: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.events = history(self.ticket, internal=True)
        self.facts = read(self.events)
        self.ending = read_ending(self.events)
        self.staff = list(User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk"))
        self.drafts = drafts_of(self.actor, self.ticket)

    @property
    def policy(self) -> Policy | None:
        return policy_of(self.ticket.policy_version) if self.ticket.policy_version else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.time_zone)

    @property
    def words(self) -> Words:
        """How things are said to the reader."""
        return Words(
            moment=lambda at: moment(at, self.zone, now=self.at),
            severities=severity_names(self.ticket.policy_version),
            people={user.pk: str(user) for user in self.staff},
            internal=True,
        )

    @property
    def is_going_on(self) -> bool:
        """Whether somebody of the customer may have to say something still."""
        return self.ticket.is_unfinished or self.ticket.status == Status.RESOLVED

    def stories(self) -> Stories:
        """What stands between the customer and the desk."""
        read = Reading(
            self.ticket, self.events, self.facts, self.policy, self.words, is_staff=True, at=self.at
        )
        return read.stories()

    def offers(self, names: Iterable[str]) -> list[Offer]:
        """Those of ``names`` that can be done now, and the one that was tried, whatever it says."""
        return [self.offer(name) for name in names if self.is_tried(name) or not self.refusal(name)]

    def refusal(self, name: str) -> str:
        if name == "change_severity" and self.policy is None:
            return "The ticket has no contract yet, so no policy says which severities there are."
        if why := transitions.refusal(name, self.facts):
            return why
        return deadlines.why_not_reopen(self.ticket, self.ending, self.at) if name == "reopen" else ""

    def said(self, at: datetime) -> str:
        """An instant in the reader's zone and the desk's."""
        desk = self.policy.hours.time_zone if self.policy else None
        return moment(at, self.zone, now=self.at, other=desk)

    def refused(self) -> list[tuple[transitions.Verb, str]]:
        """What cannot be done now, each with its reason."""
        found = ((verb, self.refusal(name)) for name, verb in transitions.VERBS.items())
        return [(verb, why) for verb, why in found if why]

    def is_tried(self, name: str) -> bool:
        return self.attempt is not None and self.attempt.verb == name

    def offer(self, name: str) -> Offer:
        verb_page = VERB_PAGES[name]
        url = reverse(f"admin:{verb_page.url_name}", args=[self.ticket.number])
        verb = transitions.VERBS[name]
        if self.attempt is not None and self.is_tried(name):
            tried = self.attempt
            news = timeline(tried.news, self.words)
            return Offer(
                verb,
                verb_page,
                url,
                tried.form,
                is_open=True,
                refusal=tried.refusal,
                news=news,
                has_draft=name in self.drafts,
                saved_replies=tried.saved_replies,
            )
        return Offer(
            verb, verb_page, url, self.form(name), is_open=self.goes_on(name), has_draft=name in self.drafts
        )

    def goes_on(self, name: str) -> bool:
        """Whether its composer stands open for its draft: one at a time, and none beside what was tried."""
        return self.attempt is None and name == next((each for each in COMPOSED if each in self.drafts), "")

    def form(self, name: str, request: HttpRequest | None = None, **changed: str) -> Plain:
        """The form of a verb, with what ``request`` sent, save for what is ``changed``."""
        kind = VERB_PAGES[name].form
        given: dict[str, Any] = {"auto_id": f"{name}-%s"}
        if request is not None:
            sent = request.POST.copy()
            for field_name, value in changed.items():
                sent[field_name] = value
            given |= {"data": sent, "files": request.FILES, "left_out": left_out_of(request)}
        if kind in (SeverityForm, AssigneeForm):
            given["initial"] = {"seen": self.ticket.seq}
        if kind is SeverityForm:
            return SeverityForm(policy=self.policy, current=self.ticket.severity, **given)
        if kind is AssigneeForm:
            return AssigneeForm(staff=self.staff, actor=self.actor, **given)
        return kind(initial={"seen": self.ticket.seq, "text": self.drafts.get(name, "")}, **given)

    def form_with(self, name: str, request: HttpRequest, **changed: str) -> Plain:
        """The form of a verb with what was typed so far, save for what is ``changed``; nothing of it judged."""
        typed = {**request.POST.dict(), "articles": request.POST.getlist("articles"), **changed}
        form = VERB_PAGES[name].form(initial=typed, auto_id=f"{name}-%s")
        form.files = request.FILES
        return form

    def articles(self) -> list[Result]:
        """Those that fit, where a form stands open that may carry them; looked for only then."""
        tried = self.attempt
        if tried is None or not VERB_PAGES[tried.verb].carries_articles:
            return []
        return articles_for_ticket(self.ticket)

    def context(self, *, oldest_first: bool) -> dict[str, Any]:
        """What the template shows."""
        ticket = self.ticket
        entries = timeline(self.events, self.words)
        clocks = cards_of(ticket, self.events, reader_zone=self.zone, awaited="the customer", at=self.at)
        return {
            "ticket": ticket,
            "facts": self.facts,
            "why_contact_cannot": why_contact_cannot_answer(ticket) if self.is_going_on else "",
            "ending": tell_ending(ticket, self.ending, clocks, policy=self.policy, say=self.said, at=self.at),
            "outages": outages_behind(self.facts, self.actor),
            "stories": self.stories(),
            "problems": problems_behind(self.facts),
            "fix": fix_behind(self.events, self.at),
            "related": read_related(self.events),
            "merged": merged_into(self.facts),
            "asked_before": asked_before_merging(self.facts, self.actor),
            "talks": read_talks(self.events),
            "severity": severity_name(ticket),
            "policy": self.policy,
            "request_type": request_type_name(self.policy, ticket.request_type),
            "tier": self.policy.tier(ticket.tier).name if self.policy and ticket.tier else "",
            "clocks": clocks,
            "escalations": escalation_lines(self.events, self.words),
            "entries": entries if oldest_first else entries[::-1],
            "oldest_first": oldest_first,
            "buttons": self.offers(AT_THE_TOP),
            "composers": self.offers(COMPOSED),
            "asides": self.offers(ASIDE),
            "refused": self.refused(),
            "articles": self.articles(),
            "is_looking": self.attempt is not None and self.attempt.is_looking,
            "others": others_at(ticket, self.actor, self.at),
            "zone": self.zone,
            "at": self.at,
        }


def ticket_numbered(number: str) -> Ticket:
    """The ticket with all that its page names. Raises 404."""
    return get_object_or_404(with_bounce(with_names(Ticket.objects.all())), number=number)


@require_safe
@for_staff(CHANGE_TICKET)
def ticket_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """A ticket as staff see it."""
    desk = Desk(ticket_numbered(number), actor_of(request), timezone.now())
    look(user=desk.actor, ticket=desk.ticket, at=desk.at)
    return shown(request, desk)


def shown(request: HttpRequest, desk: Desk, *, status: int = 200) -> HttpResponseBase:
    """The page of a ticket, as it stands or with an attempt that was not done."""
    ticket = desk.ticket
    context = desk.context(oldest_first=_oldest_first(request))
    return page(request, "ticket", f"{ticket.number} {ticket.subject}", context, status=status)


def _oldest_first(request: HttpRequest) -> bool:
    """Which way round the reader likes conversations: as last chosen by a link, until they sign out."""
    order = request.GET.get("order")
    if order in ("oldest", "newest") and request.session.get("order", "newest") != order:
        request.session["order"] = order
    return request.session.get("order") == "oldest"


@require_safe
@for_staff(CHANGE_TICKET)
def record_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """All events of a ticket as they were recorded, and whether their seal holds."""
    ticket = ticket_numbered(number)
    events = sealed([ticket])
    context = {
        "ticket": ticket,
        "events": events,
        "breaks": record.verify(ticket, events),
        "zone": zone_of(request),
        "at": timezone.now(),
    }
    return page(request, "record", f"Record of {ticket.number}", context)


@require_safe
@for_staff(CHANGE_TICKET)
def articles_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """The articles that fit a ticket, as a piece of its page; the script asks for it."""
    found = articles_for_ticket(ticket_numbered(number))
    return render(request, "admin/tickets/_articles.html", {"articles": found})
