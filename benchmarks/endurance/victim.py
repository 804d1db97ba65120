"""A portal whose processes are killed by role."""

import os
import random
import signal
from pathlib import Path

from portal.tests.servers import Server, wait_until

GUNICORN = b"gunicorn"
EVERYTHING = "everything"


class Victim:
    """`manage.py run`, which is started again when it ends."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process = server.start("run")
        self.wait_until_served()

    def wait_until_served(self) -> None:
        """Until the web server answers, started again if need be."""

        def served() -> bool:
            self.revive()
            return self.server.get("/healthz")[0] == 200

        wait_until(served, "the portal to answer")

    def revive(self) -> None:
        """Start it again if it has ended, once all of its processes are gone."""
        if self.process.poll() is None:
            return
        wait_until(lambda: not self.server.leftovers(), "the end of the old processes")
        self.process = self.server.start("run")

    def kill(self, drawn: random.Random) -> str:
        """Kill one process of a drawn role, or all at once; which role it was."""
        roles = self._roles()
        role = drawn.choice(sorted(roles))
        for pid in roles[role] if role == EVERYTHING else [drawn.choice(roles[role])]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return role

    def _roles(self) -> dict[str, list[int]]:
        """The living processes by what they are."""
        family = sorted(self.server.family(self.process.pid))
        commands = {pid: _read(pid, "cmdline") for pid in family}
        web = {pid for pid, command in commands.items() if GUNICORN in command}
        found: dict[str, list[int]] = {EVERYTHING: family}
        for pid, command in commands.items():
            role = _role(command) if pid not in web else "web worker" if _parent(pid) in web else "web server"
            found.setdefault(role, []).append(pid)
        return found


def _role(command: bytes) -> str:
    """Which part of the portal a process is; the queue's children share the command of their parent."""
    words = command.split(b"\0")
    if b"qcluster" in words:
        return "background process"
    return "watchdog" if b"work" in words else "run"


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _read(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""
