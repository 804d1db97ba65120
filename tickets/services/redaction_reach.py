"""How far the removal of a text reaches beyond the ticket on which it is removed: what was copied from there, and what
says it beside the record.

Here nobody's right is asked for and nothing is recorded on tickets: ``redaction`` does both.
"""

import re
from datetime import datetime

from contracts.models import Outage, OutageEvent, User
from tickets.models import (
    Consultation,
    ConsultationEvent,
    Draft,
    ProblemEvent,
    Spread,
    SpreadRedaction,
    SpreadReply,
    Ticket,
    TicketEvent,
)
from tickets.models.event import Kind
from tickets.redactions import NAMELESS

SPLITS = (Kind.SPLIT_OFF, Kind.SPLIT_FROM)
LONGEST_TOPIC = 200


def family_of(ticket: Ticket) -> list[int]:
    """The keys of the other tickets that were split off ``ticket``, or that it was split off, and of theirs: a split
    copies a message and its files. A merge copies none.
    """
    found, level = {ticket.pk}, {ticket.pk}
    while level:
        splits = TicketEvent.objects.filter(ticket__in=level, kind__in=SPLITS)
        level = {data["ticket"] for data in splits.values_list("data", flat=True)} - found
        found |= level
    return sorted(found - {ticket.pk})


def lock(*keys: int) -> None:
    """The tickets, in the order of their keys, so that two who do the same do not wait for each other."""
    list(Ticket.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def take_out_of_drafts(ticket: Ticket, secret: str, instead: str) -> int:
    """Of everybody's drafts on the ticket; how many said it. Line breaks and marks of a quotation do not count."""
    if not secret.split():
        return 0
    says = re.compile(r"[\s>]+".join(re.escape(word) for word in secret.split()))
    count = 0
    for draft in Draft.objects.select_for_update().filter(ticket=ticket).order_by("pk"):
        left, times = says.subn(lambda _: instead, draft.text)
        if not times:
            continue
        count += 1
        if left.strip():
            draft.text = left
            draft.save(update_fields=["text"])
        else:
            draft.delete()
    return count


def take_out_of_consultations(ticket: Ticket, secret: str, instead: str) -> None:
    """Of the consultations about the ticket: a topic, or what was said with a step, which the ticket says, too."""
    for consultation in Consultation.objects.filter(ticket=ticket).order_by("pk"):
        if consultation.topic == secret:
            put_topic(consultation, instead)
        for event in consultation.events.exclude(text=""):
            if event.text == secret:
                put_text(event, instead)
            elif says_too(secret, event.text):
                put_text(event, "")


def says_too(message: str, text: str) -> bool:
    """Whether a reply about a consultation was made of ``text`` (``services.consultations``)."""
    return bool(text) and (message.startswith(f"{text}\n\n") or message.endswith(f" is cancelled: {text}"))


def put_topic(consultation: Consultation, instead: str) -> None:
    """A consultation must be called something."""
    consultation.topic = " ".join(instead.split())[:LONGEST_TOPIC] or NAMELESS
    consultation.save(update_fields=["topic"])


def put_text(event: ConsultationEvent, instead: str) -> None:
    """Let the step of a consultation say ``instead``, or nothing."""
    event.text = instead
    event.save(update_fields=["text"])


def send_to_all(event: TicketEvent, actor: User, reason: str, instead: str, at: datetime) -> None:
    """Where ``event`` is a reply that many tickets got of one cause: have the worker remove it from all of them.

    At once it goes from the cause itself, and tickets that have not got it yet get ``instead``, or nothing.
    """
    reply = SpreadReply.objects.filter(event=event).first()
    if reply is None:
        return
    spread = Spread.objects.select_for_update().get(pk=reply.spread_id)
    if spread.text == instead:
        return
    text, spread.text = spread.text, instead
    spread.save(update_fields=["text"])
    _take_out_of_cause(spread, text, instead)
    SpreadRedaction.objects.create(
        spread=spread, instead=instead, reason=reason, actor=actor, created_at=at, not_before=at
    )


def _take_out_of_cause(spread: Spread, text: str, instead: str) -> None:
    """What the page of the cause says of it."""
    name, _, key = spread.key.rpartition("-event-")
    if not key.isdigit():
        return
    if name == "problem":
        ProblemEvent.objects.filter(pk=int(key), text=text).update(text=instead)
    elif name == "outage":
        OutageEvent.objects.filter(pk=int(key), text=text).update(text=instead)
        for outage in Outage.objects.filter(events=int(key)).exclude(what_was_done=""):
            if text.endswith(f"is over.\n\n{outage.what_was_done}"):
                outage.what_was_done = NAMELESS
                outage.save(update_fields=["what_was_done"])
