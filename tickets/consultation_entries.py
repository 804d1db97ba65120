"""The calendar invitation of a consultation (RFC 5545, 5546), made when its mail is sent, of the fact as it stood then.

One UID for good, a SEQUENCE that rises with each change: REQUEST confirms and moves, CANCEL takes it back.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from contracts.calendar_entries import plain, whole
from contracts.models import User
from contracts.outbox.enclosures import Enclosure
from tickets.models import Consultation, ConsultationEvent
from tickets.models.consultation import ConsultationEventKind

NAME = "consultation"
SHOWN = (
    ConsultationEventKind.CONFIRMED,
    ConsultationEventKind.MOVED,
    ConsultationEventKind.CANCELLED,
)


def enclosure_of(data: Mapping[str, Any]) -> Enclosure | None:
    """The invitation of the fact ``data["event"]``; with ``data["leaves"]``, for who is no longer its host, CANCEL."""
    joined = ("consultation__contact__user", "consultation__ticket")
    fact = ConsultationEvent.objects.select_related(*joined).get(pk=data["event"])
    if fact.kind not in SHOWN or not fact.data.get("starts_at"):
        return None
    is_cancelled = fact.kind == ConsultationEventKind.CANCELLED or bool(data.get("leaves"))
    method = "CANCEL" if is_cancelled else "REQUEST"
    made = Calendar()
    made.add("prodid", vText(plain(f"-//{settings.SITE_NAME}//Consultations//EN")))
    made.add("version", "2.0")
    made.add("method", method)
    made.add_component(_entry(fact, is_cancelled=is_cancelled))
    return Enclosure("consultation.ics", method, made.to_ical().decode())


def _entry(fact: ConsultationEvent, *, is_cancelled: bool) -> Event:
    consultation, then = fact.consultation, fact.data
    start = datetime.fromisoformat(then["starts_at"])
    host = User.objects.filter(pk=then["host"]).first()
    event = Event()
    event.add("uid", str(consultation.uid))
    event.add("sequence", fact.sequence)
    event.add("dtstamp", whole(fact.recorded_at))
    event.add("dtstart", whole(start))
    event.add("dtend", whole(start + timedelta(minutes=then["minutes"])))
    event.add("summary", plain(f"Consultation: {consultation.topic}"))
    event.add("description", plain("\n".join(_description(consultation, then))))
    event.add("location", plain(then["join"]))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
    for person in filter(None, (consultation.contact.user, host)):
        event.add("attendee", _attendee(person))
    return event


def _attendee(person: User) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = vText(plain(str(person)).replace('"', "").replace("\n", " "))
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee


def _description(consultation: Consultation, then: Mapping[str, Any]) -> list[str]:
    place = settings.SITE_URL + reverse("consultation", args=[consultation.pk])
    about = f"Ticket {consultation.ticket.number}" if consultation.ticket else ""
    return [part for part in (f"How to join: {then['join']}", about, place) if part]
