"""Watchers, the contact, tags and calls of a ticket, as pages below it."""

from typing import Any

from django import forms
from django.db.models import Q

from contracts.keys import row_in
from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets.access import may_speak
from tickets.admin.relation_forms import (
    CallForm,
    HandingOverForm,
    TagForm,
    WatcherForm,
)
from tickets.admin.relation_kinds import Desk, Done, Relation, Row, Sent
from tickets.models import TicketTag
from tickets.related import read_related
from tickets.services import tagging, watching
from tickets.services.calls import Direction, log_call
from tickets.services.handing_over import hand_over

# Watchers


def _people(desk: Desk) -> dict[str, User]:
    """Who may be made a watcher: staff, and those of the customer who see the ticket."""
    ticket, watching_now = desk.ticket, read_related(desk.events).watchers
    of_customer = Contact.objects.filter(customer=ticket.customer_id)
    shares = ticket.contract is not None and ticket.contract.colleagues_see_tickets
    if ticket.is_confidential or not shares:
        shared = [] if ticket.is_confidential else ticket.shares.values("contact")
        of_customer = of_customer.filter(Q(pk=ticket.contact_id) | Q(pk__in=shared))
    people = User.objects.filter(Q(is_staff=True) | Q(pk__in=of_customer.values("user")), is_active=True)
    return {
        str(user.pk): user
        for user in people.order_by("-is_staff", "name", "pk")
        if user.pk not in watching_now and user.pk != ticket.contact.user_id
    }


def _watcher_form(desk: Desk, sent: Sent) -> forms.Form:
    people = _people(desk)
    return WatcherForm(sent, people=[(key, _called(user, desk)) for key, user in people.items()])


def _called(user: User, desk: Desk) -> str:
    if user.pk == desk.actor.pk:
        return f"{user} (me)"
    return str(user) if user.is_staff else f"{user}, {desk.ticket.customer}"


def _watch(desk: Desk, typed: dict[str, Any]) -> Done:
    user = _people(desk)[typed["person"]]
    watching.add_watcher(user=user, **desk.given())
    return f"{user} gets the mails about this ticket from now on.", desk.ticket.number


def _watchers(desk: Desk) -> list[Row]:
    return [Row(str(pk), name) for pk, name in read_related(desk.events).watchers.items()]


def _unwatch(desk: Desk, key: str) -> str:
    watchers = read_related(desk.events).watchers
    user = row_in(User.objects.filter(pk__in=watchers), key)
    if user is None:
        raise Refused("Choose one of the watchers.")
    watching.remove_watcher(user=user, **desk.given())
    return f"{user} gets no more mails as a watcher."


# Tags


def _tag_form(desk: Desk, sent: Sent) -> forms.Form:
    names = TicketTag.objects.order_by("name").values_list("name", flat=True).distinct()
    return TagForm(sent, suggestions=[(name, "") for name in names[:500]])


def _tag(desk: Desk, typed: dict[str, Any]) -> Done:
    tagging.tag_ticket(tag=typed["tag"], **desk.given())
    return "The ticket is tagged.", desk.ticket.number


def _tags(desk: Desk) -> list[Row]:
    return [Row(name, name) for name in read_related(desk.events).tags]


def _untag(desk: Desk, key: str) -> str:
    tagging.untag_ticket(tag=key, **desk.given())
    return "The tag is taken away."


# Handing over


def _handing_over_form(desk: Desk, sent: Sent) -> forms.Form:
    """Those first who may deal with support."""
    others = [each for each in _contacts(desk) if each.pk != desk.ticket.contact_id]
    others.sort(key=lambda each: (not may_speak(desk.ticket, each), each.user.name))
    form = HandingOverForm(sent, people=[(str(each.pk), _as_contact(desk, each)) for each in others])
    if not others:
        nobody = (
            f"Nobody else of {desk.ticket.customer} can sign in. Add a contact of theirs first (Contacts)."
        )
        form.fields["contact"].help_text = nobody
    return form


def _as_contact(desk: Desk, contact: Contact) -> str:
    return str(contact.user) if may_speak(desk.ticket, contact) else f"{contact.user}, no named contact"


def _hand_over(desk: Desk, typed: dict[str, Any]) -> Done:
    contact = next(each for each in _contacts(desk) if str(each.pk) == typed["contact"])
    hand_over(contact=contact, reason=typed["reason"], **desk.given())
    return f"{contact.user} is the contact of this ticket from now on. Both are told.", desk.ticket.number


# Calls


def _contacts(desk: Desk) -> list[Contact]:
    known = Contact.objects.active().filter(customer=desk.ticket.customer_id).select_related("user")
    return sorted(known, key=lambda each: (each.pk != desk.ticket.contact_id, each.user.name))


def _call_form(desk: Desk, sent: Sent) -> forms.Form:
    return CallForm(sent, contacts=_contacts(desk), zone=desk.zone, initial={"seen": desk.ticket.seq})


def _call(desk: Desk, typed: dict[str, Any]) -> Done:
    contact = next(each for each in _contacts(desk) if str(each.pk) == typed["contact"])
    log_call(
        contact=contact,
        direction=Direction(typed["direction"]),
        text=typed["text"],
        public=typed["public"],
        answers=typed["answers"],
        called_at=typed["called_at"],
        seen=typed["seen"],
        **desk.given(),
    )
    return "The call is entered.", desk.ticket.number


BESIDE_IT = (
    Relation(
        "watchers",
        "Watchers",
        "Who watches a ticket gets the mails about it, while they may see it.",
        "Add the watcher",
        _watcher_form,
        _watch,
        _watchers,
        _unwatch,
    ),
    Relation(
        "contact",
        "Hand over to another contact",
        "They see the ticket, are told of it, answer and accept. No clock changes. For a contact who has left, or"
        " may not deal with support any more.",
        "Hand it over",
        _handing_over_form,
        _hand_over,
    ),
    Relation("tags", "Tags", "No customer sees a tag.", "Tag it", _tag_form, _tag, _tags, _untag),
    Relation(
        "calls",
        "Log a call",
        "If the customer’s answer is awaited, a call of theirs is the answer, from the time of the call.",
        "Log the call",
        _call_form,
        _call,
    ),
)
