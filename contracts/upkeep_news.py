"""Who is told what of windows and outages: the one place where a fact becomes an announcement."""

from contracts.models import Announcement, OutageEvent, WindowEvent
from contracts.models.upkeep import OutageEventKind
from contracts.outbox import announcements
from contracts.upkeep_audience import AUDIENCE

# Entries put right: the record and the figures show them, and nobody has to act.
QUIET = (OutageEventKind.CORRECTED, OutageEventKind.WITHDRAWN)


def announce(event: WindowEvent | OutageEvent) -> Announcement | None:
    """Tells the contacts whom ``event`` concerns, once; ``None`` for a mere correction of an entry."""
    if event.kind in QUIET:
        return None
    thing = "window" if isinstance(event, WindowEvent) else "outage"
    return announcements.announce(
        kind=thing,
        audience=AUDIENCE,
        key=f"{thing}-event-{event.pk}",
        data={thing: event.pk},
        at=event.recorded_at,
    )
