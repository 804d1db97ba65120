"""A person at a real browser, who writes down every fault that the browser tells of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from portal.demo import PASSWORD
from portal.tests.servers import PATIENCE


class Person:
    """Somebody with a browser of their own. ``faults`` collects errors of scripts and of the security policy."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        self._asked: set[Any] = set()
        page.on("request", self._ask)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _hear(self, said: Any) -> None:
        if said.type in {"error", "warning"}:
            self.faults.append(f"{self.page.url}: {said.text}")

    def _ask(self, request: Any) -> None:
        self._asked.add(request)

    def _answered(self, request: Any) -> None:
        self._asked.discard(request)

    def open(self, path: str) -> None:
        """Goes to an address of the portal."""
        answer = self.page.goto(self.address + path)
        assert answer.status == 200, f"{path}: {answer.status}"

    def press(self, button: str, within: str = "main") -> None:
        """Presses the button of that name and waits for the page that follows."""
        found = self.page.locator(within).get_by_role("button", name=button, exact=True)
        self._go(found.click)

    def follow(self, link: Any) -> None:
        """Follows a link, a locator or the words that it begins with, and waits for the whole page that follows.

        A click alone returns with the first bytes of the page: whoever counts then, counts what has arrived.
        """
        found = (
            self.page.locator("main").get_by_role("link", name=link).first if isinstance(link, str) else link
        )
        self._go(found.click)

    def settle(self) -> None:
        """Waits for what scripts have asked the server for: its coming moves what stands below it.

        No longer than ten seconds: of what a page sends while it is left the browser need not tell the end.
        """
        for _ in range(500):
            if not self._asked:
                return
            self.page.wait_for_timeout(20)
        self._asked.clear()

    def _go(self, act: Callable[[], None]) -> None:
        from playwright.sync_api import TimeoutError as TookTooLong

        self.settle()
        try:
            with self.page.expect_navigation():
                act()
        except TookTooLong as late:
            # The browser itself does not send a form that lacks something.
            lacking = self.page.locator(":invalid").evaluate_all("found => found.map(field => field.name)")
            late.add_note(f"{self.page.url} stays; not filled in as the form wants: {lacking}")
            raise

    def sign_in(self, email: str) -> None:
        """As somebody of the demo."""
        self.open("/account/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")


@contextmanager
def somebody(browser: Any, address: str, email: str = "", **browsing: Any) -> Iterator[Person]:
    """A person, signed in where ``email`` says as whom; ``browsing`` are the browser's settings.

    Leaving says that no page had a fault.
    """
    context = browser.new_context(**browsing)
    context.set_default_timeout(PATIENCE * 1000)
    person = Person(context.new_page(), address)
    if email:
        person.sign_in(email)
    yield person
    context.close()
    assert person.faults == []
