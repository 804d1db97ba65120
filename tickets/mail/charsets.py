"""From bytes to text, whatever charset is named, or none, or a wrong one: always an answer, with damage said."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

from tickets.mail.damage import Damage

UTF8 = "utf-8"
WESTERN = "cp1252"
GUESSED = ""

# What mail programs write, where Python knows another name or where a larger set has the named one in it.
ALIASES = {
    "ansi": GUESSED, "binary": GUESSED, "default": GUESSED, "default-charset": GUESSED, "none": GUESSED,
    "unknown": GUESSED, "unknown-8bit": GUESSED, "x-unknown": GUESSED, "x-user-defined": GUESSED, "8bit": GUESSED,
    "7bit": GUESSED, "ascii": GUESSED, "us-ascii": GUESSED, "ansi-x3.4-1968": GUESSED, "iso646-us": GUESSED,
    "iso-ir-6": GUESSED, "usascii": GUESSED,
    "utf8": UTF8, "utf8mb4": UTF8, "utf8mb3": UTF8, "x-utf-8": UTF8, "unicode-1-1-utf-8": UTF8, "utf-8n": UTF8,
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7", "x-unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "iso-8859-1": WESTERN, "iso8859-1": WESTERN, "latin1": WESTERN, "latin-1": WESTERN, "l1": WESTERN,
    "iso-88591": WESTERN, "iso-8559-1": WESTERN, "iso-8859-9": "cp1254", "latin5": "cp1254",
    "iso-8859-6-i": "iso8859-6", "iso-8859-6-e": "iso8859-6", "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb-2312": "gb18030", "gb-2312-80": "gb18030",
    "euc-cn": "gb18030", "cp936": "gb18030", "windows-936": "gb18030", "chinese": "gb18030", "cn-gb": "gb18030",
    "hz-gb-2312": "hz", "big5": "big5hkscs", "big-5": "big5hkscs", "cn-big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "big5-hkscs": "big5hkscs", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms-kanji": "cp932",
    "shiftjis": "cp932", "windows-31j": "cp932", "cswindows31j": "cp932", "x-mac-japanese": "cp932",
    "x-euc-jp": "euc-jp", "iso-2022-jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext",
    "ks-c-5601-1987": "cp949", "ks-c-5601": "cp949", "ksc5601": "cp949", "ksc-5601": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "x-windows-949": "cp949", "koi8-ru": "koi8-u", "koi8": "koi8-r",
    "cp20127": GUESSED, "cp28591": WESTERN, "cp28592": "iso8859-2", "cp28605": "iso8859-15", "cp51932": "euc-jp",
    "cp51949": "cp949", "cp54936": "gb18030", "cp20866": "koi8-r", "cp21866": "koi8-u", "cp65000": "utf-7",
    "cp65001": UTF8, "macintosh": "mac-roman", "x-mac-roman": "mac-roman", "mac": "mac-roman", "x-mac-ce": "mac-latin2",
    "x-mac-centraleurroman": "mac-latin2", "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic",
    "x-mac-greek": "mac-greek", "x-mac-turkish": "mac-turkish", "x-mac-icelandic": "mac-iceland",
    "x-mac-croatian": "mac-croatian", "x-mac-romanian": "mac-romanian",
}  # fmt: skip
# Python's own inventions, which are no charset of any mail.
NOT_OF_MAIL = {
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
    "mbcs",
    "oem",
    "charmap",
}
NUMBERED_PAGE = re.compile(r"(?:x-)?(?:cp|ibm|windows|win|ms|ms-cp|dos)-?0*(\d{3,5})")
INSIDE_JUNK = re.compile(
    r"utf-?8|iso-8859-\d{1,2}|windows-\d{3,4}|koi8-[ru]|gb2312|big5|shift.jis|euc-[jk][pr]"
)
MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HIGH = re.compile(rb"[\x80-\xff]+")
SAMPLE = 20_000
COMMON_RUSSIAN = set("оеаинтсрвлкмдпу")


def charset(declared: str) -> str | None:
    """Python's name for the charset that a message names; ``""`` where it says nothing; None if nobody knows it.

    >>> charset("x-mac-roman"), charset("GB2312"), charset("no-such")
    ('mac-roman', 'gb18030', None)
    """
    name = declared.strip(" \t'\"<>;,").lower().replace("_", "-").removeprefix("charset=")
    if not name:
        return GUESSED
    if name in ALIASES:
        return ALIASES[name]
    page = NUMBERED_PAGE.fullmatch(name)
    for possible in (f"cp{page[1]}" if page else "", name):
        if possible in ALIASES:
            return ALIASES[possible]
        if possible and _is_text_charset(possible):
            return possible
    inside = INSIDE_JUNK.search(name)
    return charset(inside[0]) if inside and inside[0] != name else None


def decode(content: bytes, declared: str, damage: Damage, *, hints: Iterable[str] = ()) -> str:
    """The text of ``content``. What is not in the declared charset is read as the likeliest other, and said."""
    for mark, named in MARKS:
        if content.startswith(mark) and (named != "utf-32" or len(content) % 4 == 0):
            return content.decode(named, "replace").removeprefix("\ufeff")
    name = charset(declared)
    if name is None:
        guessed = guess(content, hints)
        damage.say(f"Unknown charset: {declared}. Read as {guessed}.")
        return content.decode(guessed, "replace")
    if name == GUESSED:
        return _undeclared(content, declared, damage, hints)
    return _declared(content, name, damage, hints)


def guess(content: bytes, hints: Iterable[str] = ()) -> str:
    """The likeliest charset of bytes that nobody has declared, or has declared wrongly; never None."""
    if _fits(content, UTF8):
        return "iso2022_jp_ext" if b"\x1b$" in content else UTF8
    for hint in hints:
        name = charset(hint)
        if name and name != UTF8 and _fits(content, name):
            return name
    return _by_letters(content[:SAMPLE])


def _undeclared(content: bytes, declared: str, damage: Damage, hints: Iterable[str]) -> str:
    guessed = guess(content, hints)
    if guessed not in {UTF8, "iso2022_jp_ext"}:
        said = f"The text is not {declared}" if declared else "No charset is named"
        damage.say(f"{said}. Read as {guessed}.")
    return content.decode(guessed, "replace")


def _declared(content: bytes, name: str, damage: Damage, hints: Iterable[str]) -> str:
    reader = _with_byte_order(content) if name in {"utf-16", "utf-32", "utf-16le", "utf-16be"} else name
    try:
        return content.decode(reader)
    except (UnicodeError, ValueError):
        pass  # Read with signs in place of what does not fit, and that is said.
    if name == WESTERN:  # five bytes have no sign there; they are control characters of ISO 8859-1
        return content.decode("latin-1")
    text = content.decode(reader, "replace")
    if name != UTF8 or _is_mostly_sound(text):
        damage.say(f"Some characters are not {name} and could not be read.")
        return text
    guessed = guess(content, hints)
    damage.say(f"The text is not {name} as it says. Read as {guessed}.")
    return content.decode(guessed, "replace")


def _is_mostly_sound(text: str) -> bool:
    bad = text.count("\ufffd")
    return sum(1 for c in text if c > "\x7f") - bad >= bad


def _with_byte_order(content: bytes) -> str:
    """UTF-16 without a mark: the zero bytes of Latin letters tell which half comes first; the RFC says big."""
    if len(content) >= 2 and b"\0" not in content[:4] and _fits(content, UTF8):
        return UTF8
    even, odd = content[0:2000:2].count(0), content[1:2000:2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_letters(sample: bytes) -> str:
    for name in ("euc-jp", "cp932"):
        if _fits(sample, name) and _share(sample, name, lambda c: "\u3041" <= c <= "\u30fe") > 0.3:
            return name
    runs = [run[0] for run in HIGH.finditer(sample)]
    if sum(len(run) for run in runs if len(run) > 2) < sum(map(len, runs)) * 0.6:
        return WESTERN
    share, name = max(
        (_share(sample, name, COMMON_RUSSIAN.__contains__), name) for name in ("cp1251", "koi8-r")
    )
    if share > 0.5:
        return name
    pairs = sum(1 for run in runs if len(run) % 2 == 0)
    return "gb18030" if pairs > len(runs) * 0.9 and _fits(sample, "gb18030") else WESTERN


def _share(content: bytes, name: str, wanted: Callable[[str], bool]) -> float:
    letters = [c for c in content.decode(name, "replace") if c > "\x7f"]
    return sum(map(wanted, letters)) / max(1, len(letters))


def _fits(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except (UnicodeError, ValueError):
        return False
    return True


def _is_text_charset(name: str) -> bool:
    if name in NOT_OF_MAIL:
        return False
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError, TypeError):  # no such charset; a NUL in its name; one that makes bytes
        return False
    return True
