"""Who is told what of windows and outages: the one place where a fact becomes announcements."""

from contracts.models import Announcement, OutageEvent, WindowEvent
from contracts.models.components import Audience
from contracts.models.upkeep import OutageEventKind
from contracts.outbox import announcements
from contracts.upkeep_audience import CONTACTS, VISITORS
from contracts.upkeep_told import components_of, left_out_by

# Entries put right: the record and the figures show them, and nobody has to act.
QUIET = (OutageEventKind.CORRECTED, OutageEventKind.WITHDRAWN)


def announce(event: WindowEvent | OutageEvent) -> list[Announcement]:
    """Tells those whom ``event`` concerns, once: contacts, and of public components the visitors who subscribed.

    Nobody of a mere correction of an entry.
    """
    if event.kind in QUIET:
        return []
    told = [_announce(event, CONTACTS, "")]
    concerned = components_of(event) + left_out_by(event)
    if any(each.audience == Audience.PUBLIC for each in concerned):
        told.append(_announce(event, VISITORS, "/visitors"))
    return told


def _announce(event: WindowEvent | OutageEvent, audience: str, suffix: str) -> Announcement:
    thing = "window" if isinstance(event, WindowEvent) else "outage"
    return announcements.announce(
        kind=thing,
        audience=audience,
        key=f"{thing}-event-{event.pk}{suffix}",
        data={thing: event.pk},
        at=event.recorded_at,
    )
