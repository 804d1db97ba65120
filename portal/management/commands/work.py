"""The background worker with its watchdog."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from portal import recurring
from portal.jobs import JOBS
from portal.stopping import Stop
from portal.watchdog import Watchdog

# The database may start later than we do.
DATABASE_PATIENCE = 60.0


class Command(BaseCommand):
    help = "Runs the background worker and keeps it running; the same in `make run` and in production."

    def handle(self, *args: object, **options: object) -> None:
        """Works until told to stop, then lets the running tasks end."""
        stop = Stop()
        self.enrol(stop)
        watchdog = Watchdog(stop.wait)
        try:
            if not stop:
                watchdog.start()
            while not stop.wait(settings.WORK_LOOK_SECONDS):
                watchdog.look()
        finally:
            watchdog.stop(settings.WORK_STOP_SECONDS)

    def enrol(self, stop: Stop) -> None:
        """Writes the rows of the recurring jobs, as soon as the database lets us."""
        deadline = time.monotonic() + DATABASE_PATIENCE
        while not stop:
            try:
                return recurring.enrol(JOBS, at=timezone.now())
            except Error as error:
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"The database is not ready ({error}); run `manage.py migrate` first?"
                    ) from error
                stop.wait(1)
        return None
