"""Pages about the people of the desk: who knows what, who is away, whom a role means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.desk.people_forms import AbsenceForm, KnowledgeForm, PeopleForm
from contracts.desk_pages import REFUSED, actor_of, for_staff, framed, zone_of
from contracts.escalation_people import RoleOfPolicy, all_roles
from contracts.models import Absence, OnCall, Team, User
from contracts.refusals import Refused
from contracts.roster import absent_of
from contracts.services.desk_people import enter_absence, set_knowledge, withdraw_absence
from contracts.services.escalation_roles import name_people, read_people
from contracts.verb_forms import show_refusal

SEE, KEEP = "contracts.view_team", "contracts.change_team"
SEE_ROLES, KEEP_ROLES = "contracts.view_escalationrole", "contracts.change_escalationrole"


@require_safe
@for_staff(SEE)
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody on the desk: what they know, in which teams they are, and who is away or on call now."""
    at = timezone.now()
    staff = list(
        User.objects.filter(is_staff=True, is_active=True)
        .prefetch_related("knowledge__product", "teams", "absences")
        .order_by("name", "pk")
    )
    context = {
        "staff": staff,
        "away": absent_of(staff, at),
        "on_call": set(OnCall.objects.during(at).values_list("user", flat=True)),
        "turns": OnCall.objects.filter(ends_at__gt=at).select_related("user", "team").order_by("starts_at"),
        "teams": Team.objects.prefetch_related("members", "products"),
        "may_keep": actor_of(request).has_perm(KEEP),
        "zone": zone_of(request),
        "at": at,
    }
    return framed(request, "people/people", "People of the desk", context)


@dataclass(frozen=True, slots=True)
class _Doing:
    """What a verb of a person's page is called with."""

    person: User
    actor: User
    at: datetime
    sent: HttpRequest


def _know(doing: _Doing, form: forms.Form) -> str:
    if not doing.actor.has_perm(KEEP):
        raise Refused("Managers say who knows which product: ask one.")
    products = form.cleaned_data["products"]
    set_knowledge(user=doing.person, products=products, actor=doing.actor, at=doing.at)
    return "Saved. New tickets about these products may be given to them."


def _go_away(doing: _Doing, form: forms.Form) -> str:
    typed = form.cleaned_data
    enter_absence(user=doing.person, **typed, actor=doing.actor, at=doing.at)
    return "Entered. No new ticket is given to them on these days, and mails about theirs go to others, too."


def _come_back(doing: _Doing, form: forms.Form) -> str:
    absence = Absence.objects.filter(pk=form.cleaned_data["absence"], user=doing.person).first()
    if absence is None:
        raise Refused("Choose one of the absences.")
    withdraw_absence(absence=absence, actor=doing.actor, at=doing.at)
    return "The absence is taken back."


class ReturnForm(forms.Form):
    """The absence that is taken back."""

    absence = forms.IntegerField(min_value=1, max_value=2**53)


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb of a person's page: its form and what it calls, which returns what is said afterwards."""

    form: type[forms.Form]
    call: Callable[[_Doing, forms.Form], str]


VERBS: Mapping[str, _Verb] = {
    "knowledge": _Verb(KnowledgeForm, _know),
    "absences": _Verb(AbsenceForm, _go_away),
    "return": _Verb(ReturnForm, _come_back),
}


@require_safe
@for_staff(SEE)
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One member of staff: what they know and when they are away."""
    return _person_page(request, _staff(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SEE)
def person_verb(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Do what the form asks, or show the page again with why not and with what was typed."""
    found, verb = _staff(pk), VERBS.get(noun)
    if verb is None:
        raise Http404
    if request.method != "POST":
        return redirect("admin:desk_person", pk)
    form = verb.form(request.POST, auto_id=f"{noun}-%s")
    if form.is_valid():
        try:
            done = verb.call(_Doing(found, actor_of(request), timezone.now(), request), form)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, done)
            return redirect("admin:desk_person", pk)
    return _person_page(request, found, tried={noun: form})


def _person_page(
    request: HttpRequest, found: User, tried: Mapping[str, forms.Form] | None = None
) -> HttpResponseBase:
    actor, at, given = actor_of(request), timezone.now(), tried or {}
    is_self, keeps = actor.pk == found.pk, actor.has_perm(KEEP)
    known = [row.product_id for row in found.knowledge.all()]
    absences = [row for row in found.absences.filter(withdrawn_at=None) if row.last_day >= at.date()]
    context = {
        "person": found,
        "is_self": is_self,
        "may_say_when_away": is_self or keeps,
        "may_keep": keeps,
        "knowledge": given.get("knowledge")
        or KnowledgeForm(initial={"products": known}, auto_id="knowledge-%s"),
        "known": [row.product for row in found.knowledge.select_related("product")],
        "absence": given.get("absences") or AbsenceForm(auto_id="absences-%s"),
        "returned": given.get("return"),
        "absences": absences,
        "turns": found.turns_on_call.filter(ends_at__gt=at).select_related("team").order_by("starts_at"),
        "zone": zone_of(request),
        "at": at,
    }
    return framed(request, "people/person", str(found), context, status=REFUSED if given else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SEE_ROLES)
def escalation_roles(request: HttpRequest) -> HttpResponseBase:
    """Every role of every policy with who it is, or the warning that it is nobody; managers name people here."""
    known, sent = all_roles(), None
    may_keep = actor_of(request).has_perm(KEEP_ROLES)
    if request.method == "POST":
        place = _place_of(known, request)
        sent = (place, PeopleForm(request.POST, auto_id=f"role-{place}-%s"))
        if sent[1].is_valid() and _named(request, sent[1], may_keep=may_keep):
            return redirect("admin:escalation_roles")
    forms_ = [_form_of(found, place) for place, found in enumerate(known)]
    if sent:
        forms_[sent[0]] = sent[1]
    context = {
        "rows": list(zip(known, forms_, strict=True)),
        "unnamed": [found for found in known if not found.people],
        "refused": sent[1] if sent else None,
        "may_keep": may_keep,
    }
    return framed(request, "people/roles", "Escalations", context, status=REFUSED if sent else 200)


def _place_of(known: Sequence[RoleOfPolicy], request: HttpRequest) -> int:
    """Which of the roles a form is of. Raises 404 for none of them."""
    key = request.POST.get("policy_slug"), request.POST.get("role")
    for place, found in enumerate(known):
        if (found.policy.slug, found.role) == key:
            return place
    raise Http404


def _named(request: HttpRequest, form: PeopleForm, *, may_keep: bool) -> bool:
    """Whether the verb took it; if not, the form says why."""
    typed = form.cleaned_data
    try:
        if not may_keep:
            raise Refused("Managers name people: ask one.")
        name_people(
            policy_slug=typed["policy_slug"],
            role=typed["role"],
            people=read_people(typed["people"]),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, f"Saved. It counts from the next escalation to the {typed['role']} on.")
    return True


def _form_of(found: RoleOfPolicy, place: int) -> PeopleForm:
    """The form of a role as it stands."""
    lines = "\n".join(str(person) for person in found.people)
    given = {"policy_slug": found.policy.slug, "role": found.role, "people": lines}
    return PeopleForm(initial=given, auto_id=f"role-{place}-%s")


def _staff(pk: int) -> User:
    return get_object_or_404(User, pk=pk, is_staff=True, is_active=True)
