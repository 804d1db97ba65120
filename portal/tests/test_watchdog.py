"""Whatever process of the worker dies or hangs, the queue moves again within a minute."""

import os
import signal
import time
from contextlib import suppress
from functools import partial

import pytest

from portal import processes
from portal.tests.servers import PATIENCE, Server, gone, wait_until

pytestmark = [pytest.mark.server, pytest.mark.once, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What is promised is waited for with more patience, and then judged: within a minute, of which a few seconds are the
# watchdog's own waits and the rest the start of a cluster. On a machine so busy that one start takes longer than six
# seconds, it is as many starts.
RECOVERY = 60
STARTS = 10


class Work:
    """A running `manage.py work` and its processes."""

    def __init__(self, server: Server) -> None:
        server.env["WORK_SILENCE_SECONDS"] = "15"
        self.server = server
        started = time.monotonic()
        self.process = server.start("work")
        self.wait_for_beat("")
        self.recovery = max(RECOVERY, STARTS * (time.monotonic() - started))

    def beat(self) -> str:
        """The instant of the last heartbeat."""
        rows = self.server.query("SELECT succeeded_at FROM portal_jobrun WHERE name = 'heartbeat'")
        return str(rows[0][0] or "") if rows else ""

    def wait_for_beat(self, after: str) -> str:
        """The next heartbeat."""
        return str(wait_until(lambda: (found := self.beat()) != after and found, "a heartbeat"))

    def roles(self) -> dict[str, int]:
        """Each kind of process of the queue with one process of that kind."""
        [main] = self.children(self.process.pid)
        [sentinel] = self.children(main)
        # In the order in which the sentinel starts them: two workers, the monitor, the pusher.
        worker, other, monitor, pusher = sorted(self.children(sentinel))
        return {
            "main": main,
            "sentinel": sentinel,
            "worker": worker,
            "busy": other,
            "monitor": monitor,
            "pusher": pusher,
        }

    def settled(self) -> dict[str, int]:
        """The roles, as soon as all are there."""

        def complete() -> dict[str, int] | None:
            try:
                return self.roles()
            except ValueError:
                return None

        found: dict[str, int] = wait_until(complete, "a whole cluster")
        # The watchdog looks every second, and one that dies before that is left to the heartbeat.
        time.sleep(2)
        return found

    def make_busy(self) -> None:
        """Gives both workers something to do, and waits until they are at it."""
        code = "from django_q.tasks import async_task; [async_task('time.sleep', 30) for _ in range(2)]"
        assert self.server.manage("shell", "--no-imports", "-c", code).returncode == 0
        time.sleep(3)

    def children(self, parent: int) -> set[int]:
        return processes.family(parent, depth=1) - {parent}


@pytest.fixture
def work(server: Server) -> Work:
    return Work(server)


def test_after_the_death_of_any_process_the_queue_moves_again(work: Work) -> None:
    for role in ("worker", "busy", "monitor", "pusher", "sentinel", "main"):
        before = work.settled()
        if role == "busy":
            work.make_busy()
        # On a busy machine the watchdog may just have restarted them for their silence: then that is the death.
        with suppress(ProcessLookupError):
            os.kill(before[role], signal.SIGKILL)
        killed = time.monotonic()
        wait_until(partial(gone, before.values()), f"the end of the old processes ({role})")
        work.wait_for_beat(work.beat())
        assert time.monotonic() - killed < work.recovery, role


def test_a_process_that_is_only_stopped_is_noticed_by_its_silence(work: Work) -> None:
    before = work.settled()
    with suppress(ProcessLookupError):
        os.kill(before["pusher"], signal.SIGSTOP)
    stopped = time.monotonic()
    wait_until(lambda: "no heartbeat for" in work.server.output(), "the silence to be noticed")
    work.wait_for_beat(work.beat())
    assert time.monotonic() - stopped < work.recovery


def test_being_told_to_stop_ends_every_process(work: Work) -> None:
    everything = work.server.family(work.process.pid)
    work.process.send_signal(signal.SIGTERM)
    assert work.process.wait(PATIENCE) == 0
    # Those that were killed with their session are gone when the machine comes to it.
    wait_until(partial(gone, everything), "the processes to end")


def test_when_the_watchdog_itself_is_killed_its_processes_end(work: Work) -> None:
    everything = set(work.settled().values())
    work.process.kill()
    work.process.wait()
    wait_until(partial(gone, everything), "the processes to end")


@pytest.mark.parametrize("role", ["main", "sentinel", "monitor", "pusher", "worker"])
def test_when_the_watchdog_and_another_process_are_killed_together_none_lives_on(
    work: Work, role: str
) -> None:
    roles = work.settled()
    with suppress(ProcessLookupError):
        os.kill(roles[role], signal.SIGKILL)
    work.process.kill()
    work.process.wait()
    wait_until(partial(gone, set(roles.values())), "the processes to end")
