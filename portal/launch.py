"""The steps of `manage.py run`, each a small function."""

import errno
import fcntl
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contracts.services.staff import ensure_staff_groups
from knowledgebase.rights import RIGHTS as ARTICLE_RIGHTS
from portal import demo, environment, processes
from tickets import rights

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
LOG_LIMIT = 5 * 1024 * 1024
HEALTH_PATIENCE = 180.0
WEB_PATIENCE = 8.0

Account = tuple[str, str, str]


def demo_wanted() -> bool:
    """DEMO=0 says no; a demo with known passwords is refused on any address but this machine's."""
    if not environment.flag("DEMO", default=True):
        return False
    if settings.HOST not in THIS_MACHINE or not settings.LOCAL:
        raise CommandError(
            f"The demo's passwords are known to everybody, so it runs on 127.0.0.1 alone, not on {settings.HOST} as "
            f"{settings.SITE_URL}. Start without it: DEMO=0."
        )
    return True


def refuse_used_port(host: str, port: int) -> None:
    """Ends with one line when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is in use on {host}. Stop what uses it, or take another: PORT={port + 1} make run"
                ) from fault
            raise CommandError(f"Cannot listen on {host} port {port}: {fault.strerror}.") from fault


def claim_data_dir(folder: Path) -> IO[str]:
    """Keeps a second copy out of the same folder while the returned file stays open."""
    lock = (folder / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise CommandError(
            f"Another copy runs with {folder}. Stop it, or give this one a DATA_DIR of its own."
        ) from fault
    # The children must not hold it on: they are tied to us.
    os.set_inheritable(lock.fileno(), False)  # noqa: FBT003 -- takes it by place alone
    return lock


def migrate_if_needed() -> bool:
    """Brings the database into step with the program; whether it had to."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    ensure_staff_groups(ARTICLE_RIGHTS, rights.RIGHTS)
    return True


def is_empty() -> bool:
    """Whether nobody is known here yet."""
    return not get_user_model()._default_manager.exists()


def demo_accounts() -> list[Account]:
    """Who may sign in to the demo with what, as far as they are in the database."""
    known = set(get_user_model()._default_manager.values_list("email", flat=True))
    return [account for account in demo.accounts() if account[1] in known]


def open_log(name: str) -> IO[bytes]:
    """The log of a child, appended to; a large one is put aside."""
    path = log_folder() / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def log_folder() -> Path:
    """Where the logs of the children are."""
    folder: Path = settings.DATA_DIR / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def last_lines(name: str, count: int = 8) -> str:
    """The end of a child's log."""
    with (log_folder() / f"{name}.log").open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - 20_000))
        return b"\n".join(stream.read().splitlines()[-count:]).decode(errors="replace")


def start_web() -> subprocess.Popen[bytes]:
    """Starts the web server."""
    env = {**os.environ, "PORTAL_ROLE": "web", "HOST": settings.HOST, "PORT": str(settings.PORT)}
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--config", "python:portal.gunicorn"]
    with open_log("web") as log:
        return processes.start(command, env=env, log=log)


def start_worker() -> subprocess.Popen[bytes]:
    """Starts the worker with its watchdog."""
    with open_log("worker") as log:
        return processes.start([sys.executable, str(settings.BASE_DIR / "manage.py"), "work"], log=log)


def answers() -> bool:
    """Whether the web server says that it is well."""
    link = http.client.HTTPConnection(settings.HOST, settings.PORT, timeout=2)
    try:
        link.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def wait_for(web: subprocess.Popen[bytes], wait: Callable[[float], bool]) -> bool:
    """Waits until the web server answers; whether it does (False: we were told to stop)."""
    deadline = time.monotonic() + HEALTH_PATIENCE
    while not answers():
        if web.poll() is not None:
            raise CommandError(f"The web server ended:\n{last_lines('web')}")
        if time.monotonic() > deadline:
            raise CommandError(f"The web server does not answer; see {log_folder() / 'web.log'}.")
        if wait(0.2):
            return False
    return True


def sign_in_table(accounts: list[Account]) -> str:
    """The accounts as aligned lines."""
    widths = [max(len(account[column]) for account in accounts) for column in range(3)]
    return "\n".join(
        "  " + "   ".join(cell.ljust(width) for cell, width in zip(account, widths, strict=True)).rstrip()
        for account in accounts
    )
