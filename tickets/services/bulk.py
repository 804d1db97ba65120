"""One verb on many tickets, each in its own transaction: what can be done is done, the rest is told with its reason."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from contracts.models import User
from contracts.refusals import Refused
from tickets.models import Ticket
from tickets.news import news_since

MOST = 100
NOT_ANSWERED = "The database did not answer, and nothing was done here. Try it again."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ticket that was ticked, and the last event that the reader had before them; ``None`` if that is not known."""

    number: str
    seen: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it on one ticket: ``refusal`` is ``""`` where it was done; ``ticket`` is ``None`` for none."""

    number: str
    ticket: Ticket | None
    refusal: str = ""

    @property
    def is_done(self) -> bool:
        return not self.refusal


Verb = Callable[[Ticket], object]


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said to each, and by whom. ``is_public`` is set where the customer reads it."""

    actor: User
    text: str
    is_public: bool


def do_to_each(*, chosen: Sequence[Chosen], verb: Verb, saying: Saying | None = None) -> list[Outcome]:
    """Do ``verb`` on each ticket once, in the order given.

    With ``saying`` the same words are not said twice since a ticket was seen; and in public, a ticket where
    something was said since then is refused, so that nobody answers unread.
    Raises ``Refused`` for none and for more than ``MOST``; nothing is done then.
    """
    once = list({each.number: each for each in chosen}.values())
    if not once:
        raise Refused("Tick the tickets first.")
    if len(once) > MOST:
        raise Refused(f"Tick {MOST} tickets at most; these are {len(once)}. Nothing was done.")
    numbers = [each.number for each in once]
    known = {ticket.number: ticket for ticket in Ticket.objects.filter(number__in=numbers).order_by()}
    return [_do(each, known.get(each.number), verb, saying) for each in once]


def _do(chosen: Chosen, ticket: Ticket | None, verb: Verb, saying: Saying | None) -> Outcome:
    if ticket is None:
        return Outcome(chosen.number, None, "There is no such ticket.")
    try:
        with transaction.atomic():
            if saying is None or not _said_already(ticket, chosen.seen, saying):
                verb(ticket)
    except Refused as refused:
        return Outcome(chosen.number, ticket, str(refused))
    except DatabaseError:
        log.exception("a verb on many tickets failed on %s", chosen.number)
        return Outcome(chosen.number, ticket, NOT_ANSWERED)
    return Outcome(chosen.number, ticket)


def _said_already(ticket: Ticket, seen: int | None, saying: Saying) -> bool:
    """Whether the same form was sent before. The ticket is locked: nothing can be said between this look and the verb.

    Raises ``Refused`` where something else was said since it was seen.
    """
    if seen is None:
        raise Refused("What you had read of it is not known. Open the queue again and tick it there.")
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    later = list(locked.events.filter(seq__gt=seen).select_related("message").order_by("seq"))
    own = [event.message for event in later if event.actor_id == saying.actor.pk and event.message]
    if any(message.text == saying.text.strip() for message in own):
        return True
    if saying.is_public and (news := news_since(later, seen, actor=saying.actor)):
        what = news[-1].get_kind_display()
        raise Refused(f"Something happened since you looked: “{what}”. Read it before you write.")
    return False
