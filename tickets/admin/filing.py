"""Filing for a customer (VK19): who, for which installation, then what."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import contacts_visible_to, customers_visible_to, deployments_visible_to
from contracts.bodies import with_files
from contracts.calendar_rows import policy_of
from contracts.entitlement import entitlement
from contracts.keys import row_in
from contracts.models import Contact, Customer, Deployment, User
from contracts.refusals import Refused
from contracts.submissions import new_submission_key, read_submission_key
from contracts.uploads import left_out_of
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page, zone_of
from tickets.admin.relation_forms import CustomerRequestForm
from tickets.models.ticket import Channel
from tickets.services.filing import file_ticket
from tickets.views.filing import DISK_FAULT, NOT_STORED

Row = TypeVar("Row", bound=Model)
log = logging.getLogger(__name__)
MOST_LISTED = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """Who files for whom, for which installation, when."""

    actor: User
    contact: Contact
    deployment: Deployment
    at: datetime


@with_files
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def filing(request: HttpRequest) -> HttpResponseBase:
    """The customers, one customer's contacts and installations, or the form: as far as the address says."""
    actor, given = actor_of(request), request.GET
    if "customer" not in given:
        return _customers(request, actor)
    customer = _one(customers_visible_to(actor), given["customer"])
    if not ("contact" in given and "deployment" in given):
        return _people(request, actor, customer)
    contacts = contacts_visible_to(actor).filter(customer=customer, user__is_active=True)
    deployments = deployments_visible_to(actor).filter(customer=customer)
    asked = Asked(
        actor,
        _one(contacts.select_related("user", "customer"), given["contact"]),
        _one(deployments.select_related("product", "customer"), given["deployment"]),
        timezone.now(),
    )
    if request.method != "POST":
        key = new_submission_key(actor)
        return _shown(request, asked, _form(request, asked, initial={"submission_key": key}))
    return _sent(request, asked)


def _customers(request: HttpRequest, actor: User) -> HttpResponseBase:
    typed = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = customers_visible_to(actor).filter(name__icontains=typed).order_by("name", "pk")
    context = {"customers": found[:MOST_LISTED], "q": typed}
    return page(request, "filing_customer", "File for a customer", context)


def _people(request: HttpRequest, actor: User, customer: Customer) -> HttpResponseBase:
    contacts = contacts_visible_to(actor).filter(customer=customer, user__is_active=True)
    context = {
        "customer": customer,
        "contacts": contacts.select_related("user").order_by("-is_named", "user__name", "pk"),
        "deployments": deployments_visible_to(actor).filter(customer=customer).select_related("product"),
    }
    return page(request, "filing_people", f"File for {customer}", context)


def _form(request: HttpRequest, asked: Asked, **given: Any) -> CustomerRequestForm:
    found = entitlement(
        contact=asked.contact, deployment=asked.deployment, channel=Channel.WEB.value, at=asked.at
    )
    policy = policy_of(found.contract.policy_version) if found.contract else None
    return CustomerRequestForm(policy=policy, zone=zone_of(request), **given)


def _sent(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    form = _form(request, asked, data=request.POST, files=request.FILES, left_out=left_out_of(request))
    key = read_submission_key(request.POST.get("submission_key", ""), asked.actor)
    if key is None:
        form.add_error(None, "This form could not be recognised. Open it once more.")
    if key is None or not form.is_valid():
        return _shown(request, asked, form, status=REFUSED)
    try:
        ticket = file_ticket(
            contact=asked.contact,
            deployment=asked.deployment,
            request=form.request(),
            submission_key=key,
            channel=Channel(form.cleaned_data["channel"]),
            actor=asked.actor,
            called_at=form.cleaned_data["called_at"],
            at=asked.at,
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return _shown(request, asked, form, status=REFUSED)
    except OSError:
        log.exception("files of a request could not be stored")
        form.add_error("uploads", DISK_FAULT)
        return _shown(request, asked, form, status=NOT_STORED)
    messages.success(request, f"{ticket.number} is filed. {asked.contact.user} is told.")
    return redirect("admin:ticket", ticket.number)


def _shown(
    request: HttpRequest, asked: Asked, form: CustomerRequestForm, *, status: int = 200
) -> HttpResponseBase:
    """The form with what speaks against its clocks, however it came."""
    against = {
        reason.code: reason
        for channel in (Channel.WEB, Channel.PHONE)
        for reason in entitlement(
            contact=asked.contact, deployment=asked.deployment, channel=channel.value, at=asked.at
        ).reasons
    }
    context = {"asked": asked, "form": form, "reasons": list(against.values())}
    title = f"File for {asked.contact.user}"
    return page(request, "filing_form", title, context, status=status)


def _one(rows: QuerySet[Row], key: str) -> Row:
    """The one of ``rows`` with that key. Raises 404."""
    found = row_in(rows, key)
    if found is None:
        raise Http404("There is nothing of that key.")
    return found
