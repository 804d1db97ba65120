"""/tickets/new/: which installation, then the form, then one ticket, however often it is sent."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.bodies import with_files
from contracts.calendar_rows import policy_of
from contracts.entitlement import contract_for
from contracts.environments import environments_for
from contracts.keys import row_in
from contracts.models import Contact, Deployment, Environment, User
from contracts.policy import Policy
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from contracts.submissions import new_submission_key, read_submission_key
from contracts.upkeep_now import Stopped, stopped_now
from contracts.uploads import left_out_of
from knowledgebase.search.finding import Result
from knowledgebase.services.judgements import withdraw_deflection
from tickets import access, forms
from tickets.forms import FilingForm
from tickets.forms_environment import NOT_ASKED, Supported
from tickets.models import Ticket
from tickets.offer import Offer, offer, suggested
from tickets.services.filing import file_ticket, filed_before
from tickets.suggestions import articles_for_typed
from tickets.views.reader import reader_of, zone_of

log = logging.getLogger(__name__)
LISTED = "has_environments"
SENT_ALREADY = "This form had been sent already, and it makes one ticket. To add something, write a reply."
NOT_STORED = 503
DISK_FAULT = (
    "Your files could not be stored, so nothing was sent. What you typed is still here: send it without"
    " files, or try again in a few minutes."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who files for which installation, and when; and the ticket that it follows, if it does."""

    contact: Contact
    deployment: Deployment
    at: datetime
    follows: Ticket | None = None

    @property
    def policy(self) -> Policy | None:
        """The policy that decides what the form asks for; ``None`` without a contract."""
        contract = contract_for(contact=self.contact, deployment=self.deployment, at=self.at)
        return policy_of(contract.policy_version) if contract else None

    def offer(self) -> Offer:
        """What is promised at this moment; a page that is not shown needs none."""
        zone = zone_of(self.contact.user)
        return offer(contact=self.contact, deployment=self.deployment, zone=zone, at=self.at)

    def stopped(self) -> list[Stopped]:
        """What of the product does not work at this moment."""
        return stopped_now(self.deployment.product, self.contact.user, self.at)

    def form(self, *args: Any, **given: Any) -> FilingForm:
        """The form for this installation; where nothing is listed for its product, that costs no query."""
        on, supported = self.deployment, NOT_ASKED
        if getattr(on, LISTED, True):
            supported = Supported(*environments_for(on.product, on.version, self.at))
        return FilingForm(*args, policy=self.policy, supported=supported, **given)

    def articles(self, form: FilingForm) -> list[Result]:
        """What may answer a valid form before it is sent."""
        typed = form.cleaned_data
        return articles_for_typed(
            self.contact,
            self.deployment.product,
            subject=typed["subject"],
            text=typed["text"],
            confidential=typed["security"],
        )


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The installations to choose from, or the form for the one that ``?deployment=`` names.

    ``?follows=`` names a ticket of one's own, from which the form of its installation is filled in.
    """
    user = reader_of(request)
    own, follows = own_deployments(user), _followed(user, request)
    if "deployment" in request.GET:
        return _form_page(request, named(own, request.GET["deployment"]), follows)
    known = list(own)
    of_it = [each for each in known if follows and each.pk == follows.deployment_id]
    if of_it or len(known) == 1:
        return _form_page(request, (of_it or known)[0], follows)
    return render(request, "tickets/choose_deployment.html", {"deployments": known, "follows": follows})


def _followed(user: User, request: HttpRequest) -> Ticket | None:
    """The ticket that a new one follows; raises 404 for one that ``user`` may not see."""
    number = request.GET.get("follows", "") or request.POST.get("follows", "")
    if not number:
        return None
    return access.get_ticket_for(user, number.upper())


def own_deployments(user: User) -> QuerySet[Deployment]:
    """The installations for which ``user`` can file; each knows whether environments are listed for its product."""
    listed = Exists(Environment.objects.filter(product=OuterRef("product")))
    return access.deployments_to_file_for(user).annotate(**{LISTED: listed})


def named(own: QuerySet[Deployment], key: str) -> Deployment:
    """The one of ``own`` with that key; raises 404 for any other."""
    found = row_in(own, key)
    if found is None:
        raise Http404("There is no such installation.")
    return found


def asked_by(user: User, deployment: Deployment) -> Asked:
    """``user`` as the contact who files for one of their own installations, now."""
    contact = Contact.objects.select_related("user", "customer").get(user=user, customer=deployment.customer)
    return Asked(contact, deployment, timezone.now())


def _form_page(
    request: HttpRequest, deployment: Deployment, follows: Ticket | None = None
) -> HttpResponseBase:
    user = reader_of(request)
    asked = replace(asked_by(user, deployment), follows=follows)
    if request.method != "POST" or "begin" in request.POST:
        initial = {"submission_key": new_submission_key(user), **forms.taken_from(follows)}
        if "begin" in request.POST:
            initial["text"] = request.POST.get("reason", "")[: forms.LONGEST_TEXT]
        return _shown(request, asked, asked.form(initial=initial))
    if "suggest" in request.POST:
        return _suggested(request, asked)
    if "back" in request.POST:
        return _taken_back(request, asked)
    return _sent(request, asked)


def typed_in(data: QueryDict) -> dict[str, Any]:
    """What was typed, as a form takes it to begin with."""
    return {**data.dict(), "environment": data.getlist("environment")}


def _suggested(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """The form again with everything that was typed, and the severity that follows from the answers."""
    typed, policy = typed_in(request.POST), asked.policy
    severity = policy and suggested(
        policy,
        affected_percent=forms.affected_percent(typed),
        workaround=forms.has_workaround(typed),
        security=bool(typed.get("security")),
    )
    if severity:
        typed["severity"] = severity.code
    form = asked.form(initial=typed)
    form.files = request.FILES
    return _shown(request, asked, form, suggestion=severity, was_asked=True)


def _taken_back(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """The form again with everything that was typed: the article had not answered it."""
    key = read_submission_key(request.POST.get("submission_key", ""), asked.contact.user)
    if key is not None:
        withdraw_deflection(form=key, user=asked.contact.user)
    return _shown(request, asked, asked.form(initial=typed_in(request.POST)))


def _sent(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    user, left_out = reader_of(request), left_out_of(request)
    form = asked.form(request.POST, request.FILES, left_out=left_out)
    key = read_submission_key(request.POST.get("submission_key", ""), user)
    if key is None:
        return _shown(request, asked, _with_new_key(request, asked, user), status=REFUSED)
    if known := filed_before(asked.contact, key):
        messages.info(request, SENT_ALREADY)
        return redirect("ticket", known.number)
    if not form.is_valid():
        return _shown(request, asked, form, status=REFUSED)
    if not form.cleaned_data["looked"]:
        articles = asked.articles(form)
        if articles or form.unlisted_environment:
            return _before_sending(request, asked, articles)
    return _filed(request, asked, form, key)


def _before_sending(request: HttpRequest, asked: Asked, articles: Sequence[Result]) -> HttpResponseBase:
    """The form once more, whole, below what may make it unnecessary; the next time it is sent."""
    data = request.POST.copy()
    data["looked"] = "1"
    form = asked.form(data, request.FILES, left_out=left_out_of(request))
    return _shown(request, asked, form, articles=articles, is_step=True)


def _filed(request: HttpRequest, asked: Asked, form: FilingForm, key: str) -> HttpResponseBase:
    try:
        ticket = file_ticket(
            contact=asked.contact,
            deployment=asked.deployment,
            request=form.request(),
            submission_key=key,
            follows=asked.follows,
            at=asked.at,
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _shown(request, asked, form, status=REFUSED)
    except OSError:
        log.exception("files of a request could not be stored")
        form.add_error("uploads", DISK_FAULT)
        return _shown(request, asked, form, status=NOT_STORED)
    return redirect("ticket", ticket.number)


def _with_new_key(request: HttpRequest, asked: Asked, user: User) -> FilingForm:
    """The same form under a key of ours: the one that came was none."""
    data = request.POST.copy()
    data["submission_key"] = new_submission_key(user)
    renewed = asked.form(data, request.FILES, left_out=left_out_of(request))
    renewed.add_error(None, "This form could not be recognised. Look through it and send it once more.")
    return renewed


def _shown(
    request: HttpRequest,
    asked: Asked,
    form: FilingForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponseBase:
    context = {
        "offer": asked.offer(),
        "form": form,
        "stopped": asked.stopped(),
        "follows": asked.follows,
        "zone": zone_of(asked.contact.user),
        "at": asked.at,
        **more,
    }
    return render(request, "tickets/new.html", context, status=status)
