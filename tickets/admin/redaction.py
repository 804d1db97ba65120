"""Removing a text or a file from a ticket: what stands there is listed, one is chosen, and the reason stays."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.admin.pages import REFUSED, actor_of, for_staff, page
from tickets.admin.ticket import ticket_numbered
from tickets.forms import LONGEST_TEXT, Plain
from tickets.history import history
from tickets.models import Consultation, Ticket, TicketEvent
from tickets.models.consultation import ConsultationEventKind
from tickets.redactions import FIELDS, NAMELESS
from tickets.services.redaction import REDACT, redact_field, redact_file, redact_text
from tickets.services.redaction_consultations import TOPIC, redact_consultation

SHOWN = 80


class RedactionForm(Plain):
    """What goes, what stands there instead, and why."""

    what = forms.ChoiceField(label="What is removed")
    instead = forms.CharField(
        label="Say it again without what must not stand there",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Empty: nothing stands there any more. Not for files.",
    )
    reason = forms.CharField(
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whoever sees the ticket reads it. Do not repeat what you remove.",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose …"), *choices]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(REDACT)
def redaction(request: HttpRequest, number: str) -> HttpResponseBase:
    """The form with everything that can be removed, or one of it removed."""
    ticket = ticket_numbered(number)
    choices = list(removable(ticket, history(ticket, internal=True)))
    sent = request.POST if request.method == "POST" else None
    form = RedactionForm(sent, choices=choices, initial={"what": request.GET.get("what", "")})
    if sent is not None and form.is_valid():
        try:
            _remove(request, ticket, form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, "It is removed. Its fingerprint stays in the record.")
            return redirect("admin:ticket", ticket.number)
    context = {"ticket": ticket, "form": form}
    status = REFUSED if sent is not None else 200
    return page(request, "redaction", f"Remove from {number}", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(REDACT)
def consultation_redaction(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form with everything that can be removed from a consultation, or one of it removed."""
    row = get_object_or_404(Consultation.objects.select_related("ticket"), pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = RedactionForm(sent, choices=list(removable_of(row)))
    if sent is not None and form.is_valid():
        try:
            redact_consultation(
                consultation=row,
                actor=actor_of(request),
                number=int(form.cleaned_data["what"]),
                instead=form.cleaned_data["instead"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except Refused as refused:
            show_refusal(form, refused, {})
        else:
            messages.success(request, "It is removed, and from the ticket, where there is one.")
            return redirect("admin:consultation", pk)
    context = {"consultation": row, "form": form}
    status = REFUSED if sent is not None else 200
    return page(request, "redaction", "Remove from a consultation", context, status=status)


def removable_of(row: Consultation) -> Iterator[tuple[str, str]]:
    """What somebody typed of a consultation, as choices: the newest first, the topic last."""
    said = row.events.exclude(text="").exclude(kind=ConsultationEventKind.REDACTED).select_related("actor")
    for event in said.order_by("-number"):
        yield str(event.number), f"{event.number}, {event.actor}: {_short(event.text)}"
    if row.topic != NAMELESS:
        yield str(TOPIC), f"The topic: {_short(row.topic)}"


def removable(ticket: Ticket, events: Sequence[TicketEvent]) -> Iterator[tuple[str, str]]:
    """Everything on the ticket that somebody typed or sent, as choices: the newest first, the fields last."""
    for event in reversed(events):
        who = f"{event.seq}, {event.actor or 'the portal'}"
        if event.message and event.message.text:
            yield f"message-{event.seq}", f"{who}: {_short(event.message.text)}"
        if event.text:
            yield f"text-{event.seq}", f"{who}, reason: {_short(event.text)}"
        for file in event.message.attachments.all() if event.message and event.data.get("files") else ():
            if not file.is_removed:
                yield f"file-{file.pk}", f"{who}, file: {file.name}"
    for name in FIELDS:
        if (value := getattr(ticket, name)) and value != NAMELESS:
            yield name, f"The {name}: {_short(value)}"


def _remove(request: HttpRequest, ticket: Ticket, given: dict[str, str]) -> None:
    """Call the verb for what was chosen."""
    by: dict[str, Any] = {
        "ticket": ticket,
        "actor": actor_of(request),
        "reason": given["reason"],
        "at": timezone.now(),
    }
    kind, _, key = given["what"].partition("-")
    if kind == "file":
        redact_file(file=int(key), **by)
    elif kind in {"message", "text"}:
        redact_text(seq=int(key), is_message=kind == "message", instead=given["instead"], **by)
    else:
        redact_field(field=kind, instead=given["instead"], **by)


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(SHOWN)
