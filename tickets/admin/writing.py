"""What a composer does beside sending: look for articles, insert a saved reply, keep a draft; none of it a verb."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.refusals import Refused
from tickets.admin.forms import ReasonForm
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff
from tickets.admin.saved_replies import offered
from tickets.admin.ticket import Attempt, Desk, shown, ticket_numbered
from tickets.admin.verbs import VERB_PAGES, VerbPage
from tickets.services.drafts import forget_draft, keep_draft

KEPT = "Your draft is kept. Only you see it."


def aside(request: HttpRequest, desk: Desk, verb: VerbPage) -> HttpResponseBase | None:
    """The answer to a button beside the one that sends; ``None`` where none of them was pressed."""
    if "find" in request.POST and verb.carries_articles:
        form = desk.form_with(verb.verb, request)
        return _again(request, desk, Attempt(verb.verb, form, is_looking=True))
    if not issubclass(verb.form, ReasonForm):
        return None
    if "replies" in request.POST or "insert" in request.POST:
        return _with_replies(request, desk, verb.verb)
    if "draft" in request.POST or "discard" in request.POST:
        return _draft(request, desk, verb.verb)
    return None


def _again(request: HttpRequest, desk: Desk, attempt: Attempt, status: int = 200) -> HttpResponseBase:
    desk.attempt = attempt
    return shown(request, desk, status=status)


def _with_replies(request: HttpRequest, desk: Desk, verb: str) -> HttpResponseBase:
    """The form as it was typed, with the saved replies to choose from; the chosen one stands below the text."""
    found = offered(desk.ticket, desk.actor)
    chosen = next((each for each in found if str(each.pk) == request.POST.get("saved_reply")), None)
    typed = request.POST.get("text", "").rstrip()
    put = chosen is not None and "insert" in request.POST
    text = "\n\n".join(filter(None, [typed, chosen.text if put and chosen else ""]))
    form = desk.form_with(verb, request, text=text)
    return _again(request, desk, Attempt(verb, form, saved_replies=found))


def _draft(request: HttpRequest, desk: Desk, verb: str) -> HttpResponseBase:
    """Keep or discard, and come back to the page."""
    back = f"{reverse('admin:ticket', args=[desk.ticket.number])}#{verb}"
    if "discard" in request.POST:
        forget_draft(owner=desk.actor, ticket=desk.ticket, verb=verb)
        messages.success(request, "The draft is discarded.")
        return redirect(back)
    text = request.POST.get("text", "").replace("\0", "")
    try:
        keep_draft(owner=desk.actor, ticket=desk.ticket, verb=verb, text=text, at=timezone.now())
    except Refused as refused:
        form = desk.form_with(verb, request)
        return _again(request, desk, replace(Attempt(verb, form), refusal=str(refused)), REFUSED)
    messages.success(request, KEPT)
    return redirect(back)


@require_POST
@for_staff(CHANGE_TICKET)
def drafts(request: HttpRequest, number: str) -> HttpResponseBase:
    """Keep what is being written; the script sends it. 204, or 422 with the reason."""
    verb = VERB_PAGES.get(request.POST.get("verb", ""))
    if verb is None or not issubclass(verb.form, ReasonForm):
        raise Http404("Nothing is written with that.")
    text = request.POST.get("text", "").replace("\0", "")
    try:
        keep_draft(
            owner=actor_of(request),
            ticket=ticket_numbered(number),
            verb=verb.verb,
            text=text,
            at=timezone.now(),
        )
    except Refused as refused:
        return HttpResponse(str(refused), status=REFUSED, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)
