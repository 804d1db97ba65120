"""/escalations/<token>/: the story of a ticket for somebody who was told of it, and the button that says they know.

Nobody signs in here: the link is the key, and opens this one person's row. Opening it changes nothing, since scanners
of mail open every link; the button does.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.refusals import Refused
from contracts.statuses import GONE
from tickets.escalation_links import read_escalation
from tickets.escalation_story import has_ended, story_of
from tickets.services.acknowledging import acknowledge_escalation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def escalation(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link; once the ticket has ended it shows nothing of it."""
    row = read_escalation(token)
    if row is None:
        raise Http404("There is no such page.")
    at = timezone.now()
    if has_ended(row.ticket):
        return _closed_to_search(render(request, "tickets/escalation_over.html", status=GONE))
    if request.method == "POST":
        try:
            acknowledge_escalation(escalation=row, at=at)
        except Refused:  # it ended between the two
            return _closed_to_search(render(request, "tickets/escalation_over.html", status=GONE))
        return redirect("escalation", token)
    context = {"row": row, "story": story_of(row, at), "at": at}
    return _closed_to_search(render(request, "tickets/escalation.html", context))


def _closed_to_search(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
