"""Who is told what of windows and outages: the one place where a fact becomes an announcement."""

from contracts.models import OutageEvent, WindowEvent


def announce(event: WindowEvent | OutageEvent) -> None:
    """Tells those whom ``event`` concerns."""
