"""No page weighs more than 100 kB at the first visit: itself and all that it names, compressed as served."""

import gzip
import re
import urllib.request
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

import pytest

from portal.demo import PASSWORD
from portal.pictures import NORA, PLACES, TICKETS, Place, escalation_mailed
from portal.tests.servers import PATIENCE, Server

pytestmark = [pytest.mark.server, pytest.mark.once]
LIMIT = 100_000
NAMED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"')
IMPORTED = re.compile(r'(?:@import\s+(?:url\()?|url\()["\']?([^"\')]+)')


class Visitor:
    """A browser as far as weight goes: it keeps cookies and takes compressed answers."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def fetch(self, address: str, data: bytes | None = None) -> tuple[str, int]:
        """The text at an address, and its bytes on the wire."""
        request = urllib.request.Request(address, data)  # noqa: S310 -- our own server
        request.add_header("Accept-Encoding", "gzip")
        with self.opener.open(request, timeout=PATIENCE) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
            text = (gzip.decompress(body) if packed else body).decode(errors="replace")
            return text, len(body) + len(str(answer.headers))

    def sign_in(self, email: str) -> None:
        address = f"{self.server.address}/account/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.fetch(address)[0])
        assert token
        typed = {"csrfmiddlewaretoken": token[1], "login": email, "password": PASSWORD}
        self.fetch(address, urlencode(typed).encode())

    def weight(self, path: str) -> dict[str, int]:
        """By address the bytes of a page and of all that it needs."""
        start = self.server.address + path
        weights: dict[str, int] = {}
        waiting = [start]
        while waiting:
            address = waiting.pop()
            if address in weights:
                continue
            text, weights[address] = self.fetch(address)
            named = NAMED if address == start else IMPORTED if address.endswith(".css") else None
            found = named.findall(text) if named else []
            waiting += [
                urljoin(address, unescape(name)) for name in found if not name.startswith(("data:", "#"))
            ]
        return weights


def numbers_of(visitor: Visitor, email: str) -> dict[str, str]:
    """The numbers of the demo's tickets that ``email`` reads; another's place stands under none."""
    listed = visitor.fetch(f"{visitor.server.address}/tickets/?show=all")[0]
    links = re.findall(r'<a[^>]*href="/tickets/(VK-\w{6})/"[^>]*>\s*([^<]+?)\s*<', listed)
    numbers = {unescape(subject): number for number, subject in links}
    return {name: numbers[subject] for name, (owner, subject) in TICKETS.items() if owner == email}


@pytest.mark.parametrize("email", ["", NORA], ids=["visitor", "contact"])
def test_a_first_visit_weighs_less_than_100_kb(email: str, demo_portal: Server) -> None:
    visitor = Visitor(demo_portal)
    if email:
        visitor.sign_in(email)
    numbers = numbers_of(visitor, email) if email else {}
    places = [place for place in PLACES if place.reader == email and place.status == 200]
    mailed = "" if email else escalation_mailed(demo_portal.data_dir / "mail")
    weights = {place.name: visitor.weight(path_of(place, numbers, mailed)) for place in places}
    assert all(len(parts) >= 4 for parts in weights.values()), "style sheets were not found"
    assert {name: parts for name, parts in weights.items() if sum(parts.values()) > LIMIT} == {}


def path_of(place: Place, numbers: dict[str, str], escalation: str) -> str:
    return place.path.format(**numbers, escalation=escalation)
