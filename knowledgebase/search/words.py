"""What a word is: how texts are cut, folded and brought to a common form.

``E1234-5``, ``config.toml``, ``2.4.1``, ``C++`` and ``.NET`` are words as they stand, and found by their parts, too.
Folding takes away case, accents and the ß; the key of a word, by which it is found, its ending as well.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock

import snowballstemmer

from contracts.accents import bare

LONGEST = 60
TOKEN = re.compile(r"(?:(?<![\w.])\.)?[^\W_]+(?:[-._'’][^\W_]+)*(?:\+\+|#(?!\w))?")
PARTS = re.compile(r"[-._+#]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th"}
)
# ä is folded to a; who writes ae means the same. Short words (due, true) would fall together by it.
SHORTEST_WITH_UMLAUT = 5
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are aren as at be because been before being both but by can cannot cant
    could couldnt did didnt do does doesnt doing dont down each else ever few for from get gets getting give got had
    has have having he help her here hers him his how i id if im in instead into is isnt it its ive just keep keeps
    lets like make makes me more most my need no nor not now of off on once one only or other our out over own please
    same she should so some someone something still such than thank thanks that the their them then there these they
    thing things this those through to too under until up us use used using very via want wants was way we were what
    whats when where which while who why will with without wont work works would you your yours
    aber als auch auf aus bei bin bist das dem den der des dich dir doch ein eine einem einen einer eines er es fur
    hat hatte ich ihr im ist kann kein keine man mein meine mich mir mit nach nicht noch nur oder sich sie sind uber
    und uns vom von vor wann warum wenn werden wie wird wo zu zum zur
    """.split()  # noqa: SIM905 -- words are read best as a text
)
# Words that are asked with more often than they are asked for.
WEAK_WORDS = frozenset(
    """
    another anybody anything anywhere best better certain common correct couldn different easy enough entire even
    everybody everyone everything everywhere exact exactly example existing first full good great hard happen happens
    help important last least less long lot many may maybe might much must myself new next nice nicely nobody nothing
    often old part particular piece possible possibly problem put putting quite rather really right same several
    show simple since somebody somehow something sometimes soon sure take takes tell thing try trying twice usual
    way well whole wish wrong
    """.split()  # noqa: SIM905 -- words are read best as a text
)
_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()  # the stemmer keeps the word at hand in itself


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """``text`` without case, accents and ß: what is typed differently and meant alike."""
    if text.isascii():
        return text.lower()
    return bare(text.casefold().translate(UNDECOMPOSED))


@lru_cache(maxsize=100_000)
def forms(token: str) -> tuple[str, ...]:
    """The folded words of a token: itself first, then its parts, then the parts in one.

    >>> forms("Wi-Fi")
    ('wi-fi', 'wi', 'fi', 'wifi')
    """
    token = re.sub(r"['’](?:s$)?", "", token)
    whole = fold(token)[:LONGEST]
    pieces = [piece for part in PARTS.split(token) for piece in CAMEL.split(part)]
    parts = [fold(piece)[:LONGEST] for piece in pieces if len(piece) > 1]
    joined = "".join(parts) if "-" in token and len(parts) == 2 else whole
    return tuple(dict.fromkeys(word for word in (whole, *parts, joined[:LONGEST]) if word))


@lru_cache(maxsize=200_000)
def key(word: str) -> str:
    """What a folded word is found by: its stem, with ae, oe and ue as the umlauts that they stand for."""
    if len(word) <= 3 or not word.isalpha():
        return word
    with _stemming:
        stem = str(_stemmer.stemWord(word))
    if len(word) < SHORTEST_WITH_UMLAUT:
        return stem
    return stem.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_of(text: str) -> Iterator[str]:
    """Every folded word of ``text`` in its order, parts of compounds included."""
    for token in TOKEN.findall(text):
        yield from forms(token)
