"""Starting, watching and ending processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import processes
from portal.tests.servers import PATIENCE, wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(3600)"]
WITH_CHILD = [sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(3600)",
]

pytestmark = pytest.mark.server


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Ends what a test started."""
    processes_: list[subprocess.Popen[bytes]] = []
    yield processes_
    for process in processes_:
        processes.kill_group(process.pid)
        process.wait()


def pair(started: list[subprocess.Popen[bytes]]) -> tuple[int, int]:
    """A process and its child."""
    process = processes.start(WITH_CHILD)
    started.append(process)
    family = wait_until(lambda: len(found := processes.family(process.pid, depth=1)) > 1 and found, "a child")
    return process.pid, (family - {process.pid}).pop()


def test_a_family_is_seen_down_to_its_depth(started: list[subprocess.Popen[bytes]]) -> None:
    parent, child = pair(started)
    assert processes.family(parent, depth=0) == {parent}
    assert processes.family(parent, depth=1) == {parent, child}
    assert {parent, child} <= processes.family(os.getpid(), depth=2)


def test_the_dead_whom_nobody_has_fetched_do_not_count(started: list[subprocess.Popen[bytes]]) -> None:
    process = processes.start(SLEEP)
    started.append(process)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: process.pid not in processes.family(os.getpid(), depth=1), "the dead to be left out")


def test_both_tables_of_processes_say_the_same(started: list[subprocess.Popen[bytes]]) -> None:
    parent, child = pair(started)
    for table in (processes._from_proc, processes._from_ps):
        assert (child, parent) in {(pid, above) for pid, above, _ in table()}


def test_stopping_takes_the_whole_session_along(started: list[subprocess.Popen[bytes]]) -> None:
    _, child = pair(started)
    processes.stop(started[0], patience=PATIENCE)
    wait_until(lambda: not Path(f"/proc/{child}").exists(), "the child to end")


def test_who_does_not_listen_is_killed(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        started.append(processes.start(DEAF, log=log))
    wait_until((tmp_path / "log").read_text, "a deaf process")
    assert not processes.stop(started[0], patience=0.2)
    assert started[0].returncode == -signal.SIGKILL


def test_stopping_what_has_ended_does_nothing(started: list[subprocess.Popen[bytes]]) -> None:
    started.append(processes.start([sys.executable, "-c", ""]))
    started[0].wait()
    assert processes.stop(started[0], patience=PATIENCE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_process_ends_with_the_one_that_started_it() -> None:
    start = f"processes.start({SLEEP!r}).pid"
    code = f"import time; from portal import processes; print({start}, flush=True); time.sleep(3600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        starter.kill()
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the child to end")
