"""The stories of a ticket as its customer tells them: a date to be agreed, another severity, a dispute."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.models import User
from tickets import access, transitions
from tickets.forms import Plain
from tickets.forms_stories import SeverityRequestForm, WhyForm
from tickets.models import Ticket
from tickets.services.exclusion import dispute_exclusion
from tickets.services.severity import request_severity
from tickets.stories import Stories
from tickets.story_acts import date_acts
from tickets.views.acts import Act, ActPage, answer
from tickets.views.reader import reader_of, zone_of
from tickets.views.ticket import Page

Acts = Callable[[Page, Stories], list[Act]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: HttpRequest, number: str) -> HttpResponseBase:
    """The dates that are to be agreed: what stands, and the forms to accept it or to propose another."""
    nothing = "No date is to be agreed on this ticket as it stands."

    def acts(page: Page, stories: Stories) -> list[Act]:
        return date_acts(page.ticket, page.user, zone_of(page.user), stories.dates)

    return _story(request, number, "Agree on a date", "dates", acts, nothing)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def severity(request: HttpRequest, number: str) -> HttpResponseBase:
    """Another severity is asked for, with a reason."""

    def acts(page: Page, stories: Stories) -> list[Act]:
        return [
            Act(
                name="request",
                button="Ask for this severity",
                form=partial(SeverityRequestForm, policy=page.policy, current=page.facts.severity),
                call=partial(_request_severity, page.ticket, page.user),
                done="You have asked for another severity. We grant it, or say why not.",
                hint="The clocks run on as they are until we have answered.",
                shown=stories.may_request_severity,
            )
        ]

    nothing = "Another severity cannot be asked for as the ticket stands."
    return _story(request, number, "Ask for another severity", "severity", acts, nothing)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, number: str) -> HttpResponseBase:
    """A judgement that no promise holds is disputed, with a reason."""

    def acts(page: Page, stories: Stories) -> list[Act]:
        return [
            Act(
                name="dispute",
                button="Dispute it",
                form=partial(WhyForm, label="Why does the clause not apply?"),
                call=partial(_dispute, page.ticket, page.user),
                done="You have disputed it. We reinstate the promises, or say why the clause applies.",
                shown=stories.may_dispute,
            )
        ]

    return _story(request, number, "Dispute the clause", "judgement", acts, "")


def _request_severity(ticket: Ticket, actor: User, form: Plain) -> None:
    typed = form.cleaned_data
    request_severity(
        ticket=ticket,
        actor=actor,
        severity=typed["severity"],
        reason=typed["reason"],
        seen=typed["seen"],
        at=timezone.now(),
    )


def _dispute(ticket: Ticket, actor: User, form: Plain) -> None:
    typed = form.cleaned_data
    dispute_exclusion(
        ticket=ticket, actor=actor, reason=typed["reason"], seen=typed["seen"], at=timezone.now()
    )


def _page(request: HttpRequest, number: str) -> Page:
    user = reader_of(request)
    return Page(access.get_ticket_for(user, number), user, timezone.now())


def _story(  # noqa: PLR0917 -- the order is the sentence: of which ticket, under which title, what is shown, what to do
    request: HttpRequest, number: str, title: str, part: str, acts: Acts, nothing: str
) -> HttpResponseBase:
    """One page with one part of the stories above its forms."""

    def read() -> ActPage:
        page = _page(request, number)
        stories = page.stories()
        context = {
            "ticket": page.ticket,
            "title": title,
            "part": part,
            "stories": stories,
            "severity": page.words.severity(page.facts.severity),
            "nothing": nothing or transitions.refusal("dispute", page.facts),
            "why_not_reply": (access.why_not_speak if part == "judgement" else access.why_not_write)(
                page.ticket, page.user
            ),
        }
        return ActPage(acts(page, stories), page.ticket.seq, context)

    def draw(context: dict[str, Any], status: int) -> HttpResponseBase:
        return render(request, "tickets/story.html", context, status=status)

    return answer(request, read, draw, lambda: redirect("ticket", number))
