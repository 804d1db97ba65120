"""How waiting and ending are told on a ticket's page, on both sides of the desk. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.policy import Policy
from contracts.words import list_in_words
from tickets import deadlines
from tickets.endings import Ending
from tickets.models import Ticket
from tickets.models.ticket import Status
from tickets.presentation import ClockCard
from tickets.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingTold:
    """What a page says of waiting and ending, instants written out; ``""`` where there is nothing to say.

    ``state`` is "waiting", "resolved", "accepted", "closed" or "". ``since`` is its instant, ``who`` whom it waits
    for or who ended it, ``what`` the reason of a closing. ``accepts`` is when silence accepts, ``reopens`` until when
    the ticket can be reopened, ``late`` why it no longer can.
    """

    state: str = ""
    since: str = ""
    who: str = ""
    what: str = ""
    pauses: str = ""
    reminded: str = ""
    closing: str = ""
    is_offered: bool = False
    accepts: str = ""
    reopens: str = ""
    late: str = ""
    is_rated: bool = False
    is_satisfied: bool = False
    words: str = ""

    @property
    def may_reopen(self) -> bool:
        """Whether a reason would open it again."""
        return self.state in ("resolved", "accepted", "closed") and not self.late

    @property
    def may_rate(self) -> bool:
        """Whether the customer may still say how it was."""
        return self.state == "accepted" and not self.is_rated


def tell_ending(
    ticket: Ticket,
    ending: Ending,
    cards: Iterable[ClockCard],
    *,
    policy: Policy | None,
    say: Callable[[datetime], str],
    at: datetime,
) -> EndingTold:
    """What is told at ``at``; ``say`` writes an instant out. Right without a worker: silence is counted here."""
    if ticket.status == Status.WAITING:
        return _waiting(ticket, ending, list(cards), policy, say)
    if ticket.status not in (Status.RESOLVED, Status.CLOSED):
        return EndingTold()
    until = deadlines.reopens_until(ticket, ending)
    late = deadlines.why_not_reopen(ticket, ending, at)
    reopens = say(until) if until else ""
    accepts_at = deadlines.accepts_at(ticket, ending)
    if ending.closed:
        closed = ending.closed
        who, what = str(closed.actor or ""), closed.text
        since = say(closed.happened_at)
        return EndingTold(state="closed", since=since, who=who, what=what, reopens=reopens, late=late)
    if ending.accepted is None and ending.resolution and (accepts_at is None or at < accepts_at):
        since, accepts = say(ending.resolution.happened_at), say(accepts_at) if accepts_at else ""
        return EndingTold(state="resolved", since=since, accepts=accepts, reopens=reopens, late=late)
    accepted, rating = ending.accepted, ending.rating
    accepted_at = accepted.happened_at if accepted else accepts_at
    return EndingTold(
        state="accepted",
        since=say(accepted_at) if accepted_at else "",
        who=str(accepted.actor or "") if accepted else "",
        reopens=reopens,
        late=late,
        is_rated=rating is not None,
        is_satisfied=bool(rating and rating.data.get("satisfied")),
        words=rating.text if rating else "",
    )


def _waiting(
    ticket: Ticket,
    ending: Ending,
    cards: Sequence[ClockCard],
    policy: Policy | None,
    say: Callable[[datetime], str],
) -> EndingTold:
    closing_at = ending.offered_at or deadlines.offers_closing_at(ticket, ending)
    return EndingTold(
        state="waiting",
        since=say(ending.waiting_since) if ending.waiting_since else "",
        who=str(ticket.contact.user),
        pauses=pauses(policy, cards),
        reminded=_reminded(ending, say),
        closing=say(closing_at) if closing_at else "",
        is_offered=ending.offered_at is not None,
    )


def pauses(policy: Policy | None, cards: Sequence[ClockCard]) -> str:
    """Which clocks pause while an answer is awaited, by the policy, and which run on; ``""`` where none is left."""
    paused = [card.name.lower() for card in cards if card.standing is Standing.PAUSED]
    running = [card.name.lower() for card in cards if card.ticking is not None]
    if policy is None or not (paused or running):
        return ""
    if not paused:
        why = "" if policy.paused_while_waiting else ": the policy grants no pause"
        return f"{_clocks(running, 'runs', 'run')} on meanwhile{why}."
    said = f"{_clocks(paused, 'is', 'are')} paused meanwhile, as the policy has it."
    return f"{said} {_clocks(running, 'runs', 'run')} on." if running else said


def _clocks(names: Sequence[str], one: str, several: str) -> str:
    return f"The {list_in_words(names)} clock{'s' if len(names) > 1 else ''} {several if len(names) > 1 else one}"


def _reminded(ending: Ending, say: Callable[[datetime], str]) -> str:
    """How often the contact was reminded, and when last."""
    if not ending.reminders:
        return ""
    count = len(ending.reminders)
    often = {1: "once", 2: "twice"}.get(count, f"{count} times")
    return f"Reminded {often}, {'last ' if count > 1 else ''}{say(ending.reminders[-1].happened_at)}."
