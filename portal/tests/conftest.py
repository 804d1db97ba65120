"""What the tests that read whole pages share: one portal with the demo in it."""

from collections.abc import Iterator

import pytest

from portal.tests.servers import Server, database_for, wait_until

READY = "Ctrl-C stops it."


@pytest.fixture(scope="session")
def demo_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running portal with the demo; whoever uses it leaves the demo's own tickets as they are."""
    folder = tmp_path_factory.mktemp("portal")
    with database_for(folder) as url:
        portal = Server(folder / "data", url)
        # What is announced is seen at once.
        portal.env |= {"DEMO": "1", "SNAPSHOT_SECONDS": "1"}
        process = portal.start("run")

        def ready() -> bool:
            assert process.poll() is None, portal.output()
            return READY in portal.output()

        try:
            wait_until(ready, "the portal with its demo")
            yield portal
        finally:
            portal.kill()
