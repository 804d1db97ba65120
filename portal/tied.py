"""
Runs a command that ends when its starter dies: `python -m portal.tied <starter's pid> command …`.

Without it, a starter that is killed leaves its children running. Linux only; elsewhere the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# What the queue's first process gets when the watchdog dies: SIGTERM alone would let it wait for ever, where a process
# that it waits for has died, too.
ORPHANED = signal.SIGUSR1


def tie(starter: int) -> None:
    """Asks the kernel for SIGTERM when the starter dies (the queue: ORPHANED); ends now if it is dead already."""
    if sys.platform == "linux":
        told = ORPHANED if os.environ.get("PORTAL_ROLE") == "worker" else signal.SIGTERM
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, told)
        if os.getppid() != starter:
            sys.exit(1)
    # A job started in the background by a shell that is no terminal comes with SIGINT ignored, and would pass it on.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def end_when_orphaned(patience: int) -> None:
    """When told ORPHANED, this process asks itself to end, and is ended after so many seconds if it has not."""

    def end(*_: object) -> None:
        signal.alarm(patience)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(ORPHANED, end)


def tie_forks() -> None:
    """
    From now on whatever this process forks is killed when its parent dies, and so are the children of that.

    The queue's processes are no commands of ours, and ignore SIGTERM: without it they live on, and work on, when their
    first process and the watchdog die in the same second.
    """
    if sys.platform != "linux":
        return
    libc, parent = ctypes.CDLL(None), [os.getpid()]

    def note() -> None:
        parent[0] = os.getpid()

    def tied() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent[0]:
            os._exit(1)

    os.register_at_fork(before=note, after_in_child=tied)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 -- the command is the starter's own
