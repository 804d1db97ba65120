"""What was removed from a ticket, read from its record: a pure reading of the ``redacted`` events.

Their ``data``: ``what`` is ``text``, ``file`` or a field of the ticket; ``messages`` and ``texts`` are the ``seq`` of
the events whose message or reason it was; ``file``, ``sha256`` and ``size`` tell of a file, ``event`` of where it came;
``fingerprint`` is that of what stood there, ``replacement_fingerprint`` of what stands there instead, if anything does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickets.models import TicketEvent
from tickets.models.event import Kind

# What a contact typed into the form beside the message, as the ticket has it.
FIELDS = ("subject", "steps", "effect", "environment")
# A ticket must be called something.
NAMELESS = "(removed)"


@dataclass(slots=True)
class Redactions:
    """The last redaction of each message and reason (by its event's ``seq``), file (by key) and field (by name)."""

    messages: dict[int, TicketEvent] = field(default_factory=dict)
    texts: dict[int, TicketEvent] = field(default_factory=dict)
    files: dict[int, TicketEvent] = field(default_factory=dict)
    fields: dict[str, TicketEvent] = field(default_factory=dict)


def read_redactions(events: Iterable[TicketEvent]) -> Redactions:
    """The redactions of ``events``, which are in the order of their ``seq``."""
    found = Redactions()
    for event in events:
        if event.kind == Kind.REDACTED:
            _take_in(found, event)
    return found


def _take_in(found: Redactions, event: TicketEvent) -> None:
    match event.data.get("what"):
        case "text":
            found.messages |= dict.fromkeys(event.data["messages"], event)
            found.texts |= dict.fromkeys(event.data["texts"], event)
        case "file":
            found.files[event.data["file"]] = event
        case str(name) if name in FIELDS:
            found.fields[name] = event


def concerned(event: TicketEvent) -> set[int]:
    """The ``seq`` of the events that a redaction is about; ``set()`` where it is about a field of the ticket."""
    data = event.data
    return {*data.get("messages", ()), *data.get("texts", ()), *filter(None, [data.get("event")])}
