"""The page on which a policy is published: its faults, or what it says and changes, and then the button."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from contracts.admin.base import actor_of
from contracts.admin.forms import PolicyTextForm
from contracts.generic import ModelAdmin
from contracts.models import PolicyVersion
from contracts.policy import Policy
from contracts.policy_diff import described
from contracts.policy_file import PolicyFaults, decode_policy
from contracts.policy_page import policy_page
from contracts.policy_reader import Fault
from contracts.refusals import Refused
from contracts.services.policies import PolicyPreview, preview_policy, publish_policy
from contracts.sla.hours import OpeningHours

PUBLISH = "publish"
BODY = "admin/contracts/policyversion/policy.html"
TEMPLATE = "admin/contracts/policyversion/publish.html"


@dataclass(slots=True)
class Step:
    """How far a text has come."""

    text: str = ""
    faults: tuple[Fault, ...] = ()
    preview: PolicyPreview | None = None
    notice: str = ""

    @property
    def mark(self) -> str:
        """Names the text that was looked at; empty when there was nothing to look at."""
        return sha256(self.text.encode()).hexdigest() if self.preview else ""


def publishing_page(page: ModelAdmin[PolicyVersion], request: HttpRequest) -> HttpResponse:
    """One page for all steps; the text stays in it from step to step."""
    form = PolicyTextForm(request.POST or None, request.FILES or None)
    step = Step()
    if request.method == "POST" and form.is_valid():
        step = _looked_at(form)
        if PUBLISH in request.POST and step.preview and not step.preview.obstacle:
            if form.cleaned_data["previewed"] == step.mark:
                return _published(page, request, step)
            step.notice = "The text has changed since it was looked at. This is what it says now."
        form = PolicyTextForm(initial={"text": step.text, "previewed": step.mark})
    return _shown(page, request, form, step)


def shown_policy(policy: Policy, hours: OpeningHours, at: datetime) -> dict[str, Any]:
    """What the templates need to show a policy: its page, and every line of its file."""
    return {"page": policy_page(policy, hours, at=at), "lines": list(described(policy)), "body": BODY}


def _looked_at(form: PolicyTextForm) -> Step:
    try:
        text = _text(form)
    except PolicyFaults as problem:
        return Step(faults=problem.faults)
    try:
        return Step(text, preview=preview_policy(text))
    except PolicyFaults as problem:
        return Step(text, faults=problem.faults)


def _text(form: PolicyTextForm) -> str:
    if file := form.cleaned_data["file"]:
        return decode_policy(file.read())
    return str(form.cleaned_data["text"]).replace("\r\n", "\n")


def _published(page: ModelAdmin[PolicyVersion], request: HttpRequest, step: Step) -> HttpResponse:
    actor = actor_of(request)
    try:
        version = publish_policy(text=step.text, actor=actor, at=timezone.now())
    except Refused as refusal:
        step.notice = str(refusal)
        form = PolicyTextForm(initial={"text": step.text, "previewed": step.mark})
        return _shown(page, request, form, step)
    page.log_addition(request, version, [{"added": {}}])
    messages.success(request, f"{version} is published. It governs orders signed on or after that day.")
    return HttpResponseRedirect(reverse("admin:contracts_policyversion_change", args=[version.pk]))


def _shown(
    page: ModelAdmin[PolicyVersion], request: HttpRequest, form: PolicyTextForm, step: Step
) -> HttpResponse:
    policy = step.preview.policy if step.preview else None
    context = {
        **page.admin_site.each_context(request),
        "title": "Publish a policy",
        "opts": page.opts,
        "form": form,
        "step": step,
        "preview": step.preview,
        **(shown_policy(policy, policy.opening_hours(), timezone.now()) if policy else {}),
    }
    return TemplateResponse(request, TEMPLATE, context)
