"""Letters and their accents, put together and taken apart in a time that grows with the text alone.

Unicode sorts the marks on a letter, and the standard library does so by insertion: fifty thousand of them on one letter
take seconds, twice as many four times as long. No script has thirty; after so many the next mark begins anew.
"""

import re
import unicodedata

# Letters, digits and spaces with at most thirty other signs after them; where a letter follows a sign nothing joins.
_PIECE = re.compile(r"[\w\s]+[^\w\s]{0,30}|[^\w\s]{1,30}")


def composed(text: str) -> str:
    """``text`` in Unicode's form NFC: each letter with its accents one character where there is one."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFC", piece) for piece in _PIECE.findall(text))


def bare(text: str) -> str:
    """``text`` without accents, and without what else only looks different (Unicode's form NFKD without its marks)."""
    if text.isascii():
        return text
    apart = "".join(unicodedata.normalize("NFKD", piece) for piece in _PIECE.findall(text))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
