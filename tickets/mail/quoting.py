"""What the sender wrote, apart from what they quote. If in doubt a line is kept: quoted text is only clutter.

Line by line, in one pass for each question, so that no text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from tickets.mail.html_text import INTRODUCES, QUOTE_BEGINS

# Mails that go out have this line on top of what may be answered; what stands below it is ours.
REPLY_LINE = "-- Please reply above this line --"

FORWARDED_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|vs|vb|pd|i|转发|転送)\s*:", re.IGNORECASE)
DASHES = r"[-_=*\s]{2,40}"
FORWARDED_WORDS = (
    "forwarded message", "original message forwarded", "begin forwarded message", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message transféré", "message transmis", "début du message transféré",
    "début du message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado", "messaggio inoltrato",
    "inizio messaggio inoltrato", "inizio del messaggio inoltrato", "doorgestuurd bericht",
    "begin doorgestuurd bericht", "mensagem encaminhada", "vidarebefordrat meddelande", "videresendt melding",
    "videresendt meddelelse", "wiadomość przekazana", "пересылаемое сообщение", "пересланное сообщение",
    "переслане повідомлення", "начало переадресованного сообщения", "przekazana wiadomość", "přeposlaná zpráva",
    "továbbított üzenet", "mesaj redirecționat", "iletilen mesaj", "välitetty viesti", "início da mensagem encaminhada",
    "início da mensagem reencaminhada", "mensagem reencaminhada", "vidarebefordrat brev", "转发邮件", "转发的邮件",
    "轉寄郵件", "転送メッセージ", "전달된 메시지",
)  # fmt: skip
FORWARDED = re.compile(
    rf"(?:{DASHES})?(?:{'|'.join(FORWARDED_WORDS)})(?: by [^:]{{1,60}})?\s?:?(?:{DASHES})?", re.IGNORECASE
)
ORIGINAL_WORDS = (
    "original message", "original appointment", "reply message", "ursprüngliche nachricht", "originalnachricht",
    "original-nachricht", "ursprünglicher termin", "antwort nachricht", "message d'origine", "message d’origine",
    "message original", "mensaje original", "mensaje de origen", "messaggio originale", "messaggio origine",
    "oorspronkelijk bericht", "originele bericht", "mensagem original", "ursprungligt meddelande",
    "originalmeddelande", "opprinnelig melding", "oprindelig meddelelse", "alkuperäinen viesti",
    "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "eredeti üzenet", "исходное сообщение",
    "orijinal mesaj", "özgün ileti", "mesaj original", "вихідне повідомлення", "оригінальне повідомлення",
    "αρχικό μήνυμα", "izvirno sporočilo", "izvorna poruka", "pôvodná správa", "оригинално съобщение",
    "הודעה מקורית", "原始邮件", "邮件原件", "原始郵件", "元のメッセージ", "원본 메시지",
)  # fmt: skip
ORIGINAL = re.compile(rf"[-_=*]{{2,40}}\s*(?:{'|'.join(ORIGINAL_WORDS)})\s*[-_=*]{{0,40}}", re.IGNORECASE)

# The fields above a message in Outlook: of the sender first, then at least two of the others within a few lines.
FROM_LABELS = ("from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "от", "feladó", "kimden", "de la",
               "від", "από", "šalje", "šalilac", "pošiljatelj", "saatja", "nuo", "no", "מאת", "发件人", "寄件者",
               "差出人", "보낸 사람")  # fmt: skip
OTHER_LABELS = {
    "from": ("sent", "date", "to", "subject", "cc", "reply-to"),
    "von": ("gesendet", "datum", "an", "betreff", "cc", "antwort an"),
    "de": ("envoyé", "date", "à", "a", "objet", "cc", "enviado", "enviado el", "fecha", "para", "asunto", "cco",
           "enviada", "enviada em", "data", "assunto"),
    "da": ("inviato", "data", "a", "oggetto", "cc"),
    "van": ("verzonden", "datum", "aan", "onderwerp", "cc"),
    "från": ("skickat", "datum", "till", "ämne", "kopia"),
    "fra": ("sendt", "dato", "til", "emne", "kopi", "cc"),
    "lähettäjä": ("lähetetty", "päivämäärä", "vastaanottaja", "aihe", "kopio"),
    "od": ("wysłano", "wysłane", "data", "do", "temat", "dw", "odesláno", "datum", "komu", "předmět", "kopie",
           "odoslané", "predmet", "poslano", "za", "zadeva"),
    "от": ("отправлено", "дата", "кому", "тема", "копия"),
    "feladó": ("elküldve", "dátum", "címzett", "tárgy"),
    "kimden": ("gönderilmiş", "gönderildi", "tarih", "kime", "konu"),
    "de la": ("trimis", "data", "către", "subiect", "cc"),
    "від": ("надіслано", "дата", "кому", "тема", "копія"),
    "από": ("στάλθηκε", "ημερομηνία", "προς", "θέμα", "κοιν"),
    "šalje": ("poslano", "poslato", "prima", "predmet", "naslov"),
    "šalilac": ("poslato", "prima", "naslov", "predmet"),
    "pošiljatelj": ("poslano", "za", "zadeva", "predmet", "prima"),
    "saatja": ("saadetud", "kuupäev", "adressaat", "teema"),
    "nuo": ("išsiųsta", "data", "kam", "tema"),
    "no": ("nosūtīts", "datums", "kam", "tēma"),
    "מאת": ("נשלח", "תאריך", "אל", "נושא"),
    "发件人": ("发送时间", "日期", "收件人", "主题", "抄送"),
    "寄件者": ("寄件日期", "日期", "收件者", "主旨", "副本"),
    "差出人": ("送信日時", "日時", "宛先", "件名"),
    "보낸 사람": ("보낸 날짜", "날짜", "받는 사람", "제목"),
}  # fmt: skip
SUBJECT_LABELS = {"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
                  "temat", "předmět", "predmet", "тема", "tárgy", "konu", "subiect", "θέμα", "zadeva", "naslov",
                  "teema", "tema", "tēma", "נושא", "主题", "主旨", "件名", "제목"}  # fmt: skip
# Of those, the ones that say when a message was sent, and nothing else.
SENT_LABELS = {"sent", "gesendet", "envoyé", "enviado", "enviado el", "enviada em", "inviato", "verzonden", "skickat",
               "sendt", "lähetetty", "wysłano", "wysłane", "odesláno", "отправлено", "elküldve", "trimis", "надіслано",
               "στάλθηκε", "poslano", "poslato", "gönderilmiş", "gönderildi", "发送时间", "寄件日期", "送信日時",
               "보낸 날짜"}  # fmt: skip
CLOCK_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
SHORTEST_CORE, FEWEST_FIELDS = 4, 3
LABEL = re.compile(r"[*_ ]{0,4}([^:：]{1,20}?)\s?[*_ ]{0,3}[:：][*_ ]{0,3}")
# What programs put between two Chinese characters, so that labels are of equal length.
WITHIN = re.compile(r"(?<=[\u3040-\u9fff])\s+(?=[\u3040-\u9fff])")
LABEL_LINES = 8
# Some programs put the date or the subject above the sender.
ABOVE_FROM = 2
# The line of dashes above the fields, whatever it says in whatever language.
DASHED = re.compile(r"[-_=*]{3,40} ?[^-_=* ].{1,40}[^-_=* ] ?[-_=*]{3,40}")
# What programs write in one line above a message, unmarked: GroupWise, Zoho, Lotus Notes (two ways), david.
ONE_LINE = re.compile(
    r">{3} .{3,300}\d.{0,80} >{3}|-{3,5} On .{5,300} wrote -{3,5}|.{2,200} ---\d[\d/. :APM-]{5,30}---.*|"
    r"\|-{6,60}>\|?|\[?original message processed by david.{0,40}",
    re.IGNORECASE,
)
# What a mail server writes below everything, the quotation included: nobody answers with it.
FOOTER = re.compile(
    r"confidential|intended (?:recipient|only for)|disclaimer|privileged|vertraulich|irrtümlich|bestimmungsgemäß|"
    r"confidentiel|destinataire|confidencial|destinatario|riservat|vertrouwelijk|geadresseerde|poufn|adresat|"
    r"virus[- ]free|virenfrei|scanned (?:by|for)|registered (?:in|office)|think before you print|bevor sie diese",
    re.IGNORECASE,
)

# "On … wrote:" as mail programs put it, of one to four lines: what has its first word in its language, and the rest.
BEGUN_INTRODUCTIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.* (?:wrote|writes|said)\s?:", r"am\b.* (?:schrieb|hat (?:.* )?geschrieben)\b.*:", r"le\b.* a écrit\s?:",
        r"el\b.* (?:escribió|ha escrito)\s?:", r"il\b.* (?:ha scritto|scrive)\s?:",
        r"op\b.* (?:schreef|heeft .* geschreven)\b.*:", r"(?:em|a|às|no dia)\b.* escreveu\s?:",
        r"(?:den|på)\b.* skrev\b.*:", r"(?:w dniu|dnia)\b.* (?:napisał|pisze)\S*\s?:", r"dne\b.* napsal\S*\s?:",
    )
]  # fmt: skip
LOOSE_INTRODUCTIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r".*[>\d)]\s*(?:wrote|writes)\s?:", r".* wrote on .*:",
        r".* (?:schrieb|schrieb am .*|hat am .* geschrieben)\s?:",
        r".* a écrit\s?:", r".* escribió\s?:", r".* ha scritto\s?:", r".* schreef(?: op .*)?\s?:", r".* skrev\s?:",
        r".*kirjoitti\b.*:", r".* napisał\S*\s?:", r".* nap[ií]sala?(?:\(-?a\))?\s?:", r".*\bírta\s?:",
        r".*(?:пишет|написал\(?а?\)?|пише|написа|је написао\S*)\s?:", r".* je napisa(?:o|la|o/la)\s?:",
        r".* yazdı\s?:", r".* a scris\s?:", r".*έγραψε\s?:", r".* va escriure\s?:", r".* menulis\s?:",
        r".* (?:kirjutas|rašė|rakstīja)\s?:", r".*쓴 글\s?:", r".*đã viết\s?:", r".*เขียนว่า\s?:",
        r"בתאריך .*:", r".*כתב\S*\s?:", r".*(?:كتب|بواسطة) .*[:：]", r".*[写寫]道\s?[:：]",
        r".*(?:のメール|書きました|wrote)\s?[:：]",
        r".*작성(?:하였습니다|함)?\s?[:：]",
    )
]  # fmt: skip
REPLY_SUBJECT = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|r|rif|res|odp|ynt|vá|回复|回覆|答复|返信|ответ)\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
DATED = re.compile(r"\b\d{4}\b|\d{1,2}[./-]\d{1,2}|\d{1,2}:\d{2}|\d{4}年")
INTRODUCTION_LINES = 4
MOST_INTRODUCTION = 600
MOST_LINE = 1000
MOST_FOOTER = 4000
# Signs of direction, which programs put around names and addresses.
DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
RULE = re.compile(r"[_\-=]{5,}|\*{3,}|---")
SIGNATURE = "--"
SENTENCE = 5
ARMOUR, ARMOUR_END = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----"


def new_text(text: str, subject: str = "", *, is_reply: bool = True) -> str:
    """The new part of ``text``, which may bear the marks of ``html``; all of it where nothing else is left.

    A forwarded message is no quotation: who forwards means what they forward. An answer between quoted lines keeps
    those that it answers. In a message that answers nothing (``is_reply`` False, no ``Re:``) only what a mail program
    marks without doubt is taken for a quotation: a person may paste a mail, or a log with ``>``.
    """
    lines = text.split("\n")
    if ARMOUR in lines:
        lines = _without_armour(lines)
    bare = [line.lstrip(QUOTE_BEGINS) for line in lines]
    everything = _joined(bare)
    if FORWARDED_SUBJECT.match(subject):
        return everything
    answers = is_reply or bool(REPLY_SUBJECT.match(subject))
    end = _end_of_new(lines, _core(subject) if answers else "", answers=answers)
    if end is None and any(_forwards(lines, number) for number in range(len(lines))):
        return everything
    kept = _without_quoted_end(_above(bare, end), answers=answers or end is not None)
    return _joined(_without_signature(kept)) or _joined(kept) or everything


def _without_armour(lines: list[str]) -> list[str]:
    """The text within a signature of PGP."""
    start = lines.index(ARMOUR)
    first = next((number for number in range(start, len(lines)) if not lines[number].strip()), start) + 1
    last = next((number for number in range(first, len(lines)) if lines[number] == ARMOUR_END), len(lines))
    signed = [line.removeprefix("- ") for line in lines[first:last]]
    return signed if _has_own(signed) else lines


def without_marks(text: str) -> str:
    """``text`` without the marks that ``html`` put into it."""
    return text.replace(QUOTE_BEGINS, "").replace(INTRODUCES, "")


def _joined(lines: Sequence[str]) -> str:
    text = "\n".join(line.lstrip(INTRODUCES).rstrip() for line in lines)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n").rstrip()


def _core(subject: str) -> str:
    """``subject`` without what programs put before that of an answer."""
    core = " ".join(subject.split())
    while found := REPLY_SUBJECT.match(core):
        core = core[found.end() :].strip()
    return core


def _bare(line: str) -> str:
    return line[:MOST_LINE].lstrip(QUOTE_BEGINS + INTRODUCES + "> ").strip()


def _forwards(lines: list[str], number: int) -> bool:
    """Whether a forwarded message begins here; Apple Mail quotes it, and says so in the first quoted line."""
    if not FORWARDED.fullmatch(_bare(lines[number])):
        return False
    if not lines[number].startswith(">"):
        return True
    near = lines[max(0, number - INTRODUCTION_LINES) : number]
    above = next((each.strip() for each in reversed(near) if each.strip()), "")
    return bool(above) and not above.startswith(">") and not above.endswith((":", "："))


def _above(lines: list[str], end: int | None) -> list[str]:
    """The lines above ``end``, without the line of dashes that introduces what begins there."""
    if end is None:
        return lines
    return lines[: end - 1] if end and DASHED.fullmatch(lines[end - 1].strip()) else lines[:end]


def _end_of_new(lines: list[str], core: str, *, answers: bool) -> int | None:
    """Where the message that is answered begins, if it is not marked line by line; never where nothing is above.

    ``core`` is what its subject must be, ``""`` where that is not known.
    """
    labels = [_label(line) for line in lines] if answers else []
    for number, line in enumerate(lines):
        short = line[:MOST_LINE]
        bare = _bare(line)
        if _forwards(lines, number):
            return None
        begins = _is_marked(short, bare) or (answers and _begins_quotation(lines, labels, number, core))
        if begins and _has_own(lines[:number]):
            return number
    return None


def _is_marked(line: str, bare: str) -> bool:
    return line.startswith(QUOTE_BEGINS) or REPLY_LINE in bare


def _begins_quotation(lines: list[str], labels: list[str], number: int, core: str) -> bool:
    line = lines[number][:MOST_LINE]
    if ONE_LINE.fullmatch(line.strip()):
        return True
    if line.startswith(">"):
        return False
    return (
        bool(ORIGINAL.fullmatch(_bare(line)))
        or _is_field_block(lines, labels, number)
        or _is_block_about(core, lines, labels, number)
        or _introduces_unmarked(lines, number)
    )


def _label(line: str) -> str:
    found = LABEL.match(line.lstrip(QUOTE_BEGINS + "> ")[:80])
    return WITHIN.sub("", found[1].strip("*_ \xa0")).lower() if found else ""


def _is_field_block(lines: list[str], of_all: list[str], number: int) -> bool:
    """Whether the fields of a message begin here: its sender, who may stand below date and subject, and others."""
    labels = of_all[number : number + LABEL_LINES + ABOVE_FROM]
    at = next((at for at, label in enumerate(labels[: ABOVE_FROM + 1]) if label in FROM_LABELS), -1)
    if at < 0:
        return False
    known = set(OTHER_LABELS[labels[at]])
    others = {*labels[:at], *labels[at + 1 : at + LABEL_LINES]} & known
    if not known.issuperset(labels[:at]) or len(others) < 2:
        return False
    return not others.isdisjoint(SUBJECT_LABELS) or _was_sent(labels, lines[number : number + 3], known)


def _was_sent(labels: list[str], lines: list[str], known: set[str]) -> bool:
    """Whether sender, date of sending and receiver follow each other; Windows Mail leaves a missing subject out."""
    sent = next((line for label, line in zip(labels, lines, strict=False) if label in SENT_LABELS), "")
    return known.issuperset(labels[1:3]) and len(labels) > 2 and bool(CLOCK_TIME.search(sent))


def _is_block_about(core: str, lines: list[str], labels: list[str], number: int) -> bool:
    """Whether fields of a message with the subject ``core`` begin here, in whatever language."""
    fields = len(list(takewhile(bool, labels[number : number + LABEL_LINES])))
    if len(core) < SHORTEST_CORE or fields < FEWEST_FIELDS:
        return False
    said = [_said_in(line) for line in lines[number : number + fields]]
    return core in said and any("@" in each or CLOCK_TIME.search(each) for each in said)


def _said_in(field: str) -> str:
    """What stands behind the label."""
    return _core(re.split("[:：]", field[:MOST_LINE], maxsplit=1)[-1].strip("*_ \xa0"))


@dataclass(frozen=True, slots=True)
class _Introduction:
    """``On … wrote:``, from line ``first`` up to, not including, line ``end``."""

    first: int
    end: int


def _introduction(
    lines: list[str],
    first: int,
    patterns: Sequence[re.Pattern[str]] = (*BEGUN_INTRODUCTIONS, *LOOSE_INTRODUCTIONS),
) -> _Introduction | None:
    """The introduction that begins at ``first``, if there is one."""
    if not lines[first].strip() or len(lines[first]) > MOST_INTRODUCTION:
        return None
    joined = ""
    for end in range(first + 1, min(first + INTRODUCTION_LINES, len(lines)) + 1):
        piece = lines[end - 1].lstrip(INTRODUCES).translate(DIRECTIONS).strip()
        if not piece or len(joined) + len(piece) > MOST_INTRODUCTION:
            return None
        joined = f"{joined} {piece}".strip()
        if joined.endswith((":", "：")) and _is_introduction(lines[first], joined, patterns):
            return _Introduction(first, end)
    return None


def _is_introduction(first: str, joined: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    if first.startswith(INTRODUCES):  # the mail program says so, in whatever language
        return True
    names = bool(DATED.search(joined)) or "@" in joined
    return names and any(one.fullmatch(joined) for one in patterns)


def _introduces_unmarked(lines: list[str], number: int) -> bool:
    """Whether an introduction begins here whose quoted lines bear no ``>``: then it must name a date."""
    found = _introduction(lines, number)
    if found is None or not DATED.search(" ".join(lines[number : found.end])):
        return False
    following = next((line for line in lines[found.end :] if line.strip()), "")
    return bool(following) and not following.startswith(">")


def _has_own(lines: Sequence[str]) -> bool:
    return any(_is_own(line) for line in lines)


def _is_own(line: str) -> bool:
    bare = line[:MOST_LINE].strip(" \t\u00a0" + QUOTE_BEGINS)
    return (
        bool(bare.strip("-_*= ")) and not bare.startswith((">", INTRODUCES)) and not ORIGINAL.fullmatch(bare)
    )


def _without_quoted_end(lines: list[str], *, answers: bool) -> list[str]:
    """``lines`` without the quotation at their end, and without the only one at their beginning."""
    lines = _without_footer(lines) if answers else lines
    kept = _without_trailing_quotation(lines, answers=answers)
    kept = _without_rule(kept) if answers else kept
    if not _has_own(kept):
        kept = list(lines)
    return _without_leading_quotation(kept)


def _without_footer(lines: list[str]) -> list[str]:
    """``lines`` without what a mail server wrote below an answer and its quotation."""
    last = next((number for number in range(len(lines) - 1, -1, -1) if lines[number].startswith(">")), -1)
    below = "\n".join(lines[last + 1 :]).strip("\n-_=* ")
    first = below.partition("\n\n")[0]
    if last < 0 or len(below) > MOST_FOOTER or len({each.lower() for each in FOOTER.findall(first)}) < 2:
        return lines
    quoted = lines[: last + 1]
    above = _without_trailing_quotation(quoted, answers=True)
    return quoted if _has_own(above) else lines


def _without_trailing_quotation(lines: list[str], *, answers: bool) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    above = _without_introduction(lines[:end], quotes=any(line.startswith(">") for line in lines[end:]))
    return above if answers or len(above) < end else lines


def _without_introduction(lines: list[str], *, quotes: bool) -> list[str]:
    """``lines`` without the introduction at their end; of several that would fit, the shortest with its first word.

    ``quotes`` is whether quoted lines follow.
    """
    for patterns in (BEGUN_INTRODUCTIONS, LOOSE_INTRODUCTIONS):
        for first in range(len(lines) - 1, max(-1, len(lines) - 1 - INTRODUCTION_LINES), -1):
            found = _introduction(lines, first, patterns)
            if found and found.end == len(lines):
                return lines[:first]
    last = lines[-1].translate(DIRECTIONS).strip() if lines else ""
    # A language that nobody told us of: one line with a date or an address and a colon, above quoted lines.
    whose = "@" in last or (quotes and CLOCK_TIME.search(last))
    is_one = last.endswith((":", "：")) and len(last) < 200 and whose and DATED.search(last)
    return lines[:-1] if is_one else lines


def _without_leading_quotation(lines: list[str]) -> list[str]:
    """An answer below the whole quoted message, with ``On … wrote:`` on top, is the answer alone."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    found = _introduction(lines, first) if first < len(lines) else None
    if found is None:
        return lines
    end = found.end
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(">")):
        end += 1
    rest = lines[end:]
    return rest if _has_own(rest) and not any(line.startswith(">") for line in rest) else lines


def _without_rule(lines: list[str]) -> list[str]:
    """``lines`` without the rule or the empty lines at their end."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or RULE.fullmatch(lines[end - 1].strip())):
        end -= 1
    return lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if line.rstrip() == SIGNATURE and _has_own(lines[:number]):
            return lines if line == SIGNATURE and _goes_on(lines[number + 1 :]) else lines[:number]
    return lines


def _goes_on(below: list[str]) -> bool:
    """Whether a sentence stands first below the dashes, not a name: then they part what its author wrote."""
    first = next((line.strip() for line in below if line.strip()), "")
    return first.endswith((".", "?", "!")) and len(first.split()) >= SENTENCE
