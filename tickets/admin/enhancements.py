"""Requests for enhancement on the desk: the list, and one of them to be published and answered."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.models import User
from tickets.admin.pages import CHANGE_TICKET, actor_of, for_staff, page, zone_of
from tickets.enhancement_list import listed
from tickets.forms import Plain
from tickets.forms_stories import AnswerForm, PublishForm
from tickets.models import EnhancementRequest
from tickets.services.enhancements import answer_enhancement, publish_enhancement
from tickets.views.acts import Act, ActPage, answer
from tickets.views.enhancements import original_for


@require_safe
@for_staff(CHANGE_TICKET)
def enhancements(request: HttpRequest) -> HttpResponseBase:
    """One page of the list, the most wanted first, those not published included."""
    found = listed(EnhancementRequest.objects.all(), request.GET)
    return page(request, "enhancements", "Enhancement requests", {"list": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def enhancement(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One request: its words are published or changed, and it is said what becomes of it."""
    actor = actor_of(request)

    def read() -> ActPage:
        known = EnhancementRequest.objects.select_related("product", "release", "ticket__customer")
        found = get_object_or_404(known, pk=pk)
        context = {
            "enhancement": found,
            "steps": found.steps.select_related("actor"),
            "votes": found.given_votes.select_related("customer", "by").order_by("customer__name"),
            "original": original_for(actor, found),
            "zone": zone_of(request),
            "at": timezone.now(),
        }
        return ActPage(_acts(actor, found), 0, context)

    def draw(context: dict[str, Any], status: int) -> HttpResponseBase:
        return page(request, "enhancement", str(context["enhancement"]), context, status=status)

    return answer(request, read, draw, lambda: redirect("admin:enhancement", pk))


def _acts(actor: User, found: EnhancementRequest) -> list[Act]:
    is_published = found.published_at is not None
    return [
        Act(
            name="answer",
            button="Say what becomes of it",
            form=partial(_answer_form, found),
            call=partial(_answer, actor, found),
            done="Answered. The contact who asked for it is told.",
        ),
        Act(
            name="publish",
            button="Change the words" if is_published else "Publish it",
            form=partial(_publish_form, found),
            call=partial(_publish, actor, found),
            done="All customers of the product read it in these words.",
            hint="For all customers of the product: no names, nothing that is one customer’s alone.",
        ),
    ]


def _answer_form(found: EnhancementRequest, **given: Any) -> AnswerForm:
    stands = {"state": found.state, "release": found.release_id or "", "words": found.answer}
    releases = found.product.releases.order_by("-planned_at", "-pk")[:50]
    return AnswerForm(**{**given, "initial": stands}, releases=releases)


def _publish_form(found: EnhancementRequest, **given: Any) -> PublishForm:
    return PublishForm(**{**given, "initial": {"title": found.title, "text": found.text}})


def _answer(actor: User, found: EnhancementRequest, form: Plain) -> None:
    if isinstance(form, AnswerForm):
        typed = form.cleaned_data
        answer_enhancement(
            request=found,
            actor=actor,
            state=typed["state"],
            words=typed["words"],
            release=form.release_chosen,
            at=timezone.now(),
        )


def _publish(actor: User, found: EnhancementRequest, form: Plain) -> None:
    typed = form.cleaned_data
    publish_enhancement(
        request=found, actor=actor, title=typed["title"], text=typed["text"], at=timezone.now()
    )
