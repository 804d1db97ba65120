"""How a licence number is written: however people type it, one number is one text. Pure."""

import re
import unicodedata

LONGEST = 60
_KEPT = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_BETWEEN = re.compile(r"[\s_./·–—‐‑‒−-]+")


def plain_number(typed: str) -> str:
    """Capitals and digits in groups with a hyphen between them; ``""`` for what is no licence number.

    Full-width letters, other dashes, spaces and dots between the groups are read as what they stand for.
    """
    folded = unicodedata.normalize("NFKC", typed[: 4 * LONGEST]).upper().strip()
    plain = _BETWEEN.sub("-", folded).strip("-")
    return plain if len(plain) in range(4, LONGEST + 1) and _KEPT.fullmatch(plain) else ""


def numbers_in(pasted: str) -> tuple[list[str], list[str]]:
    """The numbers of a pasted list, one a line or parted by commas, each once; and what is none."""
    parts = [part.strip() for part in re.split(r"[\n\r,;\t]+", pasted) if part.strip()]
    plain = [(part, plain_number(part)) for part in parts]
    return list(dict.fromkeys(number for _, number in plain if number)), [
        part for part, number in plain if not number
    ]
