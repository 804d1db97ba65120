"""What reading a mail found of its sender, said to people. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tickets.mail.authentication import read_results, server_of
from tickets.mail_read import Address

MOST = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What a server that the message passed says of who sent it: its name, and its results as "SPF pass"."""

    server: str
    results: str
    is_trusted: bool


def checks(fields: Iterable[str], *, trusted: Collection[str]) -> list[Checked]:
    """``Authentication-Results`` fields in words, the topmost first, as many as a person reads."""
    servers = {name.lower() for name in trusted}
    found = []
    for field in list(fields)[:MOST]:
        server = server_of(field)
        told = ", ".join(f"{each.method.upper()} {each.result}" for each in read_results(field))
        found.append(
            Checked(server[:100] or "A server", told or "nothing of SPF, DKIM or DMARC", server in servers)
        )
    return found


def who(address: Address) -> str:
    """Name and address as the message claims them."""
    return f"{address.name} <{address.email}>" if address.name else address.email or "nobody"
