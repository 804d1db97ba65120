"""Giving a ticket to a team, on a page of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.models import Team
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.ticket import ticket_numbered
from tickets.forms import Plain
from tickets.services.assignment import give_to_team

NONE = "none"


class TeamForm(Plain):
    """Which team has the ticket from now on."""

    team = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in Team.objects.all()}
        field = self.fields["team"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*((key, team.name) for key, team in self.teams.items()), (NONE, "No team")]

    def chosen(self) -> Team | None:
        """The team that a valid form names."""
        return self.teams.get(self.cleaned_data["team"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def ticket_team(request: HttpRequest, number: str) -> HttpResponseBase:
    """The teams to choose from; sent, the ticket is with the one chosen."""
    ticket = ticket_numbered(number)
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"team": ticket.team_id})
    if request.method == "POST" and form.is_valid():
        try:
            give_to_team(ticket=ticket, actor=actor_of(request), team=form.chosen(), at=timezone.now())
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(
                request, "The ticket is with the team." if form.chosen() else "The ticket is with no team."
            )
            return redirect("admin:ticket", ticket.number)
    context = {"ticket": ticket, "form": form}
    return page(
        request, "ticket_team", f"Team of {ticket.number}", context, status=REFUSED if form.errors else 200
    )
