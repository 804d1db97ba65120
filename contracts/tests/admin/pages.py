"""What the tests of the admin share: finding what a strict content security policy would stop."""

from html.parser import HTMLParser
from typing import Any


class InlineFinder(HTMLParser):
    """Collects inline scripts, styles and handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        runs = tag == "script" and "src" not in names and names.get("type") != "application/json"
        if runs or tag == "style":
            self.found.append(f"<{tag}>")
        self.found.extend(f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on"))


def inline(response: Any) -> list[str]:
    """Inline scripts, styles and handlers of a page."""
    finder = InlineFinder()
    finder.feed(response.content.decode())
    return finder.found
