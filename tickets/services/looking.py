"""Looking at tickets one after the other, as the recurring jobs do: each under change, in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from tickets.models import Ticket
from tickets.services.changing import Change, changing

log = logging.getLogger(__name__)


def look_at_each(keys: Iterable[int], look: Callable[[Change], object], *, at: datetime) -> int:
    """``look`` at each ticket with one of ``keys``, once, in their order; at how many it could be looked.

    One that fails is logged and does not stop the others: it may be the first of every run.
    """
    done = 0
    for pk in dict.fromkeys(keys):
        try:
            with changing(Ticket(pk=pk), at) as change:
                look(change)
        except Exception:
            log.exception("ticket %s could not be looked at", pk)
        else:
            done += 1
    return done


def nothing_more(_: Change) -> None:
    """Entering a change accepts what silence has accepted; leaving it records misses, escalates, and counts anew."""
