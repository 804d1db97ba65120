"""Consultations on staff's pages: which are to be answered and which come, and what staff do with one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.calendar_rows import policy_of
from contracts.desk.instants import ZonedForm
from contracts.models import User
from contracts.phrasing import moment
from contracts.refusals import Refused
from contracts.statuses import OVERTAKEN
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page, zone_of
from tickets.consultation_access import JOINED
from tickets.consulting import is_link
from tickets.forms_consultations import ConfirmForm, OfferForm, StaffCancelForm, follow
from tickets.models import Consultation
from tickets.services.consultations import (
    Overtaken,
    cancel_consultation,
    confirm_consultation,
    offer_times,
)

SHOWN = 25


@require_safe
@for_staff(CHANGE_TICKET)
def consultations(request: HttpRequest) -> HttpResponseBase:
    """Those to be answered, the oldest first; those that come, the next first; and what was."""
    at = timezone.now()
    known = Consultation.objects.select_related("customer", "contact__user", "host", "ticket")
    over = known.exclude(cancelled_at=None, starts_at=None).exclude(cancelled_at=None, starts_at__gt=at)
    context = {
        "to_answer": known.to_answer().filter(times_by_staff=False).order_by("asked_at", "pk")[: 4 * SHOWN],
        "offered": known.to_answer().filter(times_by_staff=True).order_by("asked_at", "pk")[: 4 * SHOWN],
        "coming": known.coming(at)[: 4 * SHOWN],
        "past": over.order_by("-asked_at", "-pk")[:SHOWN],
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "consultations", "Consultations", context)


@require_safe
@for_staff(CHANGE_TICKET)
def consultation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One of them."""
    return _Desk(request, _get(pk)).shown()


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def consultation_verb(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Do one thing with it, or show its page again with why not and what was typed."""
    if noun not in VERBS:
        raise Http404("There is no such page.")
    desk = _Desk(request, _get(pk))
    if request.method != "POST":
        return redirect("admin:consultation", pk)
    verb, form = VERBS[noun], desk.form(noun, request.POST)
    if not form.is_valid():
        return desk.shown((noun, form), status=REFUSED)
    try:
        verb.call(desk.consultation, form, actor_of(request), desk.at)
    except Refused as refused:
        show_refusal(form, refused, {})
        status = OVERTAKEN if isinstance(refused, Overtaken) else REFUSED
        return _Desk(request, _get(pk)).shown((noun, form), status=status)
    messages.success(request, " ".join([verb.done, *form.readings]))
    return redirect(f"{reverse('admin:consultation', args=[pk])}#container")


def _get(pk: int) -> Consultation:
    return get_object_or_404(Consultation.objects.select_related(*JOINED, "contract__customer"), pk=pk)


def _confirm(consultation: Consultation, form: ZonedForm, actor: User, at: datetime) -> object:
    typed = form.cleaned_data
    return confirm_consultation(
        consultation=consultation,
        starts_at=typed["starts_at"],
        minutes=int(typed["minutes"]),
        host=typed["host"],
        join=typed["join"],
        text=typed["text"],
        actor=actor,
        at=at,
        seen=typed["seen"],
    )


def _offer(consultation: Consultation, form: ZonedForm, actor: User, at: datetime) -> object:
    typed = form.cleaned_data
    return offer_times(
        consultation=consultation,
        times=form.times if isinstance(form, OfferForm) else [],
        minutes=int(typed["minutes"]),
        join=typed["join"],
        text=typed["text"],
        actor=actor,
        at=at,
        seen=typed["seen"],
    )


def _cancel(consultation: Consultation, form: ZonedForm, actor: User, at: datetime) -> object:
    typed = form.cleaned_data
    return cancel_consultation(
        consultation=consultation, reason=typed["reason"], actor=actor, at=at, seen=typed["seen"]
    )


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb on the page: its button, what calls it, what is told afterwards, what the form says before."""

    label: str
    call: Callable[[Consultation, ZonedForm, User, datetime], object]
    done: str
    hint: str = ""


VERBS = {
    "confirmation": _Verb(
        "Confirm the time",
        _confirm,
        "Confirmed. Both sides get the invitation for their calendars.",
        "Inside the support hours of the contract’s policy. On a ticket it is a reply to the customer.",
    ),
    "times": _Verb(
        "Propose other times",
        _offer,
        "The times are proposed. You are told when one is taken.",
        "The customer takes one of them, and you are its host.",
    ),
    "cancellation": _Verb("Cancel it", _cancel, "It is cancelled, and both calendars are told."),
}


@dataclass(slots=True)
class _Desk:
    """All that the page of one consultation is made of."""

    request: HttpRequest
    consultation: Consultation

    @property
    def at(self) -> datetime:
        return timezone.now()

    def form(self, noun: str, data: Any = None) -> ZonedForm:  # noqa: ANN401 -- what a request sent
        """The form of a verb, with what was sent or how the consultation stands."""
        row, actor = self.consultation, actor_of(self.request)
        host = row.host_id or actor.pk
        initial = {
            "seen": row.events.count(),
            "minutes": str(row.minutes),
            "join": row.join,
            "host": str(host),
        }
        given: dict[str, Any] = {"zone": zone_of(self.request), "auto_id": f"{noun}-%s", "initial": initial}
        if noun == "times":
            return OfferForm(data, **given)
        if noun == "cancellation":
            return StaffCancelForm(data, **given)
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
        offered = [] if row.times_by_staff else [(each, self.said(each)) for each in row.proposed]
        return ConfirmForm(data, offered=offered, staff=staff, **given)

    def said(self, instant: datetime) -> str:
        """An instant in the reader's zone and the desk's."""
        desk = policy_of(self.consultation.contract.policy_version).hours.time_zone
        return moment(instant, zone_of(self.request), now=self.at, other=desk)

    def shown(self, tried: tuple[str, ZonedForm] | None = None, *, status: int = 200) -> HttpResponseBase:
        """The page, as it stands or with a verb that was not done."""
        row, at = self.consultation, self.at
        state = row.state(at)
        events = list(row.events.select_related("actor"))
        name, form = tried or ("", None)
        if form is not None:
            follow(form, len(events))
        is_open = state not in {"over", "cancelled"}
        offers = [
            {
                "noun": noun,
                "verb": verb,
                "label": "Move it" if noun == "confirmation" and row.starts_at else verb.label,
                "form": form if form is not None and noun == name else self.form(noun),
                "is_open": noun == name or (not name and noun == "confirmation" and not row.times_by_staff),
            }
            for noun, verb in VERBS.items()
            if is_open or noun == name
        ]
        context = {
            "consultation": row,
            "state": state,
            "offers": offers,
            "proposed": [self.said(each) for each in row.proposed],
            "starts": self.said(row.starts_at) if row.starts_at else "",
            "is_link": is_link(row.join) if row.join else False,
            "events": events,
            "zone": zone_of(self.request),
            "at": at,
        }
        return page(self.request, "consultation", row.topic, context, status=status)
