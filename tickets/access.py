"""Who may do what with a ticket. What a person may see at all is ``visible_to``, on the querysets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from contracts.access import deployments_visible_to, products_under
from contracts.calendar_rows import policy_of
from contracts.entitlement import Reason
from contracts.models import Contact, Customer, Deployment, Outage, Release, User
from contracts.upkeep_places import outage_path
from tickets.facts import Facts, read
from tickets.fixes import read_fix
from tickets.models import EnhancementRequest, KnownProblem, Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.models.ticket import UNFINISHED, Status, TicketQuerySet

PAGE = (
    "customer",
    "contact__user",
    "contract",
    "policy_version",
    "product",
    "deployment",
    "assignee",
    "team",
)
# Of what is joined, the page of a ticket needs no more than this.
JOINED = (
    "customer__name",
    "contact__is_named",
    "contact__user__name",
    "contact__user__email",
    "contact__user__is_active",
    "contract__order_reference",
    "policy_version__slug",
    "policy_version__title",
    "policy_version__effective_from",
    "policy_version__text",
    "policy_version__calendar_revision",
    "policy_version__holidays_until",
    "product__name",
    "product__slug",
    "deployment__name",
    "deployment__product_id",
    "assignee__name",
    "assignee__email",
    "assignee__is_active",
    "assignee__is_staff",
    "team__name",
)
NO_TICKET = "There is no such ticket."
OWN = tuple(field.name for field in Ticket._meta.concrete_fields)


def with_names(tickets: TicketQuerySet) -> TicketQuerySet:
    """``tickets`` with all that the page of one names, in one query."""
    return tickets.select_related(*PAGE).only(*OWN, *JOINED)


def get_ticket_for(user: User, number: str) -> Ticket:
    """The ticket with what its page names. Raises ``Http404`` where ``user`` may not see it, or it is not.

    ``number`` may be anything that somebody typed.
    """
    try:
        if not number.replace("-", "").isalnum():  # a NUL, for one, which PostgreSQL refuses to look for
            raise Ticket.DoesNotExist
        return with_names(Ticket.objects.visible_to(user)).get(number=number)
    except Ticket.DoesNotExist:
        raise Http404("There is no such ticket.") from None


def deployments_to_file_for(user: User) -> QuerySet[Deployment]:
    """The installations for which ``user`` can file a request: their own customers', by name."""
    visible = deployments_visible_to(user).filter(customer__contacts__user=user)
    return visible.select_related("product", "customer").order_by("customer__name", "product__name", "name")


def get_enhancement_for(user: User, pk: int, at: datetime) -> EnhancementRequest:
    """The request for enhancement. Raises ``Http404`` where ``user`` may not see it at ``at``, or it is not."""
    visible = EnhancementRequest.objects.visible_to(user, at)
    found = visible.select_related("product", "release", "ticket").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such request.")
    return found


def customers_with(user: User, product_id: int, at: datetime) -> list[Customer]:
    """The user's own customers that have the product under a contract in force at ``at``, by name."""
    contacts = Contact.objects.filter(user=user).select_related("customer").order_by("customer__name")
    return [
        contact.customer
        for contact in contacts
        if product_id
        in products_under(contact.customer.contracts.select_related("policy_version").order_by(), at)
    ]


@dataclass(frozen=True, slots=True)
class LinkedOutage:
    """An outage behind a ticket, and where everybody reads of it."""

    outage: Outage

    @property
    def path(self) -> str:
        return outage_path(self.outage)


def outages_behind(facts: Facts, user: User) -> list[LinkedOutage]:
    """The outages that a ticket is linked to and that ``user`` may see, the earliest first; none withdrawn.

    No query where there is no link.
    """
    if not facts.outages:
        return []
    known = (
        Outage.objects.visible_to(user).standing().filter(pk__in=facts.outages).order_by("started_at", "pk")
    )
    return [LinkedOutage(outage) for outage in known]


@dataclass(frozen=True, slots=True)
class NamedFix:
    """The release that a ticket is marked as fixed in, and whether it is out."""

    release: Release
    is_out: bool


def fix_behind(events: Sequence[TicketEvent], at: datetime) -> NamedFix | None:
    """The release that a ticket with these events is fixed in, or was; no query where none is named.

    One that is out and after which the ticket was reopened did not fix it: ``None``.
    """
    if (fix := read_fix(events)) is None:
        return None
    release = Release.objects.select_related("product").get(pk=fix.release)
    if release.published_at is not None and not fix.awaits(release.published_at):
        return None
    return NamedFix(release, release.is_published(at))


def problems_behind(facts: Facts) -> list[KnownProblem]:
    """The known problems that a ticket is linked to, the earliest first; who sees the ticket may read of them.

    No query where there is no link.
    """
    if not facts.problems:
        return []
    return list(KnownProblem.objects.filter(pk__in=facts.problems).order_by("opened_at", "pk"))


def merged_into(facts: Facts) -> list[Ticket]:
    """The tickets that live on in the one with these facts. No query where there is none."""
    if not facts.merged_from:
        return []
    return list(Ticket.objects.filter(pk__in=facts.merged_from).only("number", "next_due_at").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer was asked on a ticket before it was merged, and has not answered."""

    number: str
    since: datetime
    text: str


def asked_before_merging(facts: Facts, user: User) -> list[Asked]:
    """What is awaited still on the tickets that were merged into the one with these facts, as far as ``user`` may see
    them. No query where there is none, or the ticket is finished.
    """
    if not facts.merged_from or facts.status not in UNFINISHED:
        return []
    kinds = (Kind.WAITING_ON_CUSTOMER, Kind.CUSTOMER_REPLIED)
    asked = TicketEvent.objects.filter(ticket__in=facts.merged_from, kind__in=kinds).order_by("ticket", "seq")
    events: dict[int, list[TicketEvent]] = {}
    for event in asked.only("ticket", "seq", "kind", "happened_at", "data", "text"):
        events.setdefault(event.ticket_id, []).append(event)
    waiting = {pk: found for pk, own in events.items() if (found := read(own)).waiting_since}
    seen = Ticket.objects.visible_to(user).filter(pk__in=waiting).order_by("pk") if waiting else ()
    return [
        Asked(ticket.number, since, waiting[ticket.pk].waiting_for)
        for ticket in seen
        if (since := waiting[ticket.pk].waiting_since) is not None
    ]


def lives_on_in(facts: Facts, user: User) -> str:
    """The number of the ticket that this one was merged into; ``""`` for none, and for one that ``user`` may not see.

    No query where it was not merged.
    """
    if not facts.merged_into:
        return ""
    known = Ticket.objects.visible_to(user).filter(number=facts.merged_into)
    return facts.merged_into if known.exists() else ""


def why_not_reply(ticket: Ticket, user: User) -> str:
    """Why ``user`` may not write on ``ticket``; ``""`` if they may. For those who may not see it, that."""
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return NO_TICKET
    return why_not_write(ticket, user)


def why_not_write(ticket: Ticket, user: User) -> str:
    """Why ``user``, who may see ``ticket``, may not write on it; ``""`` if they may (AT3)."""
    refusal = refusal_to_write(ticket, user)
    return refusal.text if refusal else ""


def refusal_to_write(ticket: Ticket, user: User) -> Reason | None:
    """The same with its code: ``merged``, ``not_of_customer``, ``not_named``; ``None`` if they may."""
    if ticket.status == Status.MERGED:
        return Reason("merged", "This ticket was merged and lives on in another one. Write there.")
    return _refusal_to_speak(ticket, user)


def why_not_speak(ticket: Ticket, user: User) -> str:
    """Why ``user``, who may see ``ticket``, may not deal with support about it; ``""`` if they may. As for writing, but
    where it was merged, its judgement and its consultations are its own still.
    """
    refusal = _refusal_to_speak(ticket, user)
    return refusal.text if refusal else ""


def why_not_speak_there(ticket: Ticket, user: User) -> str:
    """The same of whoever it is: for those who may not see the ticket, that."""
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return NO_TICKET
    return why_not_speak(ticket, user)


def _refusal_to_speak(ticket: Ticket, user: User) -> Reason | None:
    contact = _contact_of(ticket, user)
    if contact is None:
        return Reason("not_of_customer", "Only people of the customer can reply here.")
    if may_speak(ticket, contact):
        return None
    return Reason(
        "not_named",
        "Under your support policy only named contacts may write to support. "
        "Ask one of your named contacts to reply, or your administrator to have you named.",
    )


def may_speak(ticket: Ticket, contact: Contact) -> bool:
    """Whether the policy lets ``contact``, of the ticket's customer, deal with support about it (AT3)."""
    if ticket.policy_version is None or ticket.is_inquiry:
        return True
    return contact.is_named or not policy_of(ticket.policy_version).contacts.only_named_contacts


def why_contact_cannot_answer(ticket: Ticket) -> str:
    """Why the contact of ``ticket`` can answer it no more, as staff read it; ``""`` while they can. No query."""
    name = ticket.contact.user
    if ticket.is_inquiry:  # who inquires answers by mail alone
        return ""
    if not name.is_active:
        return f"The access of {name} has been ended: no mail reaches them, and they cannot answer here."
    if not may_speak(ticket, ticket.contact):
        return f"{name} is no named contact, and the policy lets only named contacts write to support."
    return ""


def _contact_of(ticket: Ticket, user: User) -> Contact | None:
    """``user`` as a person of the ticket's customer; who filed it has come with the ticket."""
    if ticket.contact.user_id == user.pk:
        return ticket.contact
    return Contact.objects.filter(user=user, customer=ticket.customer_id).order_by().first()
