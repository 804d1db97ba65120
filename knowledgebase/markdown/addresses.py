"""Which addresses a text may lead to, and which pictures it may show."""

import re

LONGEST_ADDRESS = 2_000
SCHEMES = frozenset({"http", "https", "mailto"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.?.?)", re.DOTALL)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufffd]")
_OWN_FILE = re.compile(r"/kb/files/[A-Za-z0-9_~%][A-Za-z0-9_.~%/-]*")
_UPWARD = re.compile(r"\.\.|//|/\.|%(?:2e|2f|5c|0)", re.IGNORECASE)


def is_safe(address: str) -> bool:
    """Whether a link may lead to ``address``: the web, mail, or relative to our own pages."""
    if len(address) > LONGEST_ADDRESS or _UNFIT.search(address):
        return False
    scheme = _SCHEME.match(address)
    if scheme is None:
        # Two slashes begin another host; a colon here, a scheme that somebody may read otherwise than we do.
        return not address.startswith("//") and ":" not in re.split(r"[/?#]", address, maxsplit=1)[0]
    name, after = scheme[1].lower(), scheme[2]
    return name in SCHEMES and (name == "mailto" or after == "//")


def is_external(address: str) -> bool:
    """Whether a safe address leads to somebody else's pages."""
    return address.lower().startswith(("http:", "https:"))


def is_own_file(address: str) -> bool:
    """Whether ``address`` is a picture of our own, the only ones that a page loads."""
    return _OWN_FILE.fullmatch(address) is not None and _UPWARD.search(address) is None
