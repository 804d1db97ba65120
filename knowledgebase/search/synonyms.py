"""Words that mean much the same at a support desk: who looks for a folder finds the directory, too.

They stand in ``thesaurus.txt``. A synonym counts for less than the word itself, and joins only what is looked for:
nothing of it stands in the index, so that a line more or less needs no rebuilding.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path

from knowledgebase.search.words import key

THESAURUS = Path(__file__).with_name("thesaurus.txt")


def synonyms(one: str) -> frozenset[str]:
    """The keys that stand for much the same as the key ``one``."""
    return _of_keys().get(one, frozenset())


@cache
def _of_keys() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in THESAURUS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            first, *others = map(key, line.split())
            found[first].update(others)
            for other in others:
                found[other].add(first)
    return {one: frozenset(others - {one}) for one, others in found.items()}
