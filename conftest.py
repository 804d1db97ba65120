"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import SimpleTestCase

from portal import chromium
from portal.tests.servers import Server, database_for

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, and counts, what means nothing on this database, and what is slow unless it is asked for."""
    left_out = [
        item
        for item in items
        if any(item.get_closest_marker(name) for name in _left_out())
        or (is_on("DATABASE_ONLY") and not _uses_the_database(item))
    ]
    config.hook.pytest_deselected(items=left_out)
    for item in items:
        if "demo_portal" in getattr(item, "fixturenames", ()):
            # One worker tries all that read the demo, so that it is made and served once.
            item.add_marker(pytest.mark.xdist_group("demo"))
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


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Limits on attempts that one test used up must not stop the next."""
    from django.core.cache import cache  # noqa: PLC0415 - after the settings

    yield
    cache.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    path = chromium.find()
    require_tool(path, "A browser (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the e2e set
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
