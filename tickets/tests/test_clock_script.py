"""The script of the clock in a real browser: it counts only while time of that kind passes, in the server's words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from contracts.sla.events import ClockName
from tickets.presentation import ClockCard
from tickets.tests.clock_stories import Story, policy

pytestmark = pytest.mark.browser
SCRIPT = Path(settings.BASE_DIR) / "static" / "portal" / "clock.js"
# Due on Monday at 11:00 Pacific after 4 business hours; the desk closes on Friday at 17:00, 01:00 UTC.
P1 = Story(policy("atheer"), "P1", "2026-11-20 23:00")
SERIOUS = Story(policy("viakoo"), "serious", "2026-11-20 23:00")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page()
    opened.clock.install(time="2026-01-01T00:00:00Z")
    opened.clock.pause_at("2026-01-01T00:00:10Z")
    yield opened
    opened.close()


def show(page: Any, card: ClockCard) -> None:
    page.set_content(render_to_string("includes/clock.html", {"card": card}))
    page.add_script_tag(content=SCRIPT.read_text())


def left(page: Any, after: int) -> str:
    """What the card says ``after`` so many seconds more."""
    page.clock.run_for(after * 1000)
    return str(page.locator("[data-left-text]").inner_text())


def test_support_time_passes_until_the_desk_closes_and_then_stands_still(page: Any) -> None:
    show(page, P1.card(ClockName.RESPONSE, "2026-11-21 00:50"))
    assert left(page, 60) == P1.card(ClockName.RESPONSE, "2026-11-21 00:51").left
    assert left(page, 3600) == "2 h of support time left"


def test_elapsed_time_passes_through_the_night(page: Any) -> None:
    show(page, SERIOUS.card(ClockName.WORKAROUND, "2026-11-21 00:50"))
    assert left(page, 7200) == SERIOUS.card(ClockName.WORKAROUND, "2026-11-21 02:50").left


def test_the_last_minutes_are_told_to_the_second_in_the_servers_words(page: Any) -> None:
    show(page, P1.card(ClockName.RESPONSE, "2026-11-23 18:55"))
    later = P1.card(ClockName.RESPONSE, "2026-11-23 18:55:05")
    assert left(page, 5) == later.left
    assert page.locator("meter").evaluate("meter => meter.value") == later.used


def test_past_the_due_instant_the_card_turns_overdue_in_word_and_sign(page: Any) -> None:
    show(page, P1.card(ClockName.RESPONSE, "2026-11-23 18:59:50"))
    assert not page.get_by_text("Overdue").is_visible()
    assert left(page, 30) == "20 s of support time over"
    assert page.get_by_text("Overdue").is_visible()
    assert not page.get_by_text("Due soon").is_visible()
    assert page.locator("article").get_attribute("data-state") == "overdue"
