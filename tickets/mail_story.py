"""What was sent about a ticket to whom, and what became of it: read from the outbox, in one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower

from contracts.models import BouncedAddress, OutboxMessage
from contracts.outbox.kinds import in_words
from contracts.outbox.models import DeliveryStatus
from tickets.models.ticket import Ticket, TicketQuerySet

OUTCOMES = {
    DeliveryStatus.SENT: ("kept", "sent", ""),
    DeliveryStatus.QUEUED: ("open", "waiting", "to be sent"),
    DeliveryStatus.GIVEN_UP: ("missed", "given up", ""),
    DeliveryStatus.BOUNCED: ("missed", "not sent", ""),
    DeliveryStatus.IN_DIGEST: ("open", "waiting", "for the digest of"),
    DeliveryStatus.UNWANTED: ("stopped", "turned off", "by the reader"),
}
# So many, the latest first; a page says where there are more.
MOST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail: ``state`` is a word of the style sheet, ``outcome`` a few words for people, ``detail`` the reason.

    ``when`` is the instant that belongs to the outcome, with ``then`` before it: the sending, the next attempt, the
    digest. ``bounced_at`` is set where mail to the address bounced since this one was written.
    """

    pk: int
    kind: str
    to: str
    name: str
    written_at: datetime
    state: str
    outcome: str
    then: str = ""
    when: datetime | None = None
    detail: str = ""
    bounced_at: datetime | None = None


def with_bounce(tickets: TicketQuerySet) -> TicketQuerySet:
    """``tickets``, each with ``bounced_at``: when mail to its contact last bounced; ``None`` where it does not."""
    bounces = BouncedAddress.objects.standing().filter(address=OuterRef("contact__user__email"))
    return tickets.annotate(bounced_at=Subquery(bounces.values("last_at")[:1]))


def mails_about(ticket: Ticket) -> list[Sent]:
    """The mails about ``ticket``, the latest first, at most ``MOST``."""
    bounces = BouncedAddress.objects.standing().filter(address=OuterRef("address"))
    rows = (
        OutboxMessage.objects.filter(ticket_number=ticket.number)
        .annotate(address=Lower("to"))
        .annotate(bounced_at=Subquery(bounces.values("last_at")[:1]))
        .select_related("user", "digest")
        .defer("text", "html", "data", "digest__text", "digest__html", "digest__data")
        .order_by("-pk")
    )
    return [_told(row) for row in rows[:MOST]]


def _told(row: OutboxMessage) -> Sent:
    state, outcome, then, when, detail = _outcome(row)
    bounced_at: datetime | None = row.bounced_at  # type: ignore[attr-defined] # of the query
    return Sent(
        pk=row.pk,
        kind=in_words(row.kind),
        to=row.to,
        name=str(row.user) if row.user else "",
        written_at=row.created_at,
        state=state,
        outcome=outcome,
        then=then,
        when=when,
        detail=detail,
        bounced_at=bounced_at if bounced_at and bounced_at >= row.created_at else None,
    )


def _outcome(row: OutboxMessage) -> tuple[str, str, str, datetime | None, str]:
    """The state, the outcome, its instant with the words before it, and the reason."""
    if row.status == DeliveryStatus.DIGESTED and row.digest and row.digest.status != row.status:
        state, outcome, then, when, detail = _outcome(row.digest)
        return state, outcome, f"in a digest {then}".strip(), when, detail
    if row.status == DeliveryStatus.QUEUED and row.attempts:
        return "due-soon", f"failed {_times(row.attempts)}", "next attempt", row.not_before, row.last_error
    status = DeliveryStatus(row.status)
    state, outcome, then = OUTCOMES.get(status, ("stopped", row.get_status_display(), ""))
    instants = {DeliveryStatus.SENT: row.sent_at, DeliveryStatus.IN_DIGEST: row.not_before}
    return state, outcome, then, instants.get(status), row.last_error


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
