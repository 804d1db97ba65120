"""Starting processes in sessions of their own, ending them without leftovers, and seeing who is alive."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

PROC = Path("/proc")


def start(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """
    Starts the command as the leader of a session, tied to this process: it is told to end when this one dies.

    A session of its own keeps a Ctrl-C at the terminal from reaching it, so that we decide the order of ending.
    """
    tied = [sys.executable, "-m", "portal.tied", str(os.getpid()), *command]
    folder = Path(__file__).resolve().parent.parent
    # The commands are our own; nothing of them comes from outside.
    return subprocess.Popen(  # noqa: S603 -- the command is our own
        tied, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder
    )


def stop(process: subprocess.Popen[bytes], *, patience: float) -> bool:
    """
    Asks the main process to end, waits, then kills its whole session; whether it ended by itself.

    Only the main process is asked: a queue whose every process gets SIGTERM at once hangs for ever.
    """
    process.terminate()
    try:
        process.wait(patience)
        ended = True
    except subprocess.TimeoutExpired:
        ended = False
    kill_group(process.pid)
    process.wait()
    return ended


def kill_group(leader: int) -> None:
    """Kills whatever is left in the session of `leader`."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        # Nothing is left of it: what was wanted.
        pass
    except PermissionError:
        # macOS says so of a group that holds only zombies.
        pass


def family(leader: int, *, depth: int) -> set[int]:
    """The living descendants of `leader`, itself included, down to `depth` generations."""
    children = _children()
    found, generation = {leader}, {leader}
    for _ in range(depth):
        generation = {child for parent in generation for child in children.get(parent, ())}
        found |= generation
    return found


def _children() -> dict[int, list[int]]:
    """Every living process of the machine under its parent; the dead that nobody has fetched are left out."""
    found: dict[int, list[int]] = defaultdict(list)
    for pid, parent, state in _from_proc() if PROC.joinpath("self/stat").exists() else _from_ps():
        if state != "Z":
            found[parent].append(pid)
    return found


def _from_proc() -> list[tuple[int, int, str]]:
    rows = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name may hold spaces and brackets; what follows its last bracket may not.
            state, parent = entry.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue  # It ended while we looked.
        rows.append((int(entry.name), int(parent), state))
    return rows


def _from_ps() -> list[tuple[int, int, str]]:
    command = ["ps", "-A", "-o", "pid=,ppid=,state="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- no argument of others
    return [
        (int(pid), int(parent), state[0])
        for pid, parent, state in map(str.split, listing.stdout.splitlines())
    ]
