"""What the contact of a request that came by mail was asked for, and what of it came: a pure reading of the record.

``filed`` names in ``asked_for`` what it lacks (``steps``, ``effect``) or what was guessed (``product``, ``severity``).
A reply that fills it in has ``filled``: by field the fingerprint of what was said, for the product the keys of the
installations after and before, for the severity its code. ``left`` names what staff are to decide.
"""

from collections.abc import Iterable

from tickets.models import TicketEvent
from tickets.models.event import Kind


def still_asked(events: Iterable[TicketEvent]) -> list[str]:
    """What was asked for and has not come, in the order in which it was asked for."""
    asked: list[str] = []
    for event in events:
        if event.kind == Kind.FILED:
            asked = list(event.data.get("asked_for", ()))
        came = {*event.data.get("filled", ()), *event.data.get("left", ())}
        asked = [name for name in asked if name not in came]
    return asked
