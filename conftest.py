"""What all tests share."""

import os
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.db import connection, connections
from django.test import SimpleTestCase
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

from portal import chromium
from portal.tests import tables
from portal.tests.servers import PATIENCE, Server, database_for

pytest_plugins = [
    "contracts.tests.cast",
    "contracts.tests.endurance",
    "contracts.tests.mail_servers",
    "tickets.tests.imap_servers",
]


def require_tool(found: object, what: str) -> None:
    """Skips the test where a tool is missing, saying which; with CI=true that is a failure: CI installs them."""
    if found:
        return
    if is_on("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is missing")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the folders that the server expects."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    if _hands_out(config) and config.option.testrunuid is None:
        config.option.testrunuid = uuid.uuid4().hex


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever hands out the tests, or runs them alone, leaves nothing behind."""
    if not hasattr(config, "workerinput"):
        tables.forget(config.option.testrunuid if _hands_out(config) else tables.this_run())


def _hands_out(config: pytest.Config) -> bool:
    """Whether this process gives the tests to workers (xdist), whose run it names."""
    return not hasattr(config, "workerinput") and bool(config.getoption("numprocesses", None))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """One worker tries all that read the demo, so that it is made and served once; the others take what comes next.

    xdist has groups for this, which do not hold with pytest 9: it writes them into a name that pytest no longer reads.
    """
    return DemoOnce(config, log)


class DemoOnce(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out test by test, but those that read the demo together."""

    def _split_scope(self, nodeid: str) -> str:
        return "demo" if _reads_the_demo(nodeid.partition("::")[0]) else nodeid


@cache
def _reads_the_demo(file: str) -> bool:
    return "demo_portal" in (Path(__file__).parent / file).read_text()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, and counts, what means nothing on this database, and what is slow unless it is asked for."""
    left_out = [
        item
        for item in items
        if any(item.get_closest_marker(name) for name in _left_out())
        or (is_on("DATABASE_ONLY") and not _uses_the_database(item))
    ]
    config.hook.pytest_deselected(items=left_out)
    dropped = set(left_out)
    # Those that wait for processes of their own come first, so that a second worker has something to do meanwhile.
    items[:] = sorted(
        (item for item in items if item not in dropped),
        key=lambda item: not item.get_closest_marker("server"),
    )


def _uses_the_database(item: pytest.Item) -> bool:
    """Whether a test may come out otherwise on another database; pure ones, and those of processes, may not."""
    fixtures = {"db", "transactional_db", "live_server", "demo_portal"}
    if item.get_closest_marker("once"):
        return False
    marked = any(item.get_closest_marker(name) for name in ("django_db", "endurance", "postgres"))
    is_case = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return marked or is_case or not fixtures.isdisjoint(getattr(item, "fixturenames", ()))


def _left_out() -> set[str]:
    wants_slow = is_on("SLOW") or is_on("CI")
    return ({"postgres"} if connection.vendor != "postgresql" else set()) | (
        set() if wants_slow else {"slow"}
    )


def is_on(variable: str) -> bool:
    """Whether a variable of the environment says yes."""
    return os.environ.get(variable, "").lower() in {"1", "true", "yes"}


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """Instead of pytest-django's: each worker copies one database with all tables, which one of them has made."""
    given = connection.settings_dict
    is_file = connection.vendor == "sqlite"
    # Files are in a folder of this process; on a server the runs of several people meet.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = str(given["TEST"]["NAME"]) if is_file else f"test_{tables.this_run()}_{worker}"
    with django_db_blocker.unblock():
        if is_file:
            tables.copy_file(Path(name))
        else:
            tables.create_copy(name)
        connection.close()
        given["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if is_file:
            for ending in ("", "-wal", "-shm"):
                Path(name + ending).unlink(missing_ok=True)
        else:
            tables.drop(name)


# What a job may take before it leaves the rest to its next run, and one message before it counts as stuck.
LIMITS = (
    "contracts.outbox.announcements.RUN_SECONDS",
    "contracts.outbox.delivery.BATCH_SECONDS",
    "tickets.mail.apart.SECONDS",
    "tickets.mail.apart.START_SECONDS",
    "tickets.mail.imap.PATIENCE",
    "tickets.mail.mailbox.RUN_SECONDS",
    "tickets.mail.processing.SECONDS",
    "tickets.services.walking.RUN_SECONDS",
)


@pytest.fixture(autouse=True, scope="session")
def patient_jobs() -> Iterator[None]:
    """A job that stands still amid its work, since others have the processor, does all the same; the tests of these
    limits set their own.
    """
    with pytest.MonkeyPatch.context() as patched:
        for limit in LIMITS:
            patched.setattr(limit, PATIENCE)
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Limits on attempts that one test used up must not stop the next."""
    from django.core.cache import cache  # noqa: PLC0415 -- after the settings

    yield
    cache.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    path = chromium.find()
    require_tool(path, "A browser (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- of the e2e set
    except ImportError:
        require_tool(None, "Playwright (make setup-e2e)")
        raise
    # Playwright runs a loop in this thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield opened
        opened.close()
        # While that loop runs, Django keeps connections of their own for it, which nobody would close afterwards.
        connections.close_all()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A portal with a folder, a port and a database of its own, not started yet; whatever it started is ended.

    The database has its tables, unless the test is marked ``untouched``.
    """
    untouched = request.node.get_closest_marker("untouched") is not None
    with database_for(tmp_path, migrated=not untouched) as url:
        portal = Server(tmp_path / "data", url)
        yield portal
        portal.kill()
