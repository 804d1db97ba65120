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


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command is the starter's own
