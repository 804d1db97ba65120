"""Where a message lay: the name by which it is taken once."""

import hashlib

LONGEST = 200


def place_of(*parts: str) -> str:
    """One name out of the parts, the same for the same; a long one ends with a fingerprint of the whole."""
    whole = "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{whole[: LONGEST - len(mark) - 1]}~{mark}"
