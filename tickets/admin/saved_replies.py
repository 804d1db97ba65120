"""Saved replies: the list, a form for one, and those that a composer offers."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.models import User
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.forms import Plain
from tickets.models import SavedReply, Ticket
from tickets.placeholders import PLACEHOLDERS, Filling, filled
from tickets.services import saved_replies as service

MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """A saved reply with its text for one ticket."""

    pk: int
    title: str
    text: str


class SavedReplyForm(Plain):
    """A text under a title."""

    title = forms.CharField(max_length=service.LONGEST_TITLE)
    text = forms.CharField(max_length=service.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 8}))
    is_shared = forms.BooleanField(label="Shared with the whole desk", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def saved_replies(request: HttpRequest) -> HttpResponseBase:
    """All that one may insert, and a form for one more."""
    form = SavedReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _save(request, form, None):
        return redirect("admin:saved_replies")
    actor = actor_of(request)
    replies = SavedReply.objects.offered_to(actor).select_related("owner")
    context = {
        "form": form,
        "placeholders": PLACEHOLDERS,
        "replies": [(reply, not service.why_not_change(reply, actor)) for reply in replies],
    }
    status = REFUSED if request.method == "POST" else 200
    return page(request, "saved_replies", "Saved replies", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def saved_reply(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change one, or delete it."""
    reply = _get(actor_of(request), pk)
    typed = {"title": reply.title, "text": reply.text, "is_shared": reply.is_shared}
    form = SavedReplyForm(request.POST or None, initial=typed)
    if request.method == "POST":
        done = (
            _delete(request, reply)
            if "delete" in request.POST
            else form.is_valid() and _save(request, form, reply)
        )
        if done:
            return redirect("admin:saved_replies")
    context = {
        "form": form,
        "placeholders": PLACEHOLDERS,
        "reply": reply,
        "why_not": service.why_not_change(reply, actor_of(request)),
    }
    status = REFUSED if request.method == "POST" else 200
    return page(request, "saved_reply", reply.title, context, status=status)


@require_safe
@for_staff(CHANGE_TICKET)
def offered_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """Those that may be inserted on a ticket, filled, as a piece of its page; the script asks for it."""
    try:
        ticket = Ticket.objects.select_related("contact__user", "customer", "product", "policy_version").get(
            number=number
        )
    except Ticket.DoesNotExist:
        raise Http404("There is no such ticket.") from None
    found = offered(ticket, actor_of(request))
    return render(request, "admin/tickets/_saved_replies.html", {"saved_replies": found})


def offered(ticket: Ticket, actor: User) -> list[Offered]:
    """The saved replies that ``actor`` may insert on ``ticket``, their placeholders filled."""
    filling = Filling(ticket, actor, timezone.now())
    known = list(SavedReply.objects.offered_to(actor)[:MOST_OFFERED])
    return [Offered(reply.pk, reply.title, filled(reply.text, filling)) for reply in known]


def _get(actor: User, pk: int) -> SavedReply:
    try:
        return SavedReply.objects.offered_to(actor).get(pk=pk)
    except SavedReply.DoesNotExist:
        raise Http404("There is no such saved reply.") from None


def _save(request: HttpRequest, form: SavedReplyForm, reply: SavedReply | None) -> bool:
    """Whether it was saved; if not, the form says why."""
    try:
        saved = service.save_reply(
            actor=actor_of(request), reply=reply, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refused:
        show_refusal(form, refused, {})
        return False
    messages.success(request, f"“{saved.title}” is saved.")
    return True


def _delete(request: HttpRequest, reply: SavedReply) -> bool:
    try:
        service.delete_reply(reply=reply, actor=actor_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, f"“{reply.title}” is deleted.")
    return True
