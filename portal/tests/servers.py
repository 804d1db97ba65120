"""Whole portals for tests, as processes of their own."""

import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from portal import processes
from portal.tests import tables
from portal.tests.ports import free_port
from portal.tests.tables import MANAGE

# How long tests wait for what comes for certain. No measure of speed: waiting costs nothing when it comes, and beside
# them others drive two processors as hard as they can, so that a process may stand still for half a minute anywhere.
PATIENCE = 300.0


def wait_until(found: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What `found` returns as soon as it is true; fails after so many seconds, of which some are a requirement."""
    deadline = time.monotonic() + seconds
    while True:
        is_over = time.monotonic() >= deadline
        # Asked once more when time is over: what stood still may have been this process.
        if value := found():
            return value
        if is_over:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


def gone(pids: Iterable[int]) -> bool:
    """Whether none of the processes is left in the machine's table."""
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@contextmanager
def database_for(folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """The DATABASE_URL of a database of its own, on the engine that the tests run on.

    It has its tables already, unless ``migrated`` is false.
    """
    if connection.vendor != "postgresql":
        path = folder / "server.sqlite3"
        if migrated:
            tables.copy_file(path)
        yield f"sqlite:///{path}"
        return
    name = f"server_{uuid.uuid4().hex[:12]}"
    if migrated:
        tables.create_copy(name)
    else:
        with tables.admin() as link:
            link.execute(f'CREATE DATABASE "{name}"')
    try:
        yield tables.url_of(name)
    finally:
        tables.drop(name)


class Server:
    """A portal in a folder; `start` runs one of its commands in the background."""

    def __init__(self, data_dir: Path, database_url: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {
            **tables.clean(),
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "DEMO": "0",
        }
        self.started: list[subprocess.Popen[str]] = []

    def manage(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            **options,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Runs a command in the background, in a session of its own; its output goes into a file."""
        self.data_dir.mkdir(exist_ok=True)
        with (self.data_dir / "output.txt").open("a") as output:
            process = subprocess.Popen(
                [sys.executable, MANAGE, *arguments],
                env=self.env, stdout=output, stderr=output, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def output(self) -> str:
        """What the background commands have printed so far."""
        return (self.data_dir / "output.txt").read_text()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; (0, '') while nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:  # noqa: S310 -- our own server
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()
        except (OSError, http.client.HTTPException):  # the latter where it dies amid an answer
            return 0, ""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of this portal's own database, without waiting for another process to start."""
        if (path := self.env["DATABASE_URL"]).startswith("sqlite:///"):
            with closing(sqlite3.connect(path.removeprefix("sqlite:///"), timeout=PATIENCE)) as link:
                return link.execute(sql).fetchall()
        import psycopg

        with psycopg.connect(path) as link:
            return link.execute(sql.encode()).fetchall()

    def family(self, leader: int) -> set[int]:
        """The living processes below `leader`, itself included."""
        return processes.family(leader, depth=9)

    def leftovers(self) -> list[int]:
        """Whatever runs with this portal's folder. By its environment: a number may long be somebody else's."""
        mark = f"DATA_DIR={self.data_dir}\0".encode()
        everybody = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [int(entry.name) for entry in everybody if mark in _environment(entry)]

    def kill(self) -> None:
        """Ends whatever was started and everything that came of it."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(PATIENCE / 10)
                except subprocess.TimeoutExpired:
                    process.kill()
        for pid in self.leftovers():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _environment(entry: Path) -> bytes:
    try:
        return entry.joinpath("environ").read_bytes()
    except OSError:
        return b""
