"""What the receiving server found out about a sender: ``Authentication-Results`` (RFC 8601). Pure.

Only the topmost fields of servers that are trusted by setting are read: whatever a sender writes stands below them.
Such a server must remove fields that claim to be its own, as the RFC has it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import dropwhile, takewhile

LONGEST_FIELD = 8_000
MOST_RESULTS = 60
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="()]+|[;=]')
METHOD = re.compile(r"^(dmarc|spf|dkim)(?:/\d+)?$", re.IGNORECASE)


class Verdict(StrEnum):
    """What came out: nobody was asked, nothing was found, or the sender is who they say, or is not."""

    NOT_ASKED = "not_asked"
    MISSING = "not_authenticated"
    PASSED = "passed"
    FAILED = "authentication"


@dataclass(slots=True)
class Result:
    """One result: ``dkim=pass header.d=example.com``."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


def judge(fields: Sequence[str], *, trusted: Iterable[str], sender: str) -> Verdict:
    """Whether ``sender``, the address in ``From``, was authenticated. ``fields`` are the topmost first.

    DMARC decides where it was applied, unless the server read another address in ``From`` than we did. Without it SPF
    or DKIM must have passed for the sender's own domain, or for one above or below it; that of no domain is anybody's.
    """
    servers = {name.lower() for name in trusted}
    if not servers:
        return Verdict.NOT_ASKED

    def is_ours(each: str) -> bool:
        return server_of(each) in servers

    own = takewhile(is_ours, dropwhile(lambda each: not is_ours(each), fields))
    results = [result for each in own for result in read_results(each)][:MOST_RESULTS]
    if not results:
        return Verdict.MISSING
    dmarc = {each.result for each in results if each.method == "dmarc"}
    if "fail" in dmarc:
        return Verdict.FAILED
    domain = sender.rpartition("@")[2]
    passed = any(_aligned(each, domain) or _passes(each, domain) for each in results)
    return Verdict.PASSED if passed else Verdict.FAILED


def server_of(field_: str) -> str:
    """The authserv-id: the server that says it has written the field; ``""`` where it has none."""
    tokens = _tokens(field_)
    return tokens[0].lower() if tokens and tokens[0] not in (";", "=") else ""


def read_results(field_: str) -> list[Result]:
    """The results of DMARC, SPF and DKIM in one field, in order; what is no result is left out."""
    groups: list[list[str]] = [[]]
    for word in _tokens(field_):
        if word == ";":
            groups.append([])
        else:
            groups[-1].append(word)
    return [result for group in groups[1:] if (result := _result(group))]


def _result(group: list[str]) -> Result | None:
    if len(group) < 3 or group[1] != "=" or not (method := METHOD.match(group[0])):
        return None
    found = Result(method[1].lower(), group[2].lower())
    for name, sign, value in zip(group[3:], group[4:], group[5:], strict=False):
        if sign == "=":
            found.properties.setdefault(name.lower(), value.lower())
    return found


def _aligned(result: Result, domain: str) -> bool:
    """Whether DMARC passed, and not for the domain of another sender than ours, where the server says for which."""
    if result.method != "dmarc" or result.result != "pass":
        return False
    found = result.properties.get("header.from")
    return found is None or _related(found.rpartition("@")[2].rstrip("."), domain)


def _passes(result: Result, domain: str) -> bool:
    """Whether SPF or DKIM passed for the sender's domain; SPF of a greeting (``smtp.helo``) says nothing of them."""
    if result.method not in ("spf", "dkim") or result.result != "pass":
        return False
    names = ("smtp.mailfrom", "smtp.mail") if result.method == "spf" else ("header.d", "header.i")
    found = next((result.properties[name] for name in names if name in result.properties), "")
    return _related(found.rpartition("@")[2], domain)


def _related(one: str, other: str) -> bool:
    """Whether two domains are one, or one is below the other; of a single word nothing is below."""
    if one == other:
        return bool(one)
    return any(low.endswith(f".{high}") and "." in high for low, high in ((one, other), (other, one)))


def _tokens(field_: str) -> list[str]:
    """Words, strings without their quotes, ``;`` and ``=``; comments, which nest, left out."""
    return [
        re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') and len(word) > 1 else word
        for word in WORD.findall(_without_comments(field_[:LONGEST_FIELD]))
    ]


def _without_comments(text: str) -> str:
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in text:
        if escaped or (sign == "\\" and (quoted or depth)):
            escaped = not escaped
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and not quoted and depth:
            depth -= 1
            continue
        if not depth:
            kept.append(sign)
    return "".join(kept)
