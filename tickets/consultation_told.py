"""Who is told what about a consultation, with the invitation for their calendars."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from contracts.models import OutboxMessage, User
from contracts.outbox.rendering import render
from contracts.outbox.writing import address, post
from contracts.phrasing import public_moment
from contracts.team_told import desk
from tickets.consultation_entries import NAME
from tickets.models import Consultation, ConsultationEvent
from tickets.models.consultation import ConsultationEventKind
from tickets.notifications import staff_for

HEADINGS: dict[str, str] = {
    ConsultationEventKind.ASKED: "A consultation is asked for",
    ConsultationEventKind.OFFERED: "Other times for your consultation",
    ConsultationEventKind.CONFIRMED: "Consultation confirmed",
    ConsultationEventKind.MOVE_ASKED: "A consultation is to be moved",
    ConsultationEventKind.MOVED: "Consultation moved",
    ConsultationEventKind.CANCELLED: "Consultation cancelled",
}
TO_BOTH = (ConsultationEventKind.CONFIRMED, ConsultationEventKind.MOVED, ConsultationEventKind.CANCELLED)


def tell(fact: ConsultationEvent, *, left: User | None = None) -> None:
    """Whom a fact concerns: both sides where a calendar changes, else the other one. ``left`` was its host before."""
    consultation = fact.consultation
    drafts = [_draft(fact, person) for person in _people(fact)]
    if left is not None and left.pk != consultation.host_id:
        drafts.append(_draft(fact, left, leaves=True))
    post(drafts)


def page_of(consultation: Consultation, reader: User) -> str:
    """The address of the page for ``reader``; in mails its host comes from the settings."""
    name = "admin:consultation" if reader.is_staff else "consultation"
    return settings.SITE_URL + reverse(name, args=[consultation.pk])


def _people(fact: ConsultationEvent) -> Iterator[User]:
    """The contact, and the host or, before there is one, whom the ticket or the desk concerns."""
    consultation = fact.consultation
    both = fact.kind in TO_BOTH
    if both or fact.kind == ConsultationEventKind.OFFERED:
        yield consultation.contact.user
    if not both and fact.kind == ConsultationEventKind.OFFERED:
        return
    if consultation.host is not None:
        yield consultation.host
    elif fact.actor.is_staff:
        return
    else:
        yield from staff_for(consultation.ticket, fact.recorded_at) if consultation.ticket else desk()


def _draft(fact: ConsultationEvent, reader: User, *, leaves: bool = False) -> OutboxMessage:
    consultation = fact.consultation
    context = {"heading": HEADINGS[fact.kind], **_said(fact, reader)}
    if leaves:
        context["heading"] = "A consultation is no longer yours"
    return address(
        render("consultation", context),
        kind="consultation",
        to=reader,
        at=fact.recorded_at,
        key=f"consultation/{consultation.pk}/{fact.number}/{reader.pk}",
        ticket_number=consultation.ticket.number if consultation.ticket else "",
        data={"enclosed": NAME, "event": fact.pk, **({"leaves": True} if leaves else {})},
    )


def _said(fact: ConsultationEvent, reader: User) -> dict[str, Any]:
    """What the templates are given: times in the reader's zone and in UTC, each with its name."""
    consultation, then = fact.consultation, fact.data

    def told(instant: str) -> str:
        at = datetime.fromisoformat(instant)
        return public_moment(at, ZoneInfo(reader.time_zone), now=fact.recorded_at)

    return {
        "topic": consultation.topic,
        "number": consultation.ticket.number if consultation.ticket else "",
        "actor": fact.actor,
        "said": fact.text,
        "starts": told(then["starts_at"]) if then.get("starts_at") else "",
        "times": [told(time) for time in then.get("times", ())],
        "minutes": then["minutes"],
        "join": then.get("join", ""),
        "host": str(consultation.host or ""),
        "url": page_of(consultation, reader),
    }
