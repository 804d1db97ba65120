"""What a message that came by mail says in words that we know: labels, and the one word that accepts. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.accents import composed
from contracts.policy import Policy
from contracts.sla.events import ClockName
from contracts.sla.promises import Wordless
from tickets.mail_read import MailRead

LONGEST_SUBJECT = 200
LONGEST_TEXT = 50_000
LONGEST_FIELD = 20_000
CUT = "\n\n(Cut here; the whole message is kept.)"
NO_SUBJECT = "(no subject)"
NO_TEXT = "(sent without text)"
WORDS_OF_SUBJECT = 8
# More than so much of a text is not looked at where it is cut anyway; accents put together leave more than is kept.
MOST_CLEANED = 4 * LONGEST_TEXT

ACCEPTING = frozenset(
    [
        "accept",
        "accepted",
        "akzeptiert",
        "akzeptieren",
        "akzeptiere",
        "angenommen",
        "accepté",
        "acceptée",
        "accepter",
        "j'accepte",
        "acepto",
        "aceptado",
        "aceptada",
        "aceptar",
        "accetto",
        "accettato",
        "accettata",
        "accettare",
        "akkoord",
        "geaccepteerd",
        "aanvaard",
        "accepteren",
    ]
)
REOPENING = frozenset(
    [
        "reopen",
        "re-open",
        "wiedereröffnen",
        "wiederöffnen",
        "rouvrir",
        "réouvrir",
        "reabrir",
        "riaprire",
        "heropenen",
    ]
)
# What mail programs put before the subject of what is answered or forwarded.
ANSWERING = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|ref|rif|r|odp|ynt|res|fwd?|wg|tr|rv|i|enc|doorst|vb|pd)\s?(?:\[\d+\])?\s?[:：]",
    re.IGNORECASE,
)
LABELS = {
    "product": "product|produkt|produit|producto|prodotto|installation",
    "severity": "severity|priority|schweregrad|priorität|sévérité|gravité|severidad|gravedad|gravità|ernst",
    "steps": "steps|steps to reproduce|steps that lead to it|schritte|étapes|pasos|passi|stappen",
    "effect": "effect|effect on your work|impact|auswirkung|auswirkungen|effet|efecto|effetto|gevolg",
}
OF_LABEL = {word: name for name, words in LABELS.items() for word in words.split("|")}
LABEL = re.compile(
    r"^(?P<quote>[\s>]*)[*_]{0,2}(?P<label>[^\W\d_][\w -]{2,24}?)[*_]{0,2}\s?[:：][*_]{0,2}(?P<said>.*)$"
)
SIGNATURE = re.compile(
    r"^(-- ?|_{5,}|(sent|gesendet|von meinem|envoyé|enviado|inviato|verstuurd|verzonden)\b.{0,60}"
    r"(phone|android|ipad|outlook|samsung|galaxy|mobil\w*|handy|gesendet).{0,40})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stands behind the labels of a message; ``""`` where there is no such label, or nothing behind it."""

    product: str = ""
    severity: str = ""
    steps: str = ""
    effect: str = ""

    def __bool__(self) -> bool:
        return bool(self.product or self.severity or self.steps or self.effect)


def clean(text: str) -> str:
    """``text`` as every database takes it: without NUL and without halves of characters; accents in one piece."""
    return composed(text.replace("\0", "").encode("utf-8", "replace").decode())


def subject_of(read: MailRead) -> str:
    """The subject of a ticket: that of the message, else its first words; never empty."""
    subject = " ".join(clean(read.subject).split())
    words = subject or " ".join(_begun(read.new_text or read.text).split()[:WORDS_OF_SUBJECT])
    return words[:LONGEST_SUBJECT].strip() or NO_SUBJECT


def words_of(read: MailRead, *, whole: bool = False) -> str:
    """What the sender wrote; ``""`` for nothing, neither words nor files.

    The ``whole`` of it, quotes included, where there is nothing else: what is only forwarded is all that there is. A
    request may say all in its subject.
    """
    text = _begun(read.new_text) or (_begun(read.text) if whole else "")
    if not text:
        return NO_TEXT if read.parts or (whole and _says_it_in_its_subject(read)) else ""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT


def _begun(text: str) -> str:
    return clean(text.strip()[:MOST_CLEANED]).strip()


def _says_it_in_its_subject(read: MailRead) -> bool:
    """Whether the subject is the sender's own; not where it is an answer's, nor where a text may have been lost."""
    return bool(read.subject.strip()) and not read.damage and not ANSWERING.match(read.subject)


def labelled_in(read: MailRead) -> Labelled:
    """The labels of a message, also those that it quotes with an answer below them."""
    return read_labels(_begun(read.new_text))


def read_labels(text: str) -> Labelled:
    """What stands behind each label; of two of one name the first that has something behind it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in _without_signature(text[:LONGEST_TEXT].splitlines()):
        label = LABEL.match(line)
        if label and (known := OF_LABEL.get(" ".join(label["label"].lower().split()))):
            name = "" if "".join(found.get(known, ())).strip() else known
            if name:
                found[name] = [label["said"].strip()]
        elif line.lstrip().startswith(">") and line.strip("> \t"):
            name = ""  # what others said ends what was said behind a label
        elif name:
            found[name].append(line.strip("> \t") and line.rstrip())
    said = {each: "\n".join(lines).strip() for each, lines in found.items()}
    return Labelled(
        product=_first_line(said.get("product", ""))[:LONGEST_SUBJECT],
        severity=_first_line(said.get("severity", ""))[:LONGEST_SUBJECT],
        steps=said.get("steps", "")[:LONGEST_FIELD],
        effect=said.get("effect", "")[:LONGEST_FIELD],
    )


def accepts(text: str) -> bool:
    """Whether all that somebody wrote is that they accept."""
    return _bare("\n".join(_without_signature(text.splitlines()))) in ACCEPTING


def reopens(text: str) -> bool:
    """Whether somebody asks, in the first word, to reopen, and says why after it."""
    words = text.split(maxsplit=1)
    return len(words) == 2 and _bare(words[0]) in REOPENING and bool(_bare(words[1]))


def severity_named(policy: Policy, said: str) -> str:
    """The code of the severity that ``said`` names by its code or name; ``""`` for none."""
    wanted = _bare(said)
    for severity in policy.severities:
        if wanted and wanted in (severity.code.casefold(), severity.name.casefold()):
            return severity.code
    first = _bare(said.split(maxsplit=1)[0]) if said.split() else ""
    return next((each.code for each in policy.severities if each.code.casefold() == first), "")


@dataclass(frozen=True, slots=True)
class Place:
    """An installation that somebody may write about. It is ``covered`` by a contract in force that includes email."""

    key: int
    product: str
    installation: str
    covered: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The installation that a message is about; ``guessed`` where the message does not tell it from others, ``named``
    where it names it.
    """

    key: int
    guessed: bool
    named: bool = False


def choose_place(places: Sequence[Place], *, label: str, text: str) -> Choice | None:
    """The one that the label names, else the one whose names alone occur in the text, else the first under contract.

    ``None`` where there are none.
    """
    if not places:
        return None
    named = _named(places, label) or _named(places, text)
    left = named or list(places)
    first = next((place for place in left if place.covered), left[0])
    return Choice(first.key, guessed=len(left) > 1, named=bool(named))


def _named(places: Iterable[Place], text: str) -> list[Place]:
    """Those of which ``text`` names the most: product and installation, else the installation, else the product."""
    folded = text[:LONGEST_TEXT].casefold()
    by_score: dict[int, list[Place]] = {}
    for place in places:
        score = 2 * _occurs(place.installation, folded) + _occurs(place.product, folded)
        by_score.setdefault(score, []).append(place)
    best = max(by_score, default=0)
    return by_score[best] if best else []


def severity_unsaid(policy: Policy, tier: str) -> str:
    """The severity of a request that names none: the least severe one that is answered within a promised time.

    So a clock runs from the first minute, and what nobody asked for is not promised; the contact is asked for one, and
    staff confirm or change it as ever.
    """
    for severity in reversed(policy.severities):
        promise = severity.promised(tier).get(ClockName.RESPONSE)
        if promise is not None and not isinstance(promise, Wordless):
            return severity.code
    return policy.severities[-1].code


def _occurs(name: str, folded: str) -> bool:
    return bool(name) and bool(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", folded))


def _without_signature(lines: Sequence[str]) -> list[str]:
    """The lines above a signature, or the line that a telephone puts below."""
    end = next((number for number, line in enumerate(lines) if SIGNATURE.match(line)), len(lines))
    return list(lines[:end])


def _bare(text: str) -> str:
    return clean(text).strip().strip('.,;:!?…"“”„«»()[]*_ \t\n').replace("’", "'").casefold()


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
