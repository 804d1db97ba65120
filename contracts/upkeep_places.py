"""The addresses at which windows and outages are shown to everybody; stable, as docs/design.md lists them."""

from contracts.models import MaintenanceWindow, Outage

STATUS = "/status/"
MAINTENANCE = "/maintenance/"


def window_path(window: MaintenanceWindow) -> str:
    """The page of a window."""
    return f"{MAINTENANCE}{window.pk}/"


def outage_path(outage: Outage) -> str:
    """The page of an outage."""
    return f"{STATUS}outages/{outage.pk}/"
