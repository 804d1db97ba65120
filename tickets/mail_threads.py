"""Which message that came in by mail the next mails about a ticket answer."""

from tickets.models import Ticket


def answered_id(ticket: Ticket) -> str:
    """The Message-ID, in its angle brackets, of the last message that came in by mail; "" where none did."""
    return ""
