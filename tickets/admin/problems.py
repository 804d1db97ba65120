"""Known problems on the desk: the list, one of them with its verbs and tickets, and the links of a ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.keys import row_in
from contracts.models import Product, User
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from knowledgebase.markdown import render
from tickets.admin.fixes import FixForm
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page, zone_of
from tickets.admin.problem_forms import ProblemForm, UpdateForm, WhyForm, initial_of
from tickets.admin.ticket import ticket_numbered
from tickets.facts import read
from tickets.models import KnownProblem, Ticket
from tickets.models.problem import ProblemState
from tickets.problem_pages import told
from tickets.services import problems

VIEW, ADD, CHANGE = (f"tickets.{what}_knownproblem" for what in ("view", "add", "change"))
MOST_LISTED, MOST_OFFERED, MOST_TICKETS = 200, 25, 50


class ProblemFixForm(FixForm):
    """The release that fixes a known problem; ``seen`` is the last event that its writer had before them."""

    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class VerbPage:
    """A verb of a known problem: the noun of its address, its button, when it stands there, and what is told of it."""

    noun: str
    label: str
    call: Callable[[forms.Form, dict[str, Any]], object]
    done: str
    offered: tuple[ProblemState, ...]
    hint: str = ""


def _name_fix(form: forms.Form, given: dict[str, Any]) -> object:
    assert isinstance(form, FixForm)  # noqa: S101 -- ``_form`` makes it
    return problems.name_problem_fix(release=form.chosen(), reason=form.cleaned_data["reason"], **given)


_STANDING = (ProblemState.OPEN, ProblemState.FIX_PLANNED)
_NOT_CLOSED = (*_STANDING, ProblemState.FIXED)
VERBS = {
    verb.noun: verb
    for verb in (
        VerbPage(
            "updates",
            "Send the update to all",
            lambda form, given: problems.update_problem(text=form.cleaned_data["text"], **given),
            "The update stands on its page, and goes to every ticket linked to it.",
            _NOT_CLOSED,
            "Every open ticket that is linked gets it as a reply: it counts as the update that its clock waits for.",
        ),
        VerbPage(
            "fix",
            "Name the release",
            _name_fix,
            "The release is named. The tickets linked to it are marked within seconds, and their contacts told.",
            _STANDING,
            "Every open ticket that is linked is marked as fixed in it.",
        ),
        VerbPage(
            "fix/withdrawal",
            "Take the release back",
            lambda form, given: problems.withdraw_problem_fix(reason=form.cleaned_data["reason"], **given),
            "The release is taken back, on its tickets, too.",
            (ProblemState.FIX_PLANNED,),
        ),
        VerbPage(
            "closing",
            "Close",
            lambda form, given: problems.close_problem(reason=form.cleaned_data["reason"], **given),
            "The known problem is closed.",
            _NOT_CLOSED,
            "Nothing more is told of it. Its tickets stay as they are.",
        ),
        VerbPage(
            "reopening",
            "Reopen",
            lambda form, given: problems.reopen_problem(reason=form.cleaned_data["reason"], **given),
            "The known problem is open again.",
            (ProblemState.CLOSED,),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb on the page, with its form, and whether it stands open because it was sent and refused."""

    verb: VerbPage
    form: forms.Form
    is_open: bool


@require_safe
@for_staff(VIEW)
def problem_list(request: HttpRequest) -> HttpResponseBase:
    """Those that stand, then those that are fixed or closed, each the newest first."""
    at = timezone.now()
    known = KnownProblem.objects.select_related("product", "fixed_in").order_by("-changed_at", "-pk")
    standing = list(known.standing()[:MOST_LISTED])
    over = list(known.exclude(pk__in=KnownProblem.objects.standing().values("pk"))[:MOST_LISTED])
    context = {
        "standing": [(each, each.state(at)) for each in standing],
        "over": [(each, each.state(at)) for each in over],
        "may_add": actor_of(request).has_perm(ADD),
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "problems", "Known problems", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ADD)
def problem_new(request: HttpRequest) -> HttpResponseBase:
    """Record a known problem; with the button Preview it is only looked at."""
    asked = request.GET.get("product", "")
    product = row_in(Product.objects.all(), asked)
    form = ProblemForm(request.POST if request.method == "POST" else None, initial={"product": product})

    def record(actor: User, at: datetime) -> KnownProblem:
        return problems.open_problem(product=form.about, said=form.said(), actor=actor, at=at)

    return _written(request, form, record, title="Record a known problem", problem=None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def problem_text(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say something else of it; what it said before is kept."""
    problem = _problem(pk)
    given = request.POST if request.method == "POST" else None
    form = ProblemForm(given, problem=problem, initial=initial_of(problem))

    def edit(actor: User, at: datetime) -> KnownProblem:
        seen = form.cleaned_data["seen"]
        return problems.edit_problem(problem=problem, said=form.said(), seen=seen, actor=actor, at=at)

    return _written(request, form, edit, title=f"Change “{problem}”", problem=problem)


@require_safe
@for_staff(VIEW)
def problem_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A known problem with what was said of it, its tickets and its verbs."""
    return _shown(request, _problem(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def problem_verb(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Do a verb on it, or show its page again with why not and with what was typed."""
    if noun not in VERBS:
        raise Http404("There is no such verb.")
    problem, verb = _problem(pk), VERBS[noun]
    if request.method != "POST":
        return redirect("admin:problem", pk)
    form = _form(verb, problem, request)
    if form.is_valid():
        given = {"problem": problem, "actor": actor_of(request), "at": timezone.now()}
        try:
            verb.call(form, {**given, "seen": form.cleaned_data["seen"]})
        except Refused as refused:
            show_refusal(form, refused, {"text": "text"})
        else:
            messages.success(request, verb.done)
            return redirect("admin:problem", pk)
    return _shown(request, _problem(pk), tried=(verb, form))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def ticket_problems(request: HttpRequest, number: str) -> HttpResponseBase:
    """The known problems that a ticket may have: link it to one, or take a link back."""
    ticket, at, refusal = ticket_numbered(number), timezone.now(), ""
    if request.method == "POST":
        verb = problems.unlink_problem if "unlink" in request.POST else problems.link_problem
        try:
            verb(ticket=ticket, problem=_chosen(request), actor=actor_of(request), at=at)
        except Refused as refused:
            refusal = str(refused)
        else:
            done = "The link is taken away." if "unlink" in request.POST else "The ticket is linked."
            messages.success(request, f"{done} The customer sees it on the ticket.")
            return redirect("admin:ticket", ticket.number)
    linked = read(ticket.events.order_by("seq")).problems
    known = KnownProblem.objects.select_related("product", "fixed_in").order_by("-changed_at", "-pk")
    offered = known.filter(product=ticket.product, closed_at=None).exclude(pk__in=linked)[:MOST_OFFERED]
    context = {
        "ticket": ticket,
        "linked": [(each, each.state(at)) for each in known.filter(pk__in=linked)],
        "offered": [(each, each.state(at)) for each in offered],
        "may_add": actor_of(request).has_perm(ADD),
        "refusal": refusal,
        "zone": zone_of(request),
        "at": at,
    }
    title = f"Known problems behind {ticket.number}"
    return page(request, "ticket_problems", title, context, status=REFUSED if refusal else 200)


def _problem(pk: int) -> KnownProblem:
    known = KnownProblem.objects.select_related(
        "product", "fixed_in__product", "from_release", "until_release"
    )
    return get_object_or_404(known, pk=pk)


def _chosen(request: HttpRequest) -> KnownProblem:
    """The problem whose button was pressed. Raises ``Refused`` where it was none."""
    key = request.POST.get("unlink") or request.POST.get("link") or ""
    found = row_in(KnownProblem.objects.all(), key)
    if found is None:
        raise Refused("Choose one of the known problems.")
    return found


def _form(verb: VerbPage, problem: KnownProblem, request: HttpRequest | None = None) -> forms.Form:
    """The form of a verb, with what ``request`` sent."""
    given: dict[str, Any] = {"auto_id": f"{verb.noun.replace('/', '-')}-%s"}
    given |= {"data": request.POST} if request else {"initial": {"seen": problem.seq}}
    if verb.noun == "fix":
        return ProblemFixForm(product=problem.product, **given)
    return UpdateForm(**given) if verb.noun == "updates" else WhyForm(**given)


def _written(
    request: HttpRequest,
    form: ProblemForm,
    verb: Callable[[User, datetime], KnownProblem],
    *,
    title: str,
    problem: KnownProblem | None,
) -> HttpResponseBase:
    """The form, what it would look like where that is asked for, or, once it is kept, the problem's page."""
    looks = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not looks:
        try:
            kept = verb(actor_of(request), timezone.now())
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, "The known problem is kept.")
            return redirect("admin:problem", kept.pk)
    context = {"form": form, "problem": problem, "preview": _preview(request) if looks else None}
    status = REFUSED if form.errors and not looks else 200
    return page(request, "problem_text", title, context, status=status)


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as readers would see it, sanitised by the renderer."""

    html: str


def _preview(request: HttpRequest) -> list[tuple[str, Preview]]:
    typed = (("What happens", "text"), ("What helps meanwhile", "workaround"))
    found = []
    for heading, name in typed:
        try:
            text = request.POST.get(name, "").replace("\0", "")
            found.append((heading, Preview(render(text, trusted=True).html)))
        except Refused as refused:
            found.append((str(refused), Preview("")))
    return found


def _shown(
    request: HttpRequest, problem: KnownProblem, *, tried: tuple[VerbPage, forms.Form] | None = None
) -> HttpResponseBase:
    at = timezone.now()
    state = problem.state(at)
    may_change = actor_of(request).has_perm(CHANGE)
    offers = [
        Offer(verb, tried[1], is_open=True)
        if tried and tried[0] is verb
        else Offer(verb, _form(verb, problem), is_open=False)
        for verb in VERBS.values()
        if may_change and (state in verb.offered or (tried and tried[0] is verb))
    ]
    linked = Ticket.objects.filter(problem_links__problem=problem)
    context = {
        "problem": problem,
        "state": state,
        "offers": offers,
        "may_change": may_change,
        "events": list(problem.events.select_related("actor").order_by("-number")[:MOST_LISTED]),
        "tickets": list(linked.select_related("customer").order_by("-filed_at", "-pk")[:MOST_TICKETS]),
        "ticket_count": linked.count(),
        "told": told(problem, at),
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "problem", problem.title, context, status=REFUSED if tried else 200)
