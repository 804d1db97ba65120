"""Pages as one reads them."""

import re
from html import unescape
from typing import Any


def words(response: Any) -> str:
    """The text of a page without tags, white space as single spaces."""
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
    return re.sub(r" (?=[,.;:])", "", text)
