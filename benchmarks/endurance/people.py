"""A contact at a browser who files ticket after ticket, and sends a form again until it is answered."""

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.client import hidden_fields

TYPED = {
    "request_type": "incident",
    "text": "It happens while others are at it.",
    "steps": "One after the other.",
    "effect": "A figure.",
    "affected": "everyone",
    "workaround": "no",
    "severity": "P2",
}
# What is promised, within three minutes an answer for everybody (docs/endurance.md): a portal whose every process was
# killed is back within twenty seconds, so that a machine that is several times slower still keeps it.
PATIENCE = 180.0
# One answer may be lost with whom it was asked of, so it is asked for again sooner.
ANSWER = PATIENCE / 2


class GaveUpError(RuntimeError):
    """No answer came, or one that no honest form should get."""


@dataclass
class Diary:
    """What all people together saw; each list and counter is only ever added to."""

    filed: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    faults: list[str] = field(default_factory=list)


class Person:
    """One contact with one connection at a time."""

    def __init__(self, name: str, port: int, cookies: dict[str, str], address: str, diary: Diary) -> None:
        self.name, self.port, self.cookies, self.address = name, port, dict(cookies), address
        self.diary = diary
        self.link: http.client.HTTPConnection | None = None
        self.random = random.Random(name)

    def file_until(self, enough: threading.Event, most: int | None = None) -> None:
        """File until there is enough, or ``most`` tickets; a fault ends it."""
        number = 0
        try:
            while not enough.is_set() and number != most:
                self.file(f"{self.name}-{number}")
                number += 1
        except GaveUpError as fault:
            self.diary.faults.append(f"{self.name}: {fault}")
        finally:
            self.hang_up()

    def file(self, subject: str) -> None:
        """Open the form, fill it in, and send that same form until it makes a ticket."""
        page = self.insist("GET", 200)[1]
        form = urlencode({**hidden_fields(page), **TYPED, "subject": subject})
        location = self.insist("POST", 302, form)[0]
        self.diary.filed[subject] = location.strip("/").rpartition("/")[2]

    def insist(self, method: str, wanted: int, body: str | None = None) -> tuple[str, bytes]:
        """The answer's Location and content, asked for again while nobody answers or the server has a fault."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, location, content = self.ask(method, body)
            except (OSError, http.client.HTTPException):
                self.diary.cut += 1
                self.hang_up()
                time.sleep(self.random.uniform(0.05, 0.3))
                continue
            self.diary.statuses[status] += 1
            if status == wanted:
                return location, content
            if status < 500:
                raise GaveUpError(f"{method} was answered {status} instead of {wanted}: {content[:300]!r}")
            time.sleep(self.random.uniform(0.05, 0.3))
        raise GaveUpError(f"no answer to {method} in {PATIENCE:.0f} s")

    def ask(self, method: str, body: str | None) -> tuple[int, str, bytes]:
        """One request; raises when the connection breaks."""
        if self.link is None:
            self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        self.link.request(method, self.address, body=body, headers=headers)
        answer = self.link.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), content

    def hang_up(self) -> None:
        """Drop the connection, whatever state it is in."""
        if self.link is not None:
            self.link.close()
            self.link = None
