"""Mail that came in, on staff's pages: what waits for somebody, one message and what becomes of it, its files."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.downloads import handed_out
from contracts.models import Contact, User
from contracts.refusals import Refused
from contracts.statuses import TOO_MANY
from contracts.verb_forms import show_refusal
from tickets.admin.inbox_forms import (
    LONGEST_WORDS,
    DiscardForm,
    FilingForm,
    NumberForm,
    Settling,
    TicketForm,
    offered_contacts,
)
from tickets.admin.inbox_parts import PARTS, ROWS, read
from tickets.admin.pages import REFUSED, actor_of, for_staff, page, zone_of
from tickets.finding import number_in
from tickets.held_mail import count_held
from tickets.mail_page import Whole, held_whole, may_read, part_of, picture_type, whole_of
from tickets.mail_text import words_of
from tickets.models import IncomingMail
from tickets.models.mail import Outcome
from tickets.services import mail_settling
from tickets.views.filing import DISK_FAULT, NOT_STORED
from tickets.views.mails import raw_of

log = logging.getLogger(__name__)
SEE, SETTLE = "tickets.view_incomingmail", "tickets.change_incomingmail"
JOINED = ("ticket", "message__ticket", "first", "settled_by")


@require_safe
@for_staff(SEE)
def inbox(request: HttpRequest) -> HttpResponseBase:
    """One page of a part of it; what is held by default, the longest waiting first."""
    asked, at = read(request.GET), timezone.now()
    rows, next_key = asked.page()
    context = {
        "rows": [(row, at - row.stored_at) for row in rows],
        "part": asked.part,
        "tabs": [(part.label, asked.query(show=key), part == asked.part) for key, part in PARTS.items()],
        "sender": asked.sender,
        "without_sender": asked.query(sender=""),
        "is_first": not asked.after,
        "first": asked.query(),
        "next": asked.query(after=next_key) if next_key else "",
        "page_size": ROWS,
        "zone": zone_of(request),
        "at": at,
    }
    return page(request, "inbox", "Inbox", context)


@require_safe
@for_staff(SEE)
def inbox_mail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One message: who it claims to be from, what it says, what became of it, and what can be done with it."""
    return _Page(request, _get(pk)).shown()


@require_safe
@for_staff(SEE)
def inbox_raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The message byte for byte as it came, as a download."""
    return raw_of(get_object_or_404(IncomingMail, pk=pk), f"mail-{pk}.eml")


@require_safe
@for_staff(SEE)
def inbox_part(request: HttpRequest, pk: int, place: int) -> HttpResponseBase:
    """One file of a message: pictures as such, for they stand in its text, everything else as a download."""
    mail = get_object_or_404(IncomingMail, pk=pk)
    if not may_read(actor_of(request), timezone.now()):
        return page(request, "inbox_too_often", "Too often", {}, status=TOO_MANY)
    part = part_of(mail, place)
    if part is None:
        raise Http404("There is no such part.")
    return handed_out(BytesIO(part.content), part.name, picture=picture_type(part.content))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(SETTLE)
def inbox_verb(request: HttpRequest, pk: int, noun: str) -> HttpResponseBase:
    """Settle a held message, or show its page again with why not and what was typed."""
    if noun not in VERBS:
        raise Http404("There is no such page.")
    shown = _Page(request, _get(pk))
    if request.method != "POST" or shown.mail.first is not None:
        # Of several copies the first is settled.
        return redirect("admin:inbox_mail", shown.mail.first.pk if shown.mail.first else pk)
    form = shown.form(noun, request.POST)
    if not form.is_valid():
        return shown.shown((noun, form), status=REFUSED)
    at = timezone.now()
    try:
        VERBS[noun].call(shown.mail, form, shown.actor, at)
    except Refused as refused:
        show_refusal(form, refused, {})
        return _Page(request, _get(pk)).shown((noun, form), status=REFUSED)
    except OSError:
        log.exception("mail %s could not be settled: its raw form or its files", pk)
        form.add_error(None, DISK_FAULT)
        return shown.shown((noun, form), status=NOT_STORED)
    count_held(at=at)
    settled = _get(pk)
    messages.success(request, VERBS[noun].done)
    if settled.ticket is not None:
        return redirect("admin:ticket", settled.ticket.number)
    return redirect("admin:inbox")


def _get(pk: int) -> IncomingMail:
    return get_object_or_404(IncomingMail.objects.select_related(*JOINED), pk=pk)


def _file(mail: IncomingMail, form: Settling, actor: User, at: datetime) -> object:
    typed = form.cleaned_data
    return mail_settling.file_held(
        mail=mail, contact=typed["contact"], deployment=typed["deployment"], actor=actor, at=at
    )


def _put(mail: IncomingMail, form: Settling, actor: User, at: datetime) -> object:
    ticket, contact = form.cleaned_data["ticket"], form.cleaned_data["contact"]
    return mail_settling.put_on_ticket(
        mail=mail, ticket=ticket, contact=contact or ticket.contact, actor=actor, at=at
    )


def _confirm(mail: IncomingMail, form: Settling, actor: User, at: datetime) -> object:
    return mail_settling.confirm_own_answer(mail=mail, ticket=form.cleaned_data["ticket"], actor=actor, at=at)


def _discard(mail: IncomingMail, form: Settling, actor: User, at: datetime) -> object:
    return mail_settling.discard_held(mail=mail, reason=form.cleaned_data["reason"], actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class _Verb:
    """A way to settle a message: its button, its form, what it calls, what is told afterwards and before."""

    label: str
    form: type[Settling]
    call: Callable[[IncomingMail, Settling, User, datetime], object]
    done: str
    hint: str
    says: bool = False


VERBS: Mapping[str, _Verb] = {
    "answer": _Verb(
        "Confirm as my answer",
        NumberForm,
        _confirm,
        "Your answer stands on the ticket, and the customer gets it.",
        "You wrote this. Mail never acts as staff by itself, so it goes to the customer once you say so here: "
        "what you wrote, without what it quotes.",
        says=True,
    ),
    "filing": _Verb(
        "File as a new ticket",
        FilingForm,
        _file,
        "It is filed. Its clocks count from when it was received.",
        "The contact becomes the one who filed it, gets the receipt, and reads the whole message.",
    ),
    "ticket": _Verb(
        "Put on a ticket",
        TicketForm,
        _put,
        "It stands on the ticket.",
        "It is said there in the name of a contact of the customer, as of when it was received. "
        "Whoever sees the ticket reads it, and the whole message.",
        says=True,
    ),
    "discarding": _Verb(
        "Discard", DiscardForm, _discard, "It is discarded. It stays among what is settled.", ""
    ),
}


@dataclass(slots=True)
class _Page:
    """All that the page of one message is made of."""

    request: HttpRequest
    mail: IncomingMail

    @property
    def actor(self) -> User:
        return actor_of(self.request)

    @property
    def words(self) -> str:
        """What contacts are looked for by, wherever it was typed."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        return given.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]

    @property
    def guessed(self) -> str:
        """The number of the ticket that it seems to be about, as processing or its subject says; ``""`` for none."""
        words = f"{self.mail.said} {self.mail.subject}".translate(str.maketrans("[]():,.;#", " " * 9)).split()
        return next((number for word in words if "-" in word and (number := number_in(word))), "")

    def offered(self) -> Sequence[Contact]:
        return offered_contacts(self.actor, self.mail, self.words)

    def form(self, noun: str, data: Any = None, offered: Sequence[Contact] | None = None) -> Settling:  # noqa: ANN401 -- what a request sent
        """The form of a verb, with what was sent."""
        return VERBS[noun].form(
            data,
            actor=self.actor,
            mail=self.mail,
            offered=self.offered() if offered is None else offered,
            initial={"ticket": self.guessed},
            auto_id=f"{noun}-%s",
        )

    def nouns(self) -> list[str]:
        """What can be done with it; its sender's own answer only by them."""
        mail = self.mail
        if mail.outcome != Outcome.HELD or mail.settled_at is not None or mail.first is not None:
            return []
        if not self.actor.has_perm(SETTLE):
            return []
        is_own = bool(mail.sender) and mail.sender.lower() == self.actor.email.lower()
        return [noun for noun in VERBS if noun != "answer" or is_own]

    def whole(self) -> Whole | None:
        """The message as read; ``None`` where its reader has asked for too many in this minute."""
        if not may_read(self.actor, timezone.now()):
            return None
        mail, message = self.mail, self.mail.message
        if message is None:
            return held_whole(mail, lambda place: reverse("admin:inbox_part", args=[mail.pk, place]))
        return whole_of(
            mail,
            message.attachments.all(),
            lambda file: reverse("ticket_file", args=[message.ticket.number, file.pk]),
        )

    def shown(self, tried: tuple[str, Settling] | None = None, *, status: int = 200) -> HttpResponseBase:
        """The page, as it stands or with a verb that was not done."""
        whole = self.whole()
        if whole is None:
            return page(self.request, "inbox_too_often", "Too often", {}, status=TOO_MANY)
        name, form = tried or ("", None)
        nouns = self.nouns()
        offered = self.offered() if nouns or name else []
        opened = name or ("answer" if "answer" in nouns else "filing" if self.words else "")
        context = {
            "mail": self.mail,
            "whole": whole,
            "raw": reverse("admin:inbox_raw", args=[self.mail.pk]) if self.mail.raw else "",
            "offers": [
                {
                    "noun": noun,
                    "verb": VERBS[noun],
                    "form": form if form is not None and noun == name else self.form(noun, offered=offered),
                    "is_open": noun == opened,
                }
                for noun in VERBS
                if noun in nouns or noun == name
            ],
            "offered": offered,
            "said": words_of(whole.read) if nouns else "",
            "words": self.words,
            "zone": zone_of(self.request),
            "at": timezone.now(),
        }
        title = self.mail.subject or "No subject"
        return page(self.request, "inbox_mail", title, context, status=status)
