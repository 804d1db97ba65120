"""What the tests of staff's pages share: the desk signed in, many rows, and what no page may carry."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from contracts.models import User
from contracts.services.staff import ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from tickets import rights
from tickets.models import Clock, Message, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.message import MessageKind
from tickets.tests.pages import client_of

INLINE = re.compile(rb"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def desk_of(user: User) -> Client:
    """A browser in which a member of staff is signed in, with what the groups give them."""
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    return client_of(user)


def assert_nothing_inline(response: Any) -> None:
    """No script, style or handler stands in the page itself, and the policy forbids them."""
    assert not INLINE.search(response.content)
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def more_of(ticket: Ticket, count: int) -> None:
    """``count`` tickets more, each a minute less urgent than the one before, with clocks like its own."""
    clocks = list(ticket.clocks.all())
    for place in range(1, count + 1):
        later = timedelta(minutes=place)
        copy = Ticket.objects.get(pk=ticket.pk)
        copy.pk, copy.number, copy.submission_key = None, f"VK-{place:06}", f"more-{place}"
        copy.queue_at = ticket.queue_at + later
        copy.save(force_insert=True)
        for clock in clocks:
            clock.pk, clock.ticket = None, copy
        Clock.objects.bulk_create(clocks)


def more_said(ticket: Ticket, author: User, count: int, at: datetime) -> None:
    """``count`` notes more, as rows alone: their seals do not hold."""
    last = ticket.events.order_by("-seq").values_list("seq", flat=True)[0]
    for place in range(1, count + 1):
        note = Message.objects.create(
            ticket=ticket, kind=MessageKind.NOTE, author=author, by_staff=True, text="Odd.", written_at=at
        )
        TicketEvent.objects.create(
            ticket=ticket,
            seq=last + place,
            happened_at=at,
            recorded_at=at,
            kind=Kind.NOTE_ADDED,
            message=note,
            actor=author,
            hash="0",
        )
