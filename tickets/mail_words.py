"""What reading a mail found, said to people. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tickets.mail_read import Address, Automatic, Limit

AUTOMATIC = {
    Automatic.AUTO_REPLY: "an automatic answer",
    Automatic.BOUNCE: "a report on a mail that was not delivered",
    Automatic.LIST: "a mail of a mailing list",
    Automatic.OWN: "a mail of our own",
}
BEYOND = {
    Limit.SIZE: "It is larger than the largest message that is read.",
    Limit.PARTS: "It has more parts than are read.",
    Limit.DEPTH: "Its parts lie deeper in each other than is read.",
    Limit.HEADERS: "Its headers are longer than is read.",
    Limit.ATTACHMENTS: "It has more attachments than are taken.",
    Limit.ATTACHMENT_SIZE: "One of its attachments is larger than is taken.",
    Limit.TIME: "Reading it took too long and was ended.",
}
METHODS = ("spf", "dkim", "dmarc", "arc")
_RESULT = re.compile(rf"\b({'|'.join(METHODS)})\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
MOST = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What a server that the message passed says of who sent it: its name, and its results as "SPF pass"."""

    server: str
    results: str


def checks(fields: Iterable[str]) -> list[Checked]:
    """``Authentication-Results`` fields in words, the topmost first, as many as a person reads."""
    found = []
    for field in list(fields)[:MOST]:
        server, _, rest = field.partition(";")
        results = _RESULT.findall(_COMMENT.sub(" ", rest))
        told = ", ".join(f"{method.upper()} {result.lower()}" for method, result in results)
        found.append(Checked(" ".join(server.split())[:100] or "A server", told or "nothing that we read"))
    return found


def who(address: Address) -> str:
    """Name and address as the message claims them."""
    return f"{address.name} <{address.email}>" if address.name else address.email or "nobody"
