"""Which message that came in by mail the next mails about a ticket answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from tickets.models import IncomingMail, Ticket
from tickets.models.mail import Outcome

_now: ContextVar[str] = ContextVar("answering", default="")


@contextmanager
def answering(header_id: str) -> Iterator[None]:
    """Whatever is told within answers the message with that Message-ID; its row names no ticket yet."""
    token = _now.set(header_id)
    try:
        yield
    finally:
        _now.reset(token)


def answered_id(ticket: Ticket | None) -> str:
    """The Message-ID, in its angle brackets, of the last message that came in by mail; "" where none did.

    Without a ticket, of the message that is being answered.
    """
    if (now := _now.get()) or ticket is None:
        return now
    came = IncomingMail.objects.filter(ticket=ticket).exclude(outcome=Outcome.IGNORED).exclude(header_id="")
    return came.order_by("-received_at", "-pk").values_list("header_id", flat=True).first() or ""
