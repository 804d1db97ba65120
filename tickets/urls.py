"""Addresses of a contact's tickets; stable for good."""

from django.urls import path, register_converter

from tickets.mail import event_webhooks, webhooks
from tickets.views import (
    answers,
    consultations,
    endings,
    enhancements,
    escalation,
    files,
    filing,
    inquiries,
    lists,
    mails,
    people,
    problems,
    stories,
    ticket,
)


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
    path("tickets/<number:number>/acceptance/", endings.acceptance, name="ticket_acceptance"),
    path("tickets/<number:number>/rating/", endings.rating, name="ticket_rating"),
    path("tickets/<number:number>/dates/", stories.dates, name="ticket_dates"),
    path("tickets/<number:number>/severity/", stories.severity, name="ticket_severity"),
    path("tickets/<number:number>/dispute/", stories.dispute, name="ticket_dispute"),
    path("tickets/<number:number>/sharing/", people.sharing, name="ticket_sharing"),
    path("tickets/<number:number>/watching/", people.watching, name="ticket_watching"),
    path("tickets/<number:number>/files/<int:pk>/", files.ticket_file, name="ticket_file"),
    path("tickets/<number:number>/mails/<int:pk>/", mails.ticket_mail, name="ticket_mail"),
    path("tickets/<number:number>/mails/<int:pk>/raw/", mails.ticket_mail_raw, name="ticket_mail_raw"),
    path("enhancements/", enhancements.enhancements, name="enhancements"),
    path("enhancements/<int:pk>/", enhancements.enhancement, name="enhancement"),
    path("problems/", problems.problems, name="problems"),
    path("problems/<int:pk>/", problems.problem, name="problem"),
    path("inquiries/<slug:slug>/", inquiries.inquiry, name="inquiry"),
    path("inquiries/confirmations/<str:token>/", inquiries.confirmation, name="confirm_inquiry"),
    path("escalations/<str:token>/", escalation.escalation, name="escalation"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/new/", consultations.new, name="consultation_new"),
    path("consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<int:pk>/time/", consultations.time, name="consultation_time"),
    path("consultations/<int:pk>/move/", consultations.move, name="consultation_move"),
    path(
        "consultations/<int:pk>/cancellation/", consultations.cancellation, name="consultation_cancellation"
    ),
    path("hooks/mail/<slug:provider>/", webhooks.hook, name="mail_hook"),
    path("hooks/mail/<slug:provider>/events/", event_webhooks.hook, name="mail_events"),
]
