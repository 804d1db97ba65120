"""A person at a real browser, who writes down every fault that the browser tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.demo import PASSWORD


class Person:
    """Somebody with a browser of their own. ``faults`` collects errors of scripts and of the security policy."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _hear(self, said: Any) -> None:
        if said.type in {"error", "warning"}:
            self.faults.append(f"{self.page.url}: {said.text}")

    def open(self, path: str) -> None:
        """Goes to an address of the portal."""
        answer = self.page.goto(self.address + path)
        assert answer.status == 200, f"{path}: {answer.status}"

    def press(self, button: str, within: str = "main") -> None:
        """Presses the button of that name and waits for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=button, exact=True).click()

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
    # Not a measure of speed: beside it, other tests drive two processors as hard as they can.
    context.set_default_timeout(60_000)
    person = Person(context.new_page(), address)
    if email:
        person.sign_in(email)
    yield person
    context.close()
    assert person.faults == []
