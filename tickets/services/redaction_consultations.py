"""Removing what was said of a consultation: its topic, or the words of one of its steps."""

from contextlib import ExitStack
from datetime import datetime

from django.db import transaction
from django.utils.html import format_html

from contracts.models import OutboxMessage, User
from contracts.refusals import Refused
from tickets.consultation_told import page_of
from tickets.models import Consultation, ConsultationEvent, Ticket
from tickets.models.consultation import ConsultationEventKind
from tickets.record import fingerprint
from tickets.redactions import NAMELESS
from tickets.services import redaction_reach
from tickets.services.changing import Change, changing
from tickets.services.redaction import NOTICE, check, take_out

TOPIC = 0


@transaction.atomic
def redact_consultation(
    *, consultation: Consultation, actor: User, number: int, instead: str = "", reason: str, at: datetime
) -> Consultation:
    """Remove what was said with the step ``number`` of a consultation, or its topic where that is ``TOPIC``; the ticket
    that it is about loses it, too. ``instead`` is put in its place. Refused for others than managers.
    """
    with ExitStack() as stack:
        change = None
        if consultation.ticket_id is not None:
            change = stack.enter_context(changing(Ticket(pk=consultation.ticket_id), at))
        rows = Consultation.objects.select_for_update(of=("self",)).select_related("contact__user", "ticket")
        held = rows.get(pk=consultation.pk)
        events = list(held.events.exclude(kind=ConsultationEventKind.REDACTED))
        said = next((event for event in events if event.number == number), None)
        secret = held.topic if number == TOPIC else said.text if said else ""
        reason, instead = check(actor, reason, secret or reason + "?", instead)
        if secret in {"", NAMELESS}:
            raise Refused("There is no such text on this consultation, or it was removed already.")
        for event in events:
            if event.text == secret:
                redaction_reach.put_text(event, instead)
        if held.topic == secret:
            redaction_reach.put_topic(held, instead)
        if change is not None:
            _take_out_of_ticket(change, actor, reason, secret, instead)
        _record(held, actor, reason, secret, change.at if change else at)
        _take_out_of_mails(held)
    return held


def _take_out_of_ticket(change: Change, actor: User, reason: str, secret: str, instead: str) -> None:
    """What says just that, and the replies that were made of it."""
    take_out(change, actor, reason, secret, instead)
    texts = {event.message.text for event in change.events if event.message}
    for text in sorted(text for text in texts if redaction_reach.says_too(text, secret)):
        is_first = text.startswith(secret)
        left = text.removeprefix(secret) if is_first else text.removesuffix(secret)
        take_out(
            change, actor, reason, text, (f"{instead}{left}" if is_first else f"{left}{instead}").strip()
        )


def _record(held: Consultation, actor: User, reason: str, secret: str, at: datetime) -> None:
    ConsultationEvent.objects.create(
        consultation=held,
        number=held.events.count() + 1,
        kind=ConsultationEventKind.REDACTED,
        recorded_at=at,
        actor=actor,
        text=reason,
        data={"fingerprint": fingerprint(secret), "times": []},
        sequence=held.sequence,
    )


def _take_out_of_mails(held: Consultation) -> None:
    """All mails about it say its topic. Of those that wait, the invitation goes out all the same."""
    found = list(
        OutboxMessage.objects.filter(kind="consultation", key__startswith=f"consultation/{held.pk}/")
    )
    url = page_of(held, held.contact.user)
    for mail in found:
        mail.subject = "Your consultation"
        mail.text = f"{NOTICE}\n\n{url}\n"
        mail.html = format_html('<p>{}</p><p><a href="{}">{}</a></p>', NOTICE, url, url)
        mail.last_error = ""
    OutboxMessage.objects.bulk_update(found, ["subject", "text", "html", "last_error"], batch_size=200)
