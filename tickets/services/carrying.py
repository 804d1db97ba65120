"""What of a survivor's life is the life of a ticket that was merged into it, too: its clocks run until the
survivor is resolved. Pure: events in, what to record out.

What is done for the problem is done for both: acknowledged, begun, answered, worked around, resolved, closed,
reopened; and what fixes its date. What takes time off a clock is not carried: while the survivor waits for its
customer, or stands under an exclusion, the merged ticket's clocks run on, unless the survivor ends so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.models import User
from tickets import facts
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind

CARRIED = {
    Kind.ACKNOWLEDGED,
    Kind.WORK_STARTED,
    Kind.PUBLIC_REPLY,
    Kind.WORKAROUND_PROVIDED,
    Kind.RESOLVED,
    Kind.REOPENED,
    Kind.CLOSED,
    Kind.CUSTOMER_REPLIED,
    Kind.CUSTOMER_MESSAGE,
    Kind.RELEASE_PLANNED,
    Kind.AGREED,
    Kind.DECLINED,
    Kind.REINSTATED,
}
# What the clocks read of an event; the rest of its data tells of the survivor.
READ = ("due_at", "promise", "release")


def is_carried(event: TicketEvent) -> bool:
    """Whether an event of a survivor is one of what was merged into it, too; what was carried is not carried on."""
    return event.kind in CARRIED and "carried" not in event.data


@dataclass(frozen=True, slots=True)
class Carried:
    """An event to be recorded on a merged ticket; ``data`` names the survivor and its event."""

    kind: Kind
    actor: User | None
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def carried(
    survivor: Ticket, news: Sequence[TicketEvent], merged: Ticket, events: Sequence[TicketEvent]
) -> Iterator[Carried]:
    """What is to be recorded on ``merged``, whose record ``events`` is, after ``news`` of its survivor."""
    merged_at = max(event.happened_at for event in events if event.kind == Kind.MERGED_INTO)
    for event in news:
        kind = _kind(event, survivor, merged, events)
        if kind is None:
            continue
        data = {key: event.data[key] for key in READ if key in event.data}
        if kind is Kind.EXCLUDED:
            data["clause"] = event.data.get("clause", "")
        source = {"ticket": survivor.pk, "number": survivor.number, "seq": event.seq}
        at = max(event.happened_at, merged_at)
        yield Carried(kind, event.actor, at, {**data, "carried": source})


def _kind(event: TicketEvent, survivor: Ticket, merged: Ticket, events: Sequence[TicketEvent]) -> Kind | None:
    """As what an event of the survivor is recorded on the merged ticket; ``None``: not at all."""
    kind, read = Kind(event.kind), facts.read(events)
    same_product = survivor.product_id == merged.product_id
    agreed = any(own.kind == Kind.AGREED and "carried" not in own.data for own in events)
    rules: dict[Kind, Kind | None] = {
        Kind.ACKNOWLEDGED: None if read.acknowledged_at else kind,
        Kind.WORK_STARTED: None if read.work_started_at else kind,
        Kind.RESOLVED: None if read.resolved_at else kind,
        Kind.REOPENED: kind if read.resolved_at or read.closed_at else None,
        # Resolved before, it owes nothing; else what it owed ends with the survivor.
        Kind.CLOSED: None if read.resolved_at or read.closed_at else kind,
        # A question that staff took back was the survivor's own.
        Kind.CUSTOMER_REPLIED: kind if read.waiting_since and "taken_back" not in event.data else None,
        Kind.CUSTOMER_MESSAGE: Kind.CUSTOMER_REPLIED if read.waiting_since else None,
        Kind.RELEASE_PLANNED: kind if same_product else None,
        Kind.AGREED: None if agreed else kind,
        Kind.DECLINED: None if read.excluded else Kind.EXCLUDED,
        # Only what was declined with it: an exclusion of its own is judged on its own.
        Kind.REINSTATED: kind if read.judged_in else None,
    }
    return rules.get(kind, kind)
