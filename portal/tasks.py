"""What the worker runs for the roof. Only here, at the outermost layer, the clock is read."""

from datetime import datetime

from django.core.management import call_command
from django.utils import timezone

from portal import recurring
from tickets.whence import Via, coming


def run_job(name: str) -> None:
    """Runs the recurring job of that name, if it is due."""
    with coming(Via.WORKER):
        recurring.run(name, at=timezone.now())


def heartbeat(*, at: datetime) -> None:
    """Does nothing: that it ran is what counts, and its row says so."""


def clear_sessions(*, at: datetime) -> None:
    """Removes the sessions that have ended."""
    call_command("clearsessions")
