"""A signed-in browser of the barest kind: one kept connection, cookies, forms."""

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
NAME = re.compile(rb'name="([^"]*)"')
VALUE = re.compile(rb'value="([^"]*)"')


class UnexpectedError(RuntimeError):
    """The server answered something that makes the figure meaningless."""


@dataclass
class Client:
    """Talks to one server on this machine."""

    port: int
    cookies: dict[str, str]
    connection: http.client.HTTPConnection = field(init=False)
    tag: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> tuple[float, bytes]:
        """Seconds until the whole page was there, and the page."""
        return self._ask("GET", path, expect=200)

    def get_again(self, path: str) -> tuple[float, bytes]:
        """Seconds until it was said that the page is still the one whose tag came last, which is asked for before."""
        if path not in self.tags:
            self.get(path)
            self.tags[path] = self.tag
        return self._ask("GET", path, expect=304, headers={"If-None-Match": self.tags[path]})

    def post(self, path: str, fields: dict[str, str]) -> tuple[float, bytes]:
        """Seconds until the answer to a form, which must be a redirect."""
        return self._ask("POST", path, expect=302, body=urlencode(fields))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        expect: int,
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[float, bytes]:
        headers = {
            **(headers or {}),
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Host": f"127.0.0.1:{self.port}",
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - start
        self.tag = answer.headers.get("ETag", "")
        if answer.status != expect:
            raise UnexpectedError(f"{method} {path}: {answer.status} instead of {expect}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return seconds, content


def hidden_fields(page: bytes) -> dict[str, str]:
    """The hidden inputs of a page's forms; of several with one name the last."""
    found: dict[str, str] = {}
    for tag in HIDDEN.findall(page):
        name, value = NAME.search(tag), VALUE.search(tag)
        if name:
            found[name[1].decode()] = value[1].decode() if value else ""
    return found
