"""Addresses of a contact's tickets; stable for good."""

from django.urls import path, register_converter

from tickets.views import answers, files, filing, lists, ticket


class Number:
    """A tracking number, in capitals or not."""

    regex = "[A-Za-z]{1,6}-[0-9A-Za-z]{6}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Number, "number")

urlpatterns = [
    path("tickets/", lists.tickets, name="tickets"),
    path("tickets/new/", filing.new, name="file_ticket"),
    path("tickets/new/suggestions/", answers.suggestions, name="ticket_suggestions"),
    path("tickets/new/answer/", answers.answered, name="ticket_answered"),
    path("tickets/<number:number>/", ticket.ticket, name="ticket"),
    path("tickets/<number:number>/replies/", ticket.replies, name="ticket_replies"),
    path("tickets/<number:number>/drafts/", ticket.drafts, name="their_drafts"),
    path("tickets/<number:number>/resolution/", ticket.resolution, name="ticket_resolution"),
    path("tickets/<number:number>/files/<int:pk>/", files.ticket_file, name="ticket_file"),
]
