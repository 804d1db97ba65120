"""Taking names out of a text: of people, companies, hosts, and what leads to them.

What is taken out leaves a mark such as ``⟦the customer⟧``: the author checks each, for a machine finds neither every
name nor only names. It rather takes too much than too little.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.accents import composed

MARK = re.compile(r"⟦[^⟦⟧\n]{1,60}⟧")
PERSON, CUSTOMER, ADDRESS, HOST = "a person", "the customer", "an e-mail address", "a host"
LINK, PHONE, TICKET, REFERENCE, PLACE, NETWORK = (
    "an address",
    "a phone number",
    "a ticket",
    "a reference",
    "an installation",
    "an IP address",
)

EMAIL = re.compile(
    r"(?:mailto:)?[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}", re.IGNORECASE
)
# An international number, one that begins with a nought, or the American way of writing it.
PHONES = re.compile(
    r"(?<![\w.+/-])"
    r"(?:(?:\+\d|\(0\d{1,5}\)|0\d)[\d ()/.\u00a0-]{5,22}\d|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})"
    r"(?![\w-])"
)
DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}(?:\b|$)|\d{4}-\d{2}-\d{2}")
IP = re.compile(r"(?<![\w.])(?<!version )(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)", re.IGNORECASE)
OWN = {"127.0.0.1", "0.0.0.0", "255.255.255.255"}  # noqa: S104 -- everybody's
LEGAL = {
    "gmbh",
    "ag",
    "kg",
    "inc",
    "ltd",
    "llc",
    "plc",
    "corp",
    "co",
    "sa",
    "srl",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
    "doo",
    "spa",
}
# Words of every text that are names, too, or parts of companies' names: taken only where they are written large.
COMMON = frozenset(
    """ada all and an april art august baker bank bay bell best bill black blue bond bridge brook brown bush case
    chase child church clay cook cross data dawn day dean del der desk die do don drew east english faith field first
    food foods for force ford forest frank free freight gate gene general global gold good grace grant gray great green
    group hall hand harbour hill home hope house ice in international iron jack job joy june key king la lake lane last
    law lee light line lines link little long love major man mark marsh max may media mike mill min miller moon new
    north off office page park pat paul pen people pier place pool port price print pro public quay rain ray red reed
    rich river rob rock rose sales salt sand see self service services share sharp short silver smart smith snow so
    software solutions son song south star state steel stone street strong sue summer sun support system systems
    team tech technology test the tim tom tool tools top tower town trade training university value van von wall
    warehouse water way web wells west white wide will win wind winter wise wolf wood woods work works world worth
    young""".split()  # noqa: SIM905 -- a text, read as one
)
SHORT = 2  # letters; such names are taken only as they are written, or in capitals


@dataclass(frozen=True, slots=True)
class Names:
    """What must not stand in the text. ``people`` are full names, ``logins`` what stands before the @."""

    customer: str = ""
    people: Sequence[str] = ()
    logins: Sequence[str] = ()
    domains: Sequence[str] = ()
    places: Sequence[str] = ()
    references: Sequence[str] = ()
    ticket_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken out, and the words that stand there now."""

    before: str
    instead: str


@dataclass(frozen=True, slots=True)
class Neutral:
    """The text with marks for names, and what they stand for, each once, in the order of the text."""

    text: str
    taken: Sequence[Taken]


Span = tuple[int, int, str]


def neutral(text: str, names: Names) -> Neutral:
    """``text`` without ``names``, e-mail addresses, phone numbers, and hosts and links of their domains."""
    text = composed(text)
    kept: list[Span] = []
    occupied = bytearray(len(text))
    for start, end, instead in _candidates(text, names):
        if end > start and not any(occupied[start:end]):
            occupied[start:end] = b"\1" * (end - start)
            kept.append((start, end, instead))
    pieces, last, taken = list[str](), 0, dict[Taken, None]()
    for start, end, instead in sorted(kept):
        pieces += [text[last:start], f"⟦{instead}⟧"]
        taken[Taken(text[start:end], instead)] = None
        last = end
    return Neutral("".join([*pieces, text[last:]]), list(taken))


def _candidates(text: str, names: Names) -> Iterator[Span]:
    """Where names stand, the surest first: of two that overlap the first is taken."""
    yield from ((*found.span(), ADDRESS) for found in EMAIL.finditer(text))
    yield from _hosts(text, names.domains)
    if names.ticket_prefix:
        number = re.compile(rf"(?<!\w){re.escape(names.ticket_prefix)}-?[0-9A-Z]{{6}}(?!\w)", re.IGNORECASE)
        yield from ((*found.span(), TICKET) for found in number.finditer(text))
    yield from _words(text, names.references, REFERENCE)
    yield from _companies(text, names.customer)
    yield from _words(text, [domain.split(".")[0].capitalize() for domain in names.domains], CUSTOMER)
    yield from _people(text, names.people)
    yield from _words(text, names.logins, PERSON)
    yield from _words(text, names.places, PLACE)
    yield from ((*found.span(), PHONE) for found in PHONES.finditer(text) if _is_phone(found[0]))
    yield from ((*found.span(), NETWORK) for found in IP.finditer(text) if _is_network(found[0]))


def _hosts(text: str, domains: Iterable[str]) -> Iterator[Span]:
    """Links to hosts under the domains, then the hosts alone."""
    for domain in sorted(domains, key=len, reverse=True):
        if not domain.strip("."):
            continue
        name = rf"(?:[\w-]{{1,63}}\.){{0,8}}{re.escape(domain.strip('.'))}(?![\w-]|\.\w)"
        host = rf"(?<![\w@.-]){name}"
        link = re.compile(rf"\b[a-z][a-z0-9+.-]{{1,15}}://{name}[^\s<>()\"']*", re.IGNORECASE)
        yield from ((*found.span(), LINK) for found in link.finditer(text))
        yield from ((*found.span(), HOST) for found in re.finditer(host, text, re.IGNORECASE))


def _companies(text: str, name: str) -> Iterator[Span]:
    """The customer's name; without its legal form; its beginnings; its first letters where they are three."""
    words = name.split()
    core = [word for word in words if word.strip(".,").lower() not in LEGAL] or words
    yield from _words(text, [name, " ".join(core), "".join(core)], CUSTOMER)
    for count in range(len(core) - 1, 1, -1):
        yield from _words(text, [" ".join(core[:count])], CUSTOMER)
    yield from _words(text, core[:1], CUSTOMER)
    initials = "".join(word[0] for word in core).upper()
    if len(initials) > SHORT:
        yield from _spans(text, initials, CUSTOMER, exact=True)


def _people(text: str, people: Iterable[str]) -> Iterator[Span]:
    """Full names first, the other way round, too; then each part of them."""
    names = [name.split() for name in people]
    for parts in names:
        if len(parts) > 1:
            family_first = [f"{parts[-1]}, {' '.join(parts[:-1])}", f"{parts[-1]} {' '.join(parts[:-1])}"]
            yield from _words(text, [" ".join(parts), *family_first, "".join(parts)], PERSON)
    for parts in names:
        yield from _words(text, [part.strip(".,") for part in parts], PERSON)
        halves = [half for part in parts if "-" in part for half in part.split("-")]
        yield from _words(text, halves, PERSON)


def _words(text: str, words: Iterable[str], instead: str) -> Iterator[Span]:
    """Where any of ``words`` stands, however it is spelt; short and common ones only where written large."""
    for word in words:
        for spelling in _spellings(word.strip()):
            exact = len(spelling) <= SHORT or spelling.lower() in COMMON
            yield from _spans(text, spelling, instead, exact=exact)


def _spans(text: str, word: str, instead: str, *, exact: bool) -> Iterator[Span]:
    """Where ``word`` stands as a word, its possessive left behind it; ``exact``: as it is written, or in capitals."""
    if not any(sign.isalnum() for sign in word) or len(word) < SHORT:
        return
    spaced = r"[\s\u00a0]+".join(re.escape(part) for part in word.split())
    for found in re.finditer(spaced, text, re.IGNORECASE):
        start, end = found.span()
        if exact and found[0] not in {word, word.upper(), word.capitalize()}:
            continue
        if not _is_apart(text, start, end):
            if len(word) > SHORT and text[end : end + 1] in {"s", "S"} and _is_apart(text, start, end + 1):
                end += 1
            else:
                continue
        yield start, end, instead


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether no letter goes on before or behind, a change of case (``NoraPC``) apart."""
    before, first = text[start - 1 : start], text[start]
    last, after = text[end - 1], text[end : end + 1]
    free_before = not before.isalpha() or (before.islower() and first.isupper())
    free_after = not after.isalpha() or (last.islower() and after.isupper())
    return free_before and free_after


def _spellings(word: str) -> list[str]:
    """``Müller``, ``Mueller`` and ``Muller``."""
    word = composed(word)
    transcribed = word
    for sign, letters in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("Ä", "Ae"),
        ("Ö", "Oe"),
        ("Ü", "Ue"),
        ("ß", "ss"),
    ):
        transcribed = transcribed.replace(sign, letters)
    special = word.replace("ß", "ss").translate(str.maketrans("øØłŁđĐ", "oOlLdD"))
    bare = "".join(c for c in unicodedata.normalize("NFD", special) if not unicodedata.combining(c))
    return list(dict.fromkeys([word, transcribed, bare]))


def _is_phone(found: str) -> bool:
    digits = sum(sign.isdigit() for sign in found)
    return 7 <= digits <= 15 and not DATE.match(found)


def _is_network(found: str) -> bool:
    numbers = [int(part) for part in found.split(".")]
    return found not in OWN and all(number < 256 for number in numbers) and max(numbers) > 9
