"""/tickets/new/suggestions/ and /tickets/new/answer/: what may answer a request before it is sent."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.bodies import with_files
from contracts.keys import row_in
from contracts.limits import is_within
from contracts.models import Product
from contracts.refusals import Refused
from contracts.statuses import REFUSED, TOO_MANY
from contracts.submissions import read_submission_key
from knowledgebase.models import Article
from knowledgebase.services.judgements import record_deflection
from tickets.forms import LONGEST_TEXT, FilingForm
from tickets.suggestions import articles_for_typed
from tickets.views.filing import asked_by, named, own_deployments, typed_in
from tickets.views.reader import reader_of

MOST_A_MINUTE = 60
MINUTE = 60
NOTHING = 204
LEFT_BEHIND = {"uploads"}


@login_required
@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """The articles for what is typed so far, as a piece of the form's page; it comes by POST, so no log has it."""
    user = reader_of(request)
    if not is_within("suggestions", f"{user.pk}", most=MOST_A_MINUTE, seconds=MINUTE, at=timezone.now()):
        return HttpResponse(status=TOO_MANY)
    asked = asked_by(user, named(own_deployments(user), request.GET.get("deployment", "")))
    found = articles_for_typed(
        asked.contact,
        asked.deployment.product,
        subject=request.POST.get("subject", "")[:200],
        text=request.POST.get("text", "")[:LONGEST_TEXT],
        confidential="security" in request.POST,
    )
    if not found:
        return HttpResponse(status=NOTHING)
    return render(request, "tickets/_answers.html", {"articles": found, "deployment": asked.deployment})


@dataclass(frozen=True, slots=True)
class Kept:
    """One field as it was typed, to be taken along."""

    name: str
    value: str


@with_files
@login_required
@require_POST
def answered(request: HttpRequest) -> HttpResponseBase:
    """An article answered it: that is counted and nothing is sent. The way back takes along what was typed."""
    user = reader_of(request)
    deployment = named(own_deployments(user), request.GET.get("deployment", ""))
    article = _article(request, deployment.product)
    context = {
        "article": article,
        "deployment": deployment,
        "kept": _kept(request.POST),
        "had_files": bool(request.FILES),
    }
    return render(request, "tickets/answered.html", context, status=200 if article else REFUSED)


def _article(request: HttpRequest, product: Product) -> Article | None:
    """The article that answered it, counted; ``None`` where it is not there any more, or the form is none of ours."""
    user = reader_of(request)
    key = read_submission_key(request.POST.get("submission_key", ""), user)
    visible = Article.objects.visible_to(user).select_related("published")
    found = row_in(visible, request.POST.get("answered", ""))
    if found is None or key is None:
        return None
    try:
        record_deflection(article=found, user=user, product=product, form=key, at=timezone.now())
    except Refused:
        return None
    return found


def _kept(data: QueryDict) -> list[Kept]:
    """Every field of the form that was filled in; files do not come along."""
    typed = typed_in(data)
    names = [name for name in FilingForm.base_fields if name not in LEFT_BEHIND]
    several = {name: typed[name] if name == "environment" else [typed.get(name, "")] for name in names}
    return [Kept(name, value) for name in names for value in several[name] if value]
