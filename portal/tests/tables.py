"""A database that has all tables and nothing else: made once for all the workers of a run, and copied by whoever needs
one. To make it takes longer than most tests.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

MANAGE = str(settings.BASE_DIR / "manage.py")


def folder_of(run: str) -> Path:
    """Where a run keeps what its workers share. A run is named by xdist, or by its only process."""
    return Path(tempfile.gettempdir()) / f"portal-tables-{run}"


def this_run() -> str:
    """The run that this process is a worker of, or all of."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))


def clean(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment in which a process of the portal does not take itself for a test."""
    return {name: value for name, value in env.items() if not name.startswith(("DJANGO_", "PYTEST"))}


def copy_file(path: Path) -> None:
    """On SQLite: puts such a database there."""
    shutil.copyfile(_made(), path)


def create_copy(name: str) -> None:
    """On PostgreSQL: makes a database of that name with such tables, on the tests' own server."""
    _made()
    with admin() as link:
        link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_template(this_run())}"')


def drop(name: str) -> None:
    """On PostgreSQL: the database is gone, whoever uses it."""
    with admin() as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def forget(run: str) -> None:
    """At the end of a run: leaves nothing behind."""
    if folder_of(run).exists():
        shutil.rmtree(folder_of(run), ignore_errors=True)
        if connection.vendor == "postgresql":
            drop(_template(run))


@contextmanager
def admin() -> Iterator[Any]:
    """A connection to PostgreSQL that may make databases."""
    import psycopg

    with psycopg.connect(dbname="postgres", autocommit=True, **login()) as link:
        yield link


def login() -> dict[str, Any]:
    """How the tests' own server is reached."""
    given = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {ours: given[theirs] for ours, theirs in names.items()}


def url_of(name: str) -> str:
    """The DATABASE_URL of a database on the tests' own server."""
    given = login()
    return f"postgres://{given['user']}:{given['password']}@{given['host']}:{given['port']}/{name}"


def _template(run: str) -> str:
    return f"tables_{run}"


def _made() -> Path:
    """The file of the template (on PostgreSQL an empty sign), made by the first who asks."""
    folder = folder_of(this_run())
    folder.mkdir(exist_ok=True)
    made = folder / "tables.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            if connection.vendor == "postgresql":
                _make_on_postgresql()
                made.touch()
            else:
                _make_file(folder).rename(made)
    return made


def _make_file(folder: Path) -> Path:
    new = folder / "new.sqlite3"
    _migrate(folder, f"sqlite:///{new}")
    # What stands in the write-ahead log goes into the file, which is copied alone.
    with closing(sqlite3.connect(new)) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return new


def _make_on_postgresql() -> None:
    name = _template(this_run())
    with admin() as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}"')
    _migrate(folder_of(this_run()), url_of(name))


def _migrate(folder: Path, url: str) -> None:
    done = subprocess.run(
        [sys.executable, MANAGE, "migrate", "--verbosity", "0"],
        env={**clean(), "DATA_DIR": str(folder), "DATABASE_URL": url, "DEMO": "0"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
