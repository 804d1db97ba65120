"""Whole portals for tests, as processes of their own."""

import atexit
import fcntl
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from portal import processes

MANAGE = str(settings.BASE_DIR / "manage.py")


def free_port() -> int:
    """A port that nobody uses at this moment; below those that the kernel hands to outgoing connections, which could
    take it before the server does.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def wait_until(found: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `found` returns as soon as it is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


@contextmanager
def database_for(folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """The DATABASE_URL of a database of its own, on the engine that the tests run on.

    On SQLite it has its tables already, unless ``migrated`` is false: making them takes longer than most tests.
    """
    if connection.vendor != "postgresql":
        path = folder / "server.sqlite3"
        if migrated:
            shutil.copyfile(_with_tables(), path)
        yield f"sqlite:///{path}"
        return
    import psycopg

    name = f"server_{uuid.uuid4().hex[:12]}"
    given = settings.DATABASES["default"]
    login = {
        "host": given["HOST"],
        "port": given["PORT"],
        "user": given["USER"],
        "password": given["PASSWORD"],
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgres://{login['user']}:{login['password']}@{login['host']}:{login['port']}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _with_tables() -> Path:
    """An empty database with its tables, made once for all the workers of a run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    path = Path(tempfile.gettempdir()) / f"portal-tables-{run}.sqlite3"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            made = path.with_suffix(".new")
            maker = Server(path.parent, f"sqlite:///{made}")
            done = maker.manage("migrate", "--verbosity", "0")
            assert done.returncode == 0, done.stderr
            # What stands in the write-ahead log goes into the file, which is copied alone.
            with closing(sqlite3.connect(made)) as link:
                link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.rename(path)
            if "PYTEST_XDIST_TESTRUNUID" not in os.environ:
                atexit.register(path.unlink, missing_ok=True)
    return path


class Server:
    """A portal in a folder; `start` runs one of its commands in the background."""

    def __init__(self, data_dir: Path, database_url: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DJANGO_", "PYTEST"))
            },
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
            timeout=120,
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
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:  # noqa: S310 -- our own server
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()
        except OSError:
            return 0, ""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of this portal's own database, without waiting for another process to start."""
        if (path := self.env["DATABASE_URL"]).startswith("sqlite:///"):
            with closing(sqlite3.connect(path.removeprefix("sqlite:///"))) as link:
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
                    process.wait(30)
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
