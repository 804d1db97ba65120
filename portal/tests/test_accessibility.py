"""Every kind of page, light and dark, as axe judges it: nothing serious, nothing critical."""

from importlib.util import find_spec
from typing import Any

import pytest

from conftest import require_tool
from portal.pictures import PLACES, Reader, escalation_mailed, numbers_of, reading
from portal.tests.servers import Server

# Every page twice takes minutes.
pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.once]
GRAVE = {"serious", "critical"}
READERS = sorted({place.reader for place in PLACES})
# Each place alike in both schemes but for its colours, so the second look is at these alone.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def watched_by_axe(reader: Reader) -> None:
    """Put axe into the open page."""
    require_tool(find_spec("axe_playwright_python"), "axe (make setup-e2e)")
    from axe_playwright_python.sync_playwright import Axe

    reader.page.evaluate(Axe().axe_script)


def faults(reader: Reader, options: dict[str, Any] | None = None) -> set[str]:
    """What axe, which is in the open page, finds grave on it: the rule, and where."""
    asked = {"resultTypes": ["violations"], **(options or {})}
    found = reader.page.evaluate("options => axe.run(options).then(found => found.violations)", asked)
    return {
        f"{fault['id']} at {node['target']}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    }


@pytest.fixture(scope="module")
def numbers(browser: Any, demo_portal: Server) -> dict[str, str]:
    known = numbers_of(browser, demo_portal.address)
    return known | {"escalation": escalation_mailed(demo_portal.data_dir / "mail")}


@pytest.mark.parametrize("email", READERS, ids=lambda email: email.partition("@")[0] or "visitor")
def test_no_page_keeps_anybody_out(
    email: str, browser: Any, demo_portal: Server, numbers: dict[str, str]
) -> None:
    found = {}
    with reading(browser, demo_portal.address, email, color_scheme="light") as reader:
        for place in (place for place in PLACES if place.reader == email):
            assert reader.go(place, numbers) == place.status, place
            watched_by_axe(reader)
            found[place.name, "light"] = faults(reader)
            reader.page.emulate_media(color_scheme="dark")
            found[place.name, "dark"] = faults(reader, COLOURS)
            reader.page.emulate_media(color_scheme="light")
    assert {where: what for where, what in found.items() if what} == {}
