"""The stories of a ticket as staff tell them: dates to be agreed, exclusions, a severity asked for, work declined."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page
from tickets.admin.ticket import Desk, ticket_numbered
from tickets.forms import Plain
from tickets.forms_stories import ClauseForm, DeclineForm, WhyForm
from tickets.services.enhancements import decline_ticket
from tickets.services.exclusion import exclude_ticket, reinstate_ticket, uphold_exclusion
from tickets.services.severity import grant_severity, keep_severity
from tickets.stories import Stories
from tickets.story_acts import date_acts
from tickets.views.acts import Act, ActPage, answer

Acts = Callable[[Desk, Stories], list[Act]]
READ = "The customer reads it."


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def dates(request: HttpRequest, number: str) -> HttpResponseBase:
    """The dates that are to be agreed with the customer."""

    def acts(desk: Desk, stories: Stories) -> list[Act]:
        return date_acts(desk.ticket, desk.actor, desk.zone, stories.dates)

    return _story(request, number, "Dates to be agreed", "dates", acts)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def exclusion(request: HttpRequest, number: str) -> HttpResponseBase:
    """A ticket is put under a clause of the policy, and a dispute of that is answered."""
    return _story(request, number, "Clause of the policy", "judgement", _exclusion_acts)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def severity_request(request: HttpRequest, number: str) -> HttpResponseBase:
    """The customer's request for another severity is granted or not."""
    return _story(request, number, "Severity asked for", "severity", _severity_acts)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def enhancement(request: HttpRequest, number: str) -> HttpResponseBase:
    """Work that the policy does not provide becomes a request for enhancement."""
    return _story(request, number, "Decline, and make it an enhancement request", "decline", _decline_acts)


def _exclusion_acts(desk: Desk, stories: Stories) -> list[Act]:
    judged, disputed = stories.judgement, bool(stories.judgement and stories.judgement.dispute)
    clauses = desk.policy.exclusions if desk.policy else ()
    return [
        Act(
            name="exclude",
            button="Exclude the ticket",
            form=partial(ClauseForm, clauses=clauses, hint=READ),
            call=partial(_exclude, desk),
            done="Excluded: no promise holds. The customer is told, and may dispute it.",
            hint="Every clock that has started is void. The customer reads the clause and your reason.",
            shown=stories.may_exclude,
        ),
        Act(
            name="reinstate",
            button="Reinstate the promises",
            form=partial(WhyForm, hint=READ),
            call=partial(_judge, desk, reinstate_ticket),
            done="Reinstated: the clocks stand as if nothing had been. The customer is told.",
            hint="The clocks stand as if it had never been. What fell due meanwhile is missed at its due time.",
            shown=judged is not None,
        ),
        Act(
            name="uphold",
            button="Uphold it",
            form=partial(WhyForm, hint=READ),
            call=partial(_judge, desk, uphold_exclusion),
            done="Upheld. The customer is told.",
            hint="The clause applies all the same; say why.",
            shown=disputed,
        ),
    ]


def _severity_acts(desk: Desk, stories: Stories) -> list[Act]:
    asked = stories.request
    return [
        Act(
            name="grant",
            button=f"Set it to {asked.name}" if asked else "Grant it",
            form=partial(WhyForm, hint=READ),
            call=partial(_judge, desk, grant_severity),
            done="The severity is changed. The customer is told.",
            hint="Stricter promises count from now; what was missed stays missed.",
            shown=asked is not None,
        ),
        Act(
            name="keep",
            button="Keep the severity",
            form=partial(WhyForm, hint=READ),
            call=partial(_judge, desk, keep_severity),
            done="The severity is kept and confirmed. The customer is told.",
            hint="It stays as it is, and counts as confirmed.",
            shown=asked is not None,
        ),
    ]


def _decline_acts(desk: Desk, stories: Stories) -> list[Act]:
    clauses = desk.policy.not_provided if desk.policy else ()
    return [
        Act(
            name="decline",
            button="Decline, and make it an enhancement request",
            form=partial(DeclineForm, clauses=clauses, hint=READ),
            call=partial(_decline, desk),
            done="Declined. The customer is told, and the enhancement request stands in its list.",
            hint="The ticket ends and no promise holds on it. The customer may dispute that.",
            shown=stories.may_decline,
        )
    ]


def _exclude(desk: Desk, form: Plain) -> None:
    typed = form.cleaned_data
    exclude_ticket(
        ticket=desk.ticket,
        actor=desk.actor,
        clause=typed["clause"],
        reason=typed["reason"],
        at=timezone.now(),
    )


def _judge(desk: Desk, verb: Callable[..., object], form: Plain) -> None:
    verb(ticket=desk.ticket, actor=desk.actor, reason=form.cleaned_data["reason"], at=timezone.now())


def _decline(desk: Desk, form: Plain) -> None:
    typed = form.cleaned_data
    decline_ticket(
        ticket=desk.ticket,
        actor=desk.actor,
        clause=typed["clause"],
        reason=typed["reason"],
        title=typed["title"],
        text=typed["text"],
        publish=typed["publish"],
        at=timezone.now(),
    )


def _story(request: HttpRequest, number: str, title: str, part: str, acts: Acts) -> HttpResponseBase:
    """One page with one part of the stories above its forms."""

    def read() -> ActPage:
        desk = Desk(ticket_numbered(number), actor_of(request), timezone.now())
        stories = desk.stories()
        context = {
            "ticket": desk.ticket,
            "name": title,
            "part": part,
            "stories": stories,
            "severity": desk.words.severity(desk.facts.severity),
            "policy": desk.policy,
        }
        return ActPage(acts(desk, stories), desk.ticket.seq, context)

    def draw(context: dict[str, Any], status: int) -> HttpResponseBase:
        return page(request, "story", f"{title} · {number}", context, status=status)

    return answer(request, read, draw, lambda: redirect("admin:ticket", number))
