"""Merging, splitting and linking tickets, as pages below a ticket's."""

from typing import Any

from django import forms
from django.urls import reverse

from contracts.calendar_rows import policy_of
from contracts.phrasing import moment
from tickets.admin.relation_forms import (
    Choices,
    LinkForm,
    MergeForm,
    SplitForm,
)
from tickets.admin.relation_kinds import Desk, Done, Relation, Row, Sent, numbered
from tickets.models import Ticket, TicketEvent
from tickets.models.relations import LinkKind
from tickets.models.ticket import TicketQuerySet
from tickets.related import read_related
from tickets.services import linking, merging, splitting

MOST_OFFERED = 50


# Merge


def _merge_form(desk: Desk, sent: Sent) -> forms.Form:
    others = Ticket.objects.unfinished().filter(customer=desk.ticket.customer_id)
    return MergeForm(sent, suggestions=_offered(others, desk.ticket))


def _merge(desk: Desk, typed: dict[str, Any]) -> Done:
    into = numbered(desk, typed["into"], "into")
    merging.merge_tickets(into=into, reason=typed["reason"], shares=typed["shares"], **desk.given())
    gone = desk.ticket.number
    return f"{gone} lives on in {into.number}. Its contact is told, and its clocks run on.", into.number


# Split


def _split_form(desk: Desk, sent: Sent) -> forms.Form:
    policy = policy_of(desk.ticket.policy_version) if desk.ticket.policy_version else None
    said = [
        (str(event.message_id), f"{moment(event.happened_at, desk.zone, now=desk.at)}: {_begin(event)}")
        for event in splitting.splittable(desk.events)
    ]
    return SplitForm(sent, messages=said, policy=policy, ticket=desk.ticket)


def _split(desk: Desk, typed: dict[str, Any]) -> Done:
    message = desk.ticket.messages.get(pk=typed["message"])
    new = splitting.split_ticket(
        message=message,
        subject=typed["subject"],
        severity=typed.get("severity", ""),
        request_type=typed.get("request_type", ""),
        **desk.given(),
    )
    return f"The message is the ticket {new.number} now, submitted when it was written.", new.number


def _begin(event: TicketEvent) -> str:
    text = " ".join(event.message.text.split()) if event.message else ""
    return text if len(text) <= 80 else f"{text[:79]}…"


# Links


def _link_form(desk: Desk, sent: Sent) -> forms.Form:
    others = Ticket.objects.unfinished().filter(product=desk.ticket.product_id)
    return LinkForm(sent, suggestions=_offered(others, desk.ticket))


def _link(desk: Desk, typed: dict[str, Any]) -> Done:
    other = numbered(desk, typed["other"], "other")
    linking.link_tickets(other=other, kind=LinkKind(typed["kind"]), **desk.given())
    return f"The ticket is linked to {other.number}. Only staff see it.", desk.ticket.number


def _links(desk: Desk) -> list[Row]:
    return [
        Row(
            each.number, each.number, f"This ticket {each.words}", reverse("admin:ticket", args=[each.number])
        )
        for each in read_related(desk.events).links
    ]


def _unlink(desk: Desk, key: str) -> str:
    linking.unlink_tickets(other=numbered(desk, key, ""), **desk.given())
    return "The link is taken away on both tickets."


def _offered(tickets: TicketQuerySet, ticket: Ticket) -> Choices:
    """The newest of ``tickets`` but this one, with their subjects."""
    newest = tickets.exclude(pk=ticket.pk).order_by("-filed_at", "-pk")[:MOST_OFFERED]
    return list(newest.values_list("number", "subject"))


OF_TICKETS = (
    Relation(
        "merging",
        "Merge",
        "Both histories stay. The contact of this ticket is told and goes on in the other one; the clocks of this"
        " ticket run until that one is resolved. It is not taken back: after a mistake, split the request off.",
        "Merge it",
        _merge_form,
        _merge,
    ),
    Relation(
        "splitting",
        "Split",
        "A message that asks for something else becomes a ticket of its own, submitted when it was written. Its"
        " clocks count from then. Of a ticket that was merged by mistake, the request itself does.",
        "Split it off",
        _split_form,
        _split,
    ),
    Relation(
        "links",
        "Links",
        "No customer sees a link.",
        "Link the ticket",
        _link_form,
        _link,
        _links,
        _unlink,
    ),
)
