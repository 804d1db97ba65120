"""The forum in a real browser: asked by a customer, answered by staff, marked, read by a visitor, made a ticket."""

from typing import Any

import pytest

from portal.tests.browsing import Person, somebody
from portal.tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.once]
CUSTOMER, AGENT = "mila@danube.example", "agent@desk.example"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_question_is_asked_answered_solved_and_made_a_ticket(
    script: bool, browser: Any, demo_portal: Server
) -> None:
    address = demo_portal.address
    with somebody(browser, address, CUSTOMER, java_script_enabled=script) as customer:
        place = ask(customer, f"Moving a sitte, {'with' if script else 'without'} script")
        with somebody(browser, address, AGENT, java_script_enabled=script) as agent:
            answer(agent, place)
        customer.open(place)
        customer.follow("This solved it")
        customer.press("Mark as the solution")
        with somebody(browser, address, java_script_enabled=script) as visitor:
            visitor.open(place)
            read = visitor.page.locator("main").inner_text()
            assert "Solution" in read
            assert "Mila P." in read
            assert "Danube" not in read
        customer.follow("Make a ticket of this question")
        customer.page.locator("label[for=severity_non-critical]").click()
        customer.press("Send the request")
        assert "/tickets/VK-" in customer.page.url


def ask(customer: Person, title: str) -> str:
    """Types a question, looks at what is known, and asks all the same; where it stands."""
    customer.open("/forum/")
    customer.follow("Ask a question")
    customer.page.get_by_label("Your question").fill(title)
    customer.page.get_by_label("More about it").fill(
        "From one **server** to another. <script>alert(1)</script>"
    )
    customer.press("Continue")
    assert "How do I move a site to another server?" in customer.page.locator("main").inner_text()
    customer.press("Ask in public")
    return str(customer.page.url).removeprefix(customer.address)


def answer(agent: Person, place: str) -> None:
    agent.open(place)
    agent.follow("Write an answer")
    agent.page.get_by_label("Your answer").fill("Copy the *files* first.")
    agent.press("Answer in public")
    assert "Support" in agent.page.locator("main").inner_text()
