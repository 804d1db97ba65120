"""What a ticket has to do with others, each on a page of its own below the ticket's: what is there with a button to
take it away, and a form to add to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.calendar_rows import policy_of
from contracts.models import Contact, User
from contracts.phrasing import moment
from contracts.refusals import Refused
from contracts.verb_forms import show_refusal
from tickets.access import may_speak
from tickets.admin.pages import CHANGE_TICKET, REFUSED, actor_of, for_staff, page
from tickets.admin.relation_forms import (
    CallForm,
    Choices,
    HandingOverForm,
    LinkForm,
    MergeForm,
    SplitForm,
    TagForm,
    WatcherForm,
)
from tickets.admin.ticket import ticket_numbered
from tickets.history import history
from tickets.models import Ticket, TicketEvent, TicketTag
from tickets.models.relations import LinkKind
from tickets.models.ticket import TicketQuerySet
from tickets.related import read_related
from tickets.services import linking, merging, splitting, tagging, watching
from tickets.services.calls import Direction, log_call
from tickets.services.handing_over import hand_over

MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """Which ticket, who asks, when; and the ticket's record."""

    ticket: Ticket
    actor: User
    at: datetime
    events: Sequence[TicketEvent]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.time_zone)

    def given(self) -> dict[str, Any]:
        """What every verb takes."""
        return {"ticket": self.ticket, "actor": self.actor, "at": self.at}


@dataclass(frozen=True, slots=True)
class Row:
    """Something that is there: the key that its button sends, its words, and where it leads."""

    key: str
    label: str
    note: str = ""
    url: str = ""


Sent = Mapping[str, Any] | None
# What was done, in a sentence, and the number of the ticket to go to.
Done = tuple[str, str]


def _nothing(desk: Desk) -> list[Row]:
    return []


@dataclass(frozen=True, slots=True)
class Relation:
    """One page: its noun in the address, its words, and the verbs behind its form and its rows' buttons."""

    noun: str
    title: str
    hint: str
    button: str
    form: Callable[[Desk, Sent], forms.Form]
    do: Callable[[Desk, dict[str, Any]], Done]
    rows: Callable[[Desk], list[Row]] = _nothing
    undo: Callable[[Desk, str], str] | None = None

    @property
    def url_name(self) -> str:
        return f"ticket_{self.noun}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE_TICKET)
def relation(request: HttpRequest, number: str, noun: str) -> HttpResponseBase:
    """The page of one relation of a ticket: shown, added to, or something taken away."""
    known, ticket = RELATIONS[noun], ticket_numbered(number)
    desk = Desk(ticket, actor_of(request), timezone.now(), history(ticket, internal=True))
    removes = known.undo is not None and "remove" in request.POST
    form = known.form(desk, request.POST if request.method == "POST" and not removes else None)
    refusal = ""
    try:
        if removes and known.undo:
            messages.success(request, known.undo(desk, request.POST["remove"]))
            return redirect(f"admin:{known.url_name}", ticket.number)
        if form.is_valid():
            done, to = known.do(desk, form.cleaned_data)
            messages.success(request, done)
            return redirect("admin:ticket", to)
    except Refused as refused:
        if removes:
            refusal = str(refused)
        else:
            show_refusal(form, refused, {})
    context = {"ticket": ticket, "page": known, "rows": known.rows(desk), "form": form, "refusal": refusal}
    status = REFUSED if request.method == "POST" else 200
    return page(request, "relation", f"{known.title} · {number}", context, status=status)


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
    user = User.objects.filter(pk__in=watchers, pk=int(key)).first() if _is_key(key) else None
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


# What they share


def numbered(desk: Desk, number: str, field: str) -> Ticket:
    """The ticket with that number. Raises ``Refused``, at ``field``."""
    found = Ticket.objects.visible_to(desk.actor).filter(number=number.strip().upper()).first()
    if found is None:
        raise Refused(f"There is no ticket {number}. Look its number up.", field=field)
    return found


def _offered(tickets: TicketQuerySet, ticket: Ticket) -> Choices:
    """The newest of ``tickets`` but this one, with their subjects."""
    newest = tickets.exclude(pk=ticket.pk).order_by("-filed_at", "-pk")[:MOST_OFFERED]
    return list(newest.values_list("number", "subject"))


def _is_key(key: str) -> bool:
    return key.isdecimal() and len(key) <= 18


RELATIONS = {
    found.noun: found
    for found in (
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
}
