"""The knowledge base in a real browser: read, found with a typing error, and the answer that stops a ticket."""

from typing import Any

import pytest

from portal.tests.browsing import Person, somebody
from portal.tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.once]
CONTACT, AGENT = "nora@northwind.example", "agent@desk.example"
TYPED = "Their pictures still arrive, yet offline."
OFFLINE = "Cameras shown as offline although their pictures arrive"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@BOTH
def test_a_visitor_reads_finds_with_a_typing_error_and_says_that_it_helped(
    script: bool, browser: Any, demo_portal: Server
) -> None:
    with somebody(browser, demo_portal.address, java_script_enabled=script) as visitor:
        visitor.open("/kb/")
        visitor.page.locator("main").get_by_role("searchbox").fill("camreas offlin")
        visitor.press("Search")
        assert "cameras" in visitor.page.locator("main mark").first.inner_text().lower()
        visitor.follow(OFFLINE)
        assert "/kb/articles/" in visitor.page.url
        assert visitor.page.locator("h1").inner_text() == OFFLINE
        assert visitor.page.context.cookies() == []
        visitor.follow("Yes, it helped")
        assert "/feedback/" in visitor.page.url
        visitor.press("Send the answer")
        assert "Thank you" in visitor.page.locator("main").inner_text()


def test_the_answer_appears_while_a_request_is_typed_and_ends_it(browser: Any, demo_portal: Server) -> None:
    with somebody(browser, demo_portal.address, CONTACT) as contact:
        before = tickets_of(contact)
        # Whoever types slowly is answered in between, too: the last answer is the one that stays.
        with contact.page.expect_response(lambda answer: TYPED in (answer.request.post_data or "")):
            type_a_request(contact)
        contact.settle()
        contact.page.get_by_role("link", name=OFFLINE).wait_for()
        contact.press("This answered it")
        assert "Nothing was sent" in contact.page.locator("main").inner_text()
        contact.press("It did not: back to my request")
        assert contact.page.get_by_label("Subject").input_value() == "Cameras are shown as offline"
        assert tickets_of(contact) == before


def test_without_script_the_answer_stands_between_sending_and_filing(
    browser: Any, demo_portal: Server
) -> None:
    with somebody(browser, demo_portal.address, CONTACT, java_script_enabled=False) as contact:
        before = tickets_of(contact)
        type_a_request(contact)
        contact.press("Send the request")
        assert "Not sent yet" in contact.page.locator("main").inner_text()
        contact.follow(contact.page.locator("button[name=answered]").first)
        assert "/answer/" in contact.page.url
        assert "Nothing was sent" in contact.page.locator("main").inner_text()
        assert tickets_of(contact) == before


def type_a_request(contact: Person) -> None:
    page = contact.page
    contact.open("/tickets/new/")
    contact.follow("Warehouse cameras")
    page.locator("input[name=request_type][value=error]").check()
    page.locator("label[for=severity_serious]").click()
    page.get_by_label("Subject").fill("Cameras are shown as offline")
    page.get_by_label("What happens").press_sequentially(TYPED)


def tickets_of(contact: Person) -> int:
    contact.open("/tickets/?show=all")
    return int(contact.page.locator(".row-title").count())
