"""/tickets/<number>/acceptance/ and rating/: the customer accepts a resolution, and says how it was."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.bodies import with_files
from tickets import access
from tickets.forms_endings import AcceptanceForm, RatingForm
from tickets.services.endings import accept_resolution, rate_resolution
from tickets.views.reader import reader_of
from tickets.views.ticket import form_page, sent


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request: HttpRequest, number: str) -> HttpResponseBase:
    """A resolution accepted, with or without a word on how it was."""
    found = access.get_ticket_for(reader_of(request), number)
    page = "tickets/acceptance.html"
    if request.method != "POST":
        return form_page(request, page, found, AcceptanceForm(initial={"seen": found.seq}))
    form = AcceptanceForm(request.POST)

    def accept() -> None:
        accept_resolution(
            ticket=found,
            actor=reader_of(request),
            satisfied=form.is_satisfied,
            words=form.cleaned_data["words"],
            seen=form.cleaned_data["seen"],
            at=timezone.now(),
        )

    return sent(request, found, form, accept, page=page, done="Accepted. Thank you: the ticket is closed.")


@with_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, number: str) -> HttpResponseBase:
    """How it was, said after the acceptance."""
    found = access.get_ticket_for(reader_of(request), number)
    page = "tickets/rating.html"
    if request.method != "POST":
        return form_page(request, page, found, RatingForm(initial={"seen": found.seq}))
    form = RatingForm(request.POST)

    def rate() -> None:
        rate_resolution(
            ticket=found,
            actor=reader_of(request),
            satisfied=bool(form.is_satisfied),
            words=form.cleaned_data["words"],
            seen=form.cleaned_data["seen"],
            at=timezone.now(),
        )

    return sent(request, found, form, rate, page=page, done="Thank you for telling us.")
