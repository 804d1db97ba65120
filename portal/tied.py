"""
Runs a command that ends when its starter dies: `python -m portal.tied <starter's pid> command …`.

Without it, a starter that is killed leaves its children running. Linux only; elsewhere the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(starter: int) -> None:
    """Asks the kernel for SIGTERM when the starter dies; ends now if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != starter:
            sys.exit(1)
    # A job started in the background by a shell that is no terminal comes with SIGINT ignored, and would pass it on.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command is the starter's own
