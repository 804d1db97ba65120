"""/consultations/: calls that the reader may see; asking for one, and what a contact does with it (VK8)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.calendar_rows import opening_hours, policy_of
from contracts.models import Contact, Contract, User
from contracts.opening import opening
from contracts.refusals import Refused
from contracts.statuses import OVERTAKEN, REFUSED
from contracts.submissions import new_submission_key, read_submission_key
from contracts.verb_forms import show_refusal
from tickets import access
from tickets.consultation_access import contracts_to_ask_under, get_consultation_for, why_not_act, why_not_ask
from tickets.consulting import is_link
from tickets.forms_consultations import AskForm, CancelForm, ConsultationForm, MoveForm, follow
from tickets.models import Consultation, Ticket
from tickets.services.consultations import (
    Overtaken,
    ask_consultation,
    ask_to_move,
    cancel_consultation,
    take_time,
)
from tickets.views.reader import reader_of, zone_of

SHOWN = 50


@login_required
@require_safe
def consultations(request: HttpRequest) -> HttpResponseBase:
    """Those to come and to be answered, and what was."""
    user, at = reader_of(request), timezone.now()
    known = Consultation.objects.visible_to(user).select_related("contact__user", "ticket", "host")
    rows = [(each, each.state(at)) for each in known[:SHOWN]]
    over = ("over", "cancelled")
    context = {
        "ahead": sorted(
            (row for row in rows if row[1] not in over), key=lambda row: row[0].starts_at or row[0].asked_at
        ),
        "past": [row for row in rows if row[1] in over],
        "zone": zone_of(user),
        "at": at,
    }
    return render(request, "tickets/consultations/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Ask for one, about the ticket that ``?ticket=`` names or without."""
    user, at = reader_of(request), timezone.now()
    ticket = access.get_ticket_for(user, request.GET["ticket"].upper()) if "ticket" in request.GET else None
    contracts = _contracts(user, ticket, at)
    why_not = _why_not(user, ticket, contracts)
    given = [request.POST] if request.method == "POST" else []
    fresh = {"submission_key": new_submission_key(user)}
    form = AskForm(*given, zone=zone_of(user), contracts=contracts, initial=fresh)
    if request.method == "POST" and not why_not and form.is_valid():
        try:
            made = _ask(user, ticket, form, at)
        except Refused as refusal:
            show_refusal(form, refusal, {})
        else:
            messages.success(request, " ".join(["We are asked. The answer comes by mail.", *form.readings]))
            return redirect("consultation", made.pk)
    desks = [_desk(contract, user, at) for contract in contracts]
    context = {"form": form, "ticket": ticket, "why_not": why_not, "desks": desks, "zone": zone_of(user)}
    status = REFUSED if form.errors or (why_not and request.method == "POST") else 200
    return render(request, "tickets/consultations/new.html", context, status=status)


@login_required
@require_safe
def consultation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One of them: when, with whom, how to join, what happened to it, and what can be done."""
    return _shown(request, get_consultation_for(reader_of(request), pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One of the times that staff proposed is taken."""
    user, found = reader_of(request), get_consultation_for(reader_of(request), pk)
    form = ConsultationForm(request.POST, zone=zone_of(user))

    def take() -> None:
        chosen = request.POST.get("time", "")
        known = {each.isoformat(): each for each in found.proposed}
        if chosen not in known:
            raise Refused("Choose one of the times.")
        take_time(
            consultation=found,
            starts_at=known[chosen],
            actor=user,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        )

    return _sent(request, found, "time", form, take, "Confirmed. The invitation comes by mail.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Other times are named."""
    user, found = reader_of(request), get_consultation_for(reader_of(request), pk)
    form = MoveForm(request.POST, zone=zone_of(user), auto_id="move-%s")

    def ask() -> None:
        ask_to_move(
            consultation=found,
            times=form.times,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        )

    return _sent(
        request, found, "move", form, ask, "We are asked for another time. The answer comes by mail."
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It is taken back."""
    user, found = reader_of(request), get_consultation_for(reader_of(request), pk)
    form = CancelForm(request.POST, zone=zone_of(user), auto_id="cancel-%s")

    def cancel() -> None:
        cancel_consultation(
            consultation=found,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        )

    return _sent(request, found, "cancel", form, cancel, "It is cancelled, and we are told.")


def _contracts(user: User, ticket: Ticket | None, at: datetime) -> list[Contract]:
    if ticket is None:
        return contracts_to_ask_under(user, at)
    return [ticket.contract] if ticket.contract else []


def _why_not(user: User, ticket: Ticket | None, contracts: list[Contract]) -> str:
    """Why there is no form; ``""`` where there is one."""
    if not contracts:
        return "A consultation is given under a contract that is in force, and there is none for this."
    if ticket is not None:
        return access.why_not_write(ticket, user)
    contacts = {each.customer_id: each for each in Contact.objects.filter(user=user)}
    said = [why_not_ask(contacts[each.customer_id], each) for each in contracts]
    return "" if "" in said else said[0]


def _ask(user: User, ticket: Ticket | None, form: AskForm, at: datetime) -> Consultation:
    key = read_submission_key(form.cleaned_data["submission_key"], user)
    if key is None:
        raise Refused("This form was not made for you: open it anew.")
    contract = form.chosen_contract
    about = ticket or contract
    customer = about.customer_id if about else None
    contact = Contact.objects.select_related("user", "customer").filter(user=user, customer=customer).first()
    if contact is None:
        raise Refused("Only people of the customer ask for a consultation.")
    return ask_consultation(
        contact=contact,
        ticket=ticket,
        contract=contract,
        topic=form.cleaned_data["topic"],
        times=form.times,
        minutes=int(form.cleaned_data["minutes"]),
        submission_key=key,
        at=at,
    )


def _desk(contract: Contract, user: User, at: datetime) -> tuple[str, Any]:
    """A policy and how its desk stands, since a consultation lies in its support hours."""
    version = contract.policy_version
    return policy_of(version).title, opening(opening_hours(version), at, reader_zone=zone_of(user))


def _sent(  # noqa: PLR0917 -- the order is the sentence
    request: HttpRequest,
    found: Consultation,
    noun: str,
    form: ConsultationForm,
    verb: Callable[[], None],
    done: str,
) -> HttpResponseBase:
    """Do it, or show the page again with what was typed and why not."""
    if request.method != "POST":
        return redirect("consultation", found.pk)
    if not form.is_valid():
        return _shown(request, found, (noun, form), status=REFUSED)
    try:
        verb()
    except Refused as refusal:
        show_refusal(form, refusal, {})
        status = OVERTAKEN if isinstance(refusal, Overtaken) else REFUSED
        return _shown(
            request, get_consultation_for(reader_of(request), found.pk), (noun, form), status=status
        )
    messages.success(request, " ".join([done, *form.readings]))
    return redirect("consultation", found.pk)


def _shown(
    request: HttpRequest,
    found: Consultation,
    tried: tuple[str, ConsultationForm] | None = None,
    *,
    status: int = 200,
) -> HttpResponseBase:
    user, at = reader_of(request), timezone.now()
    if user.is_staff and tried is not None:
        raise Http404("Staff act on the desk.")
    events = list(found.events.select_related("actor"))
    initial = {"seen": len(events)}
    forms: dict[str, ConsultationForm] = {
        "move": MoveForm(zone=zone_of(user), initial=initial, auto_id="move-%s"),
        "cancel": CancelForm(zone=zone_of(user), initial=initial, auto_id="cancel-%s"),
    }
    name, form = tried or ("", None)
    if form is not None:
        follow(form, len(events))
        forms[name] = form
    state = found.state(at)
    is_open = state not in {"over", "cancelled"}
    context = {
        "consultation": found,
        "state": state,
        "events": [
            (event, [datetime.fromisoformat(each) for each in event.data["times"]]) for event in events
        ],
        "forms": forms,
        "tried": form,
        "seen": len(events),
        "is_link": is_link(found.join) if found.join else False,
        "may_act": is_open and not user.is_staff and not why_not_act(found, user),
        "desk_address": reverse("admin:consultation", args=[found.pk]) if user.is_staff else "",
        "zone": zone_of(user),
        "at": at,
    }
    return render(request, "tickets/consultations/consultation.html", context, status=status)
