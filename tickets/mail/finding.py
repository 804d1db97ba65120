"""Which tickets a message names, of those that its sender may see, in the order in which they count."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.conf import settings

from contracts.calendar_rows import policy_of
from contracts.entitlement import Reason, channel_refused
from contracts.models import OutboxMessage, User
from contracts.outbox.reply_addresses import read_reply_address
from contracts.outbox.writing import thread_id
from tickets import access, deadlines
from tickets.endings import Ending, read_ending
from tickets.mail.deciding import Candidate, How
from tickets.mail_read import MailRead
from tickets.models import IncomingMail, Ticket, TicketMerge
from tickets.models.ticket import Channel, Status
from tickets.numbers import ALPHABET, LENGTH

MOST_IDS = 60
MOST_NUMBERS = 5
MOST_THREADS = 300
LONGEST_CHAIN = 20


def candidates(read: MailRead, user: User, came_at: datetime) -> list[Candidate]:
    """The tickets that a message of ``user`` names and that they may see; the first is the one that it is about."""
    visible = Ticket.objects.visible_to(user)
    found: list[Candidate] = []
    for how, numbers in _named(read, user):
        for ticket in _in_order(visible.filter(number__in=numbers), numbers):
            lives = _lives_on(ticket, user)
            if lives and lives.pk not in {each.key for each in found}:
                found.append(_candidate(lives, how, user, came_at))
        if found:
            break
    return found


def _named(read: MailRead, user: User) -> Iterator[tuple[How, list[str]]]:
    """The numbers that a message names, by each way; a later way is asked only where none before gave a ticket."""
    yield How.ADDRESS, _addressed(read.recipients)
    ids = list(dict.fromkeys([*read.in_reply_to, *reversed(read.references)]))[:MOST_IDS]
    yield How.REFERENCE, _referred(ids, user) if ids else []
    yield How.NUMBER, _numbered(read.subject)


def _addressed(recipients: Iterable[str]) -> list[str]:
    said = (read_reply_address(address) for address in recipients)
    return list(dict.fromkeys(each[0] for each in said if each))


def _referred(ids: Sequence[str], user: User) -> list[str]:
    """The numbers behind messages of ours and of others, in the order of ``ids``; then behind a whole thread."""
    ours = OutboxMessage.objects.filter(message_id__in=ids).exclude(ticket_number="")
    theirs = IncomingMail.objects.filter(header_id__in=ids, ticket__isnull=False)
    # Whoever writes to us chooses an id, that of another's message too: it then stands for both tickets.
    by_id: dict[str, list[str]] = {}
    for id_, number in [
        *ours.values_list("message_id", "ticket_number"),
        *theirs.order_by("pk").values_list("header_id", "ticket__number"),
    ]:
        by_id.setdefault(id_, []).append(number)
    found = [number for each in ids for number in by_id.get(each, ())]
    if found or not any(each.endswith(f"@{settings.MAIL_DOMAIN}>") for each in ids):
        return list(dict.fromkeys(found))
    recent = Ticket.objects.visible_to(user).order_by("-last_event_at").values_list("number", flat=True)
    return [number for number in recent[:MOST_THREADS] if thread_id(number) in ids]


def _numbered(subject: str) -> list[str]:
    shape = rf"(?<![A-Z0-9]){re.escape(settings.TICKET_PREFIX)}-([{ALPHABET}]{{{LENGTH}}})(?![A-Z0-9])"
    found = re.findall(shape, subject, re.IGNORECASE)[:MOST_NUMBERS]
    return list(dict.fromkeys(f"{settings.TICKET_PREFIX}-{each.upper()}" for each in found))


def _in_order(tickets: Iterable[Ticket], numbers: Sequence[str]) -> list[Ticket]:
    return sorted(tickets, key=lambda ticket: numbers.index(ticket.number))


def _lives_on(ticket: Ticket, user: User) -> Ticket | None:
    """The ticket itself, or the one that it was merged into in the end; ``None`` where ``user`` may not see that."""
    key = ticket.pk
    for _ in range(LONGEST_CHAIN):
        if (
            survivor := TicketMerge.objects.filter(ticket=key).values_list("survivor", flat=True).first()
        ) is None:
            break
        key = survivor
    visible = Ticket.objects.visible_to(user).select_related("policy_version", "contact")
    return visible.filter(pk=key).first()


def _candidate(ticket: Ticket, how: How, user: User, came_at: datetime) -> Candidate:
    refusal = access.refusal_to_write(ticket, user) or _channel(ticket)
    ending = read_ending(ticket.events.order_by("seq"))
    status = _status(ticket, ending, came_at)
    is_over = status in (Status.RESOLVED, Status.CLOSED)
    return Candidate(
        key=ticket.pk,
        number=ticket.number,
        how=how,
        status=status,
        refusal=refusal.code if refusal else "",
        why=refusal.text if refusal else "",
        reopens=is_over and not deadlines.why_not_reopen(ticket, ending, came_at),
        resolved_before=ending.resolution is not None and ending.resolution.happened_at <= came_at,
    )


def _status(ticket: Ticket, ending: Ending, came_at: datetime) -> str:
    """The ticket's status; closed where silence had accepted the resolution when the message came, noted or not."""
    accepts_at = deadlines.accepts_at(ticket, ending)
    is_silent = accepts_at is not None and accepts_at <= came_at
    return Status.CLOSED if ticket.status == Status.RESOLVED and is_silent else ticket.status


def _channel(ticket: Ticket) -> Reason | None:
    """Why its contract does not provide support by email, if it does not."""
    if ticket.policy_version is None:
        return None
    policy = policy_of(ticket.policy_version)
    return channel_refused(policy=policy, tier=ticket.tier, channel=Channel.EMAIL.value)
