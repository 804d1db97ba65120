"""The cards of a ticket's clocks: from its events and its contract to what the page shows."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.calendar_rows import policy_of
from contracts.sla.clock import Clock, State
from contracts.sla.explain import explain
from tickets.clocks import clocks_of, terms_of
from tickets.endings import read_ending
from tickets.models import Ticket, TicketEvent
from tickets.presentation import CLOSED, EXCLUDED, ClockCard, card


def cards_of(
    ticket: Ticket, events: Iterable[TicketEvent], *, reader_zone: ZoneInfo, awaited: str, at: datetime
) -> list[ClockCard]:
    """Every clock of ``ticket`` at ``at`` with the sum behind it, those that go on before those that are over.

    ``[]`` while none runs for it.

    ``awaited`` is who must answer while a clock is paused: "you" for the contact.
    """
    terms, version = terms_of(ticket), ticket.policy_version
    if terms is None or version is None:
        return []
    policy, known = policy_of(version), list(events)
    was_closed = read_ending(known).closed_unresolved_at is not None
    return [
        card(
            clock,
            explain(terms, clock, at),
            reader_zone=reader_zone,
            desk_zone=policy.hours.time_zone,
            at=at,
            wording=policy.wording,
            awaited=awaited,
            hours=terms.hours,
            void_because=CLOSED if was_closed else EXCLUDED,
        )
        for clock in sorted(clocks_of(ticket, known, at), key=_is_over)
    ]


def _is_over(clock: Clock) -> bool:
    """Whether nothing is awaited of ``clock`` any more. Who comes to see by when does not come for these."""
    return clock.state in (State.STOPPED, State.VOID)
