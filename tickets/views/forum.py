"""/forum/questions/<pk>/ticket/: the asker makes a ticket of a question, whose text stands in the form already."""

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts.bodies import with_files
from contracts.models import Deployment
from contracts.refusals import Refused
from contracts.statuses import REFUSED
from contracts.submissions import new_submission_key, read_submission_key
from contracts.uploads import left_out_of
from knowledgebase.models import Question
from tickets.forms import FilingForm
from tickets.services.filing import filed_before
from tickets.services.forum import file_from_question, text_of
from tickets.views.filing import (
    DISK_FAULT,
    NOT_STORED,
    SENT_ALREADY,
    Asked,
    asked_by,
    named,
    own_deployments,
)
from tickets.views.reader import reader_of

log = logging.getLogger(__name__)
TEMPLATE = "tickets/from_question.html"
UNKNOWN_FORM = "This form could not be recognised. Look through it and send it once more."


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_of_question(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form for one of the asker's installations of the product; 404 for everybody else."""
    user = reader_of(request)
    found = Question.objects.visible_to(user).filter(asker=user, pk=pk).select_related("product").first()
    if found is None:
        raise Http404("There is no such question.")
    own = own_deployments(user).filter(product=found.product_id)
    known = list(own)
    if found.ticket_number and request.method != "POST":
        return redirect("ticket", found.ticket_number)
    if not known:
        status = REFUSED if request.method == "POST" else 200
        return render(request, TEMPLATE, {"question": found}, status=status)
    chosen = request.GET.get("deployment", "")
    asked = asked_by(user, named(own, chosen) if chosen else known[0])
    page = _Page(request, found, asked, known)
    return page.sent() if request.method == "POST" else page.shown(page.blank())


class _Page:
    """The form for one question and one installation."""

    def __init__(
        self, request: HttpRequest, question: Question, asked: Asked, installations: list[Deployment]
    ) -> None:
        self.request = request
        self.question = question
        self.asked = asked
        self.installations = installations

    def blank(self) -> FilingForm:
        policy = self.asked.policy
        initial: dict[str, Any] = {
            "submission_key": new_submission_key(self.asked.contact.user),
            "subject": self.question.title,
            "text": text_of(self.question),
        }
        if policy and policy.request_types:
            initial["request_type"] = policy.request_types[0].code
        return self.asked.form(initial=initial)

    def shown(self, form: FilingForm, *, status: int = 200) -> HttpResponseBase:
        context = {
            "question": self.question,
            "installations": self.installations,
            "offer": self.asked.offer(),
            "form": form,
        }
        return render(self.request, TEMPLATE, context, status=status)

    def sent(self) -> HttpResponseBase:
        """One ticket, however often the form is sent."""
        user, given = self.asked.contact.user, self.request.POST.copy()
        key = read_submission_key(given.get("submission_key", ""), user)
        given["submission_key"] = given.get("submission_key", "") if key else new_submission_key(user)
        form = self.asked.form(given, self.request.FILES, left_out=left_out_of(self.request))
        if key is None:
            form.add_error(None, UNKNOWN_FORM)
            return self.shown(form, status=REFUSED)
        if known := filed_before(self.asked.contact, key):
            messages.info(self.request, SENT_ALREADY)
            return redirect("ticket", known.number)
        if not form.is_valid():
            return self.shown(form, status=REFUSED)
        return self._filed(form, key)

    def _filed(self, form: FilingForm, key: str) -> HttpResponseBase:
        asked = self.asked
        try:
            ticket = file_from_question(
                question=self.question,
                deployment=asked.deployment,
                request=form.request(),
                submission_key=key,
                actor=asked.contact.user,
                at=asked.at,
            )
        except Refused as refusal:
            form.refuse(refusal)
            return self.shown(form, status=REFUSED)
        except OSError:
            log.exception("files of a request could not be stored")
            form.add_error("uploads", DISK_FAULT)
            return self.shown(form, status=NOT_STORED)
        return redirect("ticket", ticket.number)
