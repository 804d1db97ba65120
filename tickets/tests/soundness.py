"""Whether tickets are whole: what must hold of every one of them, whatever was killed or failed meanwhile."""

from collections import Counter
from collections.abc import Iterable, Iterator

from contracts.models import OutboxMessage
from contracts.outbox.models import OutboxQuerySet
from tickets import clocks, deadlines, facts, record
from tickets.endings import read_ending
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind


def faults_of_all() -> list[str]:
    """Every fault of every ticket, and every row that belongs to none."""
    tickets = Ticket.objects.select_related("policy_version").order_by("pk")
    return [*_strays(), *(fault for ticket in tickets.iterator(500) for fault in faults_of(ticket))]


def faults_of(ticket: Ticket) -> Iterator[str]:
    """What is wrong with one ticket: its chain, its filing, what is said on it, its stored projections."""
    events = list(ticket.events.select_related("message").order_by("seq"))
    for broken in record.verify(ticket, events):
        yield f"{broken.number}, event {broken.seq}: {broken.problem}"
    kinds = Counter(event.kind for event in events)
    if kinds[Kind.FILED] != 1:
        yield f"{ticket.number} was filed {kinds[Kind.FILED]} times"
    receipts = _mails(ticket).filter(key__contains="/filed/").exclude(kind="new_ticket").count()
    if receipts != 1:
        yield f"{ticket.number} has {receipts} receipts"
    if unsaid := ticket.messages.filter(event=None).count():
        yield f"{ticket.number} has {unsaid} messages of which its record does not tell"
    yield from _projections(ticket, events)


def _projections(ticket: Ticket, events: list[TicketEvent]) -> Iterator[str]:
    """What is stored for lists must be what the events add up to."""
    read = facts.read(events)
    told = (read.status, read.severity, read.severity_confirmed, read.assignee_id)
    stored = (ticket.status, ticket.severity, ticket.severity_confirmed, ticket.assignee_id)
    if told != stored:
        yield f"{ticket.number} is stored as {stored}, and its record says {told}"
    found = clocks.clocks_of(ticket, events, ticket.last_event_at)
    rows = set(ticket.clocks.values_list("name", "due_at", "stopped_at"))
    if rows != {(clock.name.value, clock.due_at, clock.stopped_at) for clock in found}:
        yield f"{ticket.number} has other clocks than its record gives"

    silence = deadlines.silence_at(ticket, read.status, read_ending(events))
    if ticket.silence_at != silence:
        yield f"{ticket.number} awaits silence until {ticket.silence_at}, and its record says {silence}"


def _strays() -> Iterable[str]:
    """Mails of tickets that do not exist; the database itself keeps other rows from it."""
    numbers = Ticket.objects.values("number")
    for mail in OutboxMessage.objects.exclude(ticket_number="").exclude(ticket_number__in=numbers):
        yield f"{mail} tells of {mail.ticket_number}, which does not exist"


def _mails(ticket: Ticket) -> OutboxQuerySet:
    return OutboxMessage.objects.filter(ticket_number=ticket.number)
