"""The one form in which a tag is stored and asked for."""

import re
import unicodedata

LONGEST = 40
MOST = 20  # on one ticket


def normal(tag: str) -> str:
    """``tag`` in small letters, everything but letters and digits a single hyphen; ``""`` for no word or one too long.

    So “VPN  Tunnel”, “vpn-tunnel” and “#vpn_tunnel” are one tag.
    """
    folded = unicodedata.normalize("NFKC", tag).casefold()
    name = re.sub(r"[\W_]+", "-", folded).strip("-")
    return name if len(name) <= LONGEST else ""
