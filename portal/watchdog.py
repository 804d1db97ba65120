"""
The watchdog of the background worker.

The queue's own guard is not enough: when one of its processes dies, its locks may die with it, and then nothing is
done any more, or everything is done again and again, while the main process reports that all is well. So the whole
cluster is restarted

1. when any of its processes has gone (seen in the table of processes, within a second or two), or
2. when the heartbeat, a job that goes through the queue like any other, has not come for WORK_SILENCE_SECONDS while
   no job is at work (a stopped process, a lock that nobody holds any more).
"""

import logging
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone

from portal import processes, recurring
from portal.jobs import JOBS

logger = logging.getLogger(__name__)

# main → sentinel → pusher, monitor, workers; what lies deeper belongs to the tasks.
DEPTH = 2
# Between two starts, so that a cluster that cannot live does not fill the log and the processor.
PAUSES = (0.0, 1.0, 2.0, 5.0)
# A cluster that lived for so long starts anew without a pause.
STEADY_SECONDS = 60.0


class Cluster:
    """One life of the queue's processes."""

    def __init__(self, owner: str) -> None:
        """Starts the processes; claims of their tasks carry `owner`."""
        env = {**os.environ, recurring.SUPERVISOR: owner, "PORTAL_ROLE": "worker"}
        manage = str(settings.BASE_DIR / "manage.py")
        self.process: subprocess.Popen[bytes] = processes.start([sys.executable, manage, "qcluster"], env=env)
        self.members: set[int] = {self.process.pid}

    def lost(self) -> set[int]:
        """Which of the processes seen so far are no more."""
        if self.process.poll() is not None:
            return {self.process.pid}
        now = processes.family(self.process.pid, depth=DEPTH)
        gone = self.members - now
        self.members |= now
        return gone

    def stop(self, patience: float) -> None:
        """Lets the running tasks end, then ends whatever is left."""
        if not processes.stop(self.process, patience=patience):
            logger.warning("The worker did not end within %.0f s and was killed.", patience)


class Watchdog:
    """Keeps one cluster alive and hands in the jobs that are due."""

    def __init__(
        self, wait: Callable[[float], object] = time.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`wait` may be cut short; `monotonic` measures silence: the wall clock may be put forward or back."""
        self.owner = uuid.uuid4().hex
        self.wait = wait
        self.monotonic = monotonic
        self.cluster: Cluster | None = None
        self.started = self.heard = monotonic()
        self.heartbeat: datetime | None = None
        self.falls = 0

    def start(self) -> None:
        """Starts a cluster, with a pause if the last ones fell soon."""
        self.wait(PAUSES[min(self.falls, len(PAUSES) - 1)])
        self.cluster = Cluster(self.owner)
        self.started = self.heard = self.monotonic()

    def look(self) -> None:
        """One round: hand in what is due, and restart the cluster if something is wrong with it."""
        try:
            recurring.hand_in_due(JOBS, at=timezone.now())
            fault = self.fault()
        except Error as error:
            # Without the database there is neither work nor a heartbeat; the worker reconnects by itself.
            logger.warning("The database does not answer: %s", str(error).strip().partition("\n")[0])
            connections.close_all()
            fault = self.death()
            self.heard = self.monotonic()
        if fault:
            self.restart(fault)

    def fault(self) -> str:
        """What is wrong with the cluster, or nothing."""
        return self.death() or self.silence()

    def death(self) -> str:
        """Says which processes died."""
        lost = self.cluster.lost() if self.cluster else set()
        return f"process {', '.join(map(str, sorted(lost)))} ended" if lost else ""

    def silence(self) -> str:
        """Says for how long the heartbeat has been missing, if for too long."""
        heartbeat = recurring.last_heartbeat()
        if heartbeat != self.heartbeat or recurring.is_busy(self.owner, at=timezone.now()):
            self.heartbeat, self.heard = heartbeat, self.monotonic()
        quiet = self.monotonic() - self.heard
        return f"no heartbeat for {quiet:.0f} s" if quiet > settings.WORK_SILENCE_SECONDS else ""

    def restart(self, fault: str) -> None:
        """Ends what is left of the cluster and starts another."""
        logger.error("The worker is restarted: %s.", fault)
        self.falls = 0 if self.monotonic() - self.started > STEADY_SECONDS else self.falls + 1
        # What is broken seldom ends by itself; a running task has a moment, and is done again otherwise.
        self.stop(patience=min(3.0, settings.WORK_STOP_SECONDS))
        try:
            recurring.release(self.owner, at=timezone.now())
        except Error:
            logger.warning("The claims of the ended worker run out by themselves.")
        self.start()

    def stop(self, patience: float) -> None:
        """Ends the cluster."""
        if self.cluster:
            self.cluster.stop(patience)
            self.cluster = None
