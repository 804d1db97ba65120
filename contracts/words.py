"""Days, lists and the ways to the desk as a sentence writes them."""

from collections.abc import Iterable
from datetime import date

# The codes of a policy file for the ways to the desk, as people say them.
CHANNELS_IN_WORDS = {"web": "web form", "email": "email", "phone": "phone", "forum": "forum"}

# "c", "12", "iv": what is longer is no letter or number of a list.
LONGEST_LETTER = 3


def day_in_words(day: date) -> str:
    """``5 August 2023``."""
    return f"{day.day} {day:%B} {day.year}"


def list_in_words(items: Iterable[str], last: str = "and") -> str:
    """``a, b and c``; ``""`` for nothing."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def clause_in_words(code: str) -> str:
    """``clause (c)`` by the policy's own letter or number; ``the clause on data fields`` where it gave the clause none.

    The code of such a clause is ours: the clause's words with hyphens between.
    """
    return f"clause ({code})" if len(code) <= LONGEST_LETTER else f"the clause on {code.replace('-', ' ')}"


def term_in_words(starts_on: date, ends_on: date | None) -> str:
    """``from 1 May 2026 to 30 April 2027``, the last day included."""
    if ends_on is None:
        return f"from {day_in_words(starts_on)} on"
    return f"from {day_in_words(starts_on)} to {day_in_words(ends_on)}"
