"""A message that is a request of its own becomes a ticket of its own, submitted when the message was."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime

from contracts.entitlement import entitlement
from contracts.files import Upload
from contracts.models import Contact, User
from contracts.refusals import Refused
from tickets.models import Attachment, Message, Ticket
from tickets.models.event import Kind, TicketEvent
from tickets.models.message import MessageKind
from tickets.models.ticket import Channel
from tickets.services.changing import Change, changing, require_staff, require_text
from tickets.services.filing import Filing, Request, check_codes, filed_before, store


def split_ticket(
    *,
    ticket: Ticket,
    message: Message,
    subject: str,
    severity: str = "",
    request_type: str = "",
    actor: User,
    at: datetime,
) -> Ticket:
    """A new ticket of ``message``, which a person of the customer wrote on ``ticket``, with copies of its files.

    It is theirs, for the same installation, as confidential as ``ticket``, and was submitted when the message was:
    the contract is judged as of then. The message stays where it is. Without ``severity`` or ``request_type`` it has
    those of ``ticket``. Refused for what staff wrote, for what was split off before, and for the request itself, unless
    ``ticket`` was merged: so a merge by mistake is put right.
    """
    require_staff(actor)
    subject = require_text(subject, "a subject")
    with changing(ticket, at) as change:
        event = _event_of(change, message)
        contact = _author(change.ticket, message)
        deployment = change.ticket.deployment
        if deployment is None:
            raise Refused("The ticket names no installation, so nothing can be filed for one.")
        key = f"split-{message.pk}"
        if before := filed_before(contact, key):
            raise Refused(f"This message was split off before: {before.number}.", field="message")
        channel = Channel(change.ticket.channel) if change.ticket.channel != Channel.PHONE else Channel.WEB
        said_at = event.happened_at
        found = entitlement(contact=contact, deployment=deployment, channel=channel.value, at=said_at)
        with ExitStack() as opened:
            request = Request(
                subject=subject,
                text=message.text,
                severity=severity or change.facts.severity,
                request_type=request_type or change.ticket.request_type,
                is_confidential=change.ticket.is_confidential,
                files=list(_copies(message.attachments.all(), opened)),
            )
            filing = Filing(contact, deployment, found, request, key, channel, actor, said_at, change.at)
            if filing.policy:
                check_codes(request, filing.policy)
            new = store(filing)
        change.record(Kind.SPLIT_OFF, actor, ticket=new.pk, number=new.number, event=event.seq)
        with changing(new, change.at) as other:
            other.record(
                Kind.SPLIT_FROM, actor, ticket=change.ticket.pk, number=change.ticket.number, event=event.seq
            )
    return new


def splittable(events: Iterable[TicketEvent]) -> list[TicketEvent]:
    """Those whose message can be split off: of a person of the customer, after the request itself; of a ticket that was
    merged the request, too.
    """
    known = list(events)
    is_merged = any(event.kind == Kind.MERGED_INTO for event in known)
    return [
        event
        for event in known
        if event.message is not None
        and (event.kind != Kind.FILED or is_merged)
        and not event.message.by_staff
        and event.message.kind == MessageKind.REPLY
    ]


def _event_of(change: Change, message: Message) -> TicketEvent:
    for event in splittable(change.events):
        if event.message_id == message.pk:
            return event
    raise Refused("Choose a message that the customer wrote after the request itself.", field="message")


def _author(ticket: Ticket, message: Message) -> Contact:
    known = Contact.objects.select_related("user", "customer")
    found = known.filter(user=message.author_id, customer=ticket.customer_id).first()
    if found is None:
        raise Refused("Who wrote this is no contact of the customer any more.", field="message")
    return found


def _copies(attachments: Iterable[Attachment], opened: ExitStack) -> Iterator[Upload]:
    """The files, to be stored once more: what is removed from one ticket stays on the other."""
    for attachment in attachments:
        yield Upload(attachment.name, opened.enter_context(attachment.file.open("rb")))
