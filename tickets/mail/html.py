"""HTML of mails: cleaned to a short list of elements for a page, and turned into text for everything else.

It is cut into tags by our own hand first, in one pass: what is hidden is left out, nesting is capped, pictures are
named by Content-ID or left out, so that the cleaner is never given what takes it long.
"""

from __future__ import annotations

import binascii
import html as entities
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import nh3

from tickets.mail.limits import MOST_HTML_LEVELS

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "cid"}
# Their content is no text of the message.
UNSEEN = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "noframes",
    "select",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr", "param"}
# They end by themselves where the next one begins, so that they do not nest.
SELF_ENDING = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "dt",
    "dd",
    "option",
    "tbody",
    "thead",
    "tfoot",
    "body",
    "html",
    "head",
}
LINES = {
    "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "pre", "section", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "dl"}

# A line that begins with it is where a mail program put the message that is answered; it never leaves this package.
QUOTE_BEGINS = "\x1d"
# The same, for a line that only introduces the quoted lines below it ("On … wrote:").
INTRODUCES = "\x1e"
QUOTE_IDS = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "zwchr", "x_divrplyfwdmsg",
             "x_appendonsend", "olk_src_body_section", "spark_message_quote")  # fmt: skip
QUOTE_CLASSES = {
    "yahoo_quoted",
    "gmx_quote",
    "zmail_extra",
    "outlookmessageheader",
    "ms-outlook-mobile-reference-message",
}
INTRODUCTION_CLASSES = {"gmail_attr", "moz-cite-prefix", "protonmail_quote_header"}
OUTLOOK_RULE = re.compile(r"border-top:\s*solid #(?:e1e1e1|b5c4df)", re.IGNORECASE)

TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
NAMED = re.compile(r"</?[a-zA-Z]")
LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,60})([^>]*+)>")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]{1,60})(?:\s*=\s*(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)
LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|www\.)", re.IGNORECASE)
DATA_PICTURE = re.compile(
    r"data:(image/(?:png|jpeg|jpg|gif|webp|bmp))(?:;[^,]{0,40})?;base64,", re.IGNORECASE
)


LONG_LINE = 1000


@dataclass(slots=True)
class Token:
    """A piece of HTML: text where ``name`` is ``""``, else the tag that opens or closes ``name``."""

    raw: str
    name: str = ""
    closes: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Pictures:
    """The pictures that HTML may show: those with the Content-IDs ``known``.

    ``shown`` are those that it does show; ``written_in`` what it brought itself, as type and bytes by a new id.
    """

    known: Collection[str] = ()
    shown: set[str] = field(default_factory=set)
    written_in: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def find(self, source: str) -> str:
        """The Content-ID that ``source`` means; ``""`` for a picture elsewhere, which is never loaded."""
        if source[:4].lower() == "cid:":
            return self._of_message(source[4:].strip())
        if data := DATA_PICTURE.match(source):
            return self._written_in(data[1].lower(), source[data.end() :])
        return ""

    def _of_message(self, wanted: str) -> str:
        for possible in (wanted, unquote(wanted)):
            bare = possible.strip("<> ")
            if bare in self.known:
                self.shown.add(bare)
                return bare
        return ""

    def _written_in(self, content_type: str, data: str) -> str:
        try:
            content = binascii.a2b_base64(unquote(data))
        except (binascii.Error, ValueError):
            return ""
        name = f"written-in-{len(self.written_in) + 1}"
        self.written_in[name] = (content_type, content)
        self.shown.add(name)
        return name


def read_html(html: str, pictures: Pictures, *, wants_text: bool = True) -> tuple[str, str]:
    """``html`` cleaned for a page, and its text with quotations marked, ``""`` unless that is wanted.

    What the HTML shows is noted in ``pictures``.
    """
    seen = _without_hidden(list(_tokens(html)))
    shown = list(_with_pictures(seen, pictures))
    return _cleaned("".join(token.raw for token in shown)), _Writer().write(shown) if wants_text else ""


def from_text(text: str) -> str:
    """Plain ``text`` as clean HTML, for a message that has both kinds one after the other."""
    paragraphs = re.split(r"\n\s*\n", entities.escape(text.strip("\n"), quote=False))
    return "".join("<p>{}</p>".format(one.replace("\n", "<br>")) for one in paragraphs)


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        attribute_filter=_only_what_fits,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def _only_what_fits(tag: str, attribute: str, value: str) -> str | None:
    is_picture = value[:4].lower() == "cid:"
    if attribute == "src":
        return value if is_picture else None
    if attribute == "href":
        scheme = value.lstrip()[:8].lower().partition(":")[0]
        return value if scheme in {"http", "https", "mailto"} else None
    if tag in {"td", "th", "img", "ol"} and attribute != "alt":
        return value if value.isdecimal() and len(value) < 5 else None
    return value


def _tokens(html: str) -> Iterator[Token]:
    """One pass: what has no end is text, and where an end was looked for in vain it is not looked for again."""
    position, missing = 0, set[str]()
    cut = _Cutter(html, missing)
    while (start := html.find("<", position)) >= 0:
        if start > position:
            yield Token(html[position:start])
        token, position = cut.at(start)
        if token is not None:
            yield token
    if position < len(html):
        yield Token(html[position:])


class _Cutter:
    """Reads the tag, comment or unseen element that begins at a place."""

    def __init__(self, html: str, missing: set[str]) -> None:
        self.html, self.lower, self.missing = html, html.lower(), missing

    def at(self, start: int) -> tuple[Token | None, int]:
        """What begins at ``start``, None for what is no part of the text, and where it ends."""
        following = self.html[start + 1 : start + 2]
        if self.html.startswith("<!--", start):
            return None, self._after("-->", start + 4, start + 4)
        if following in {"!", "?"}:
            return None, self._after(">", start + 2, start + 2)
        tag = self._tag(start) if NAMED.match(self.html, start) else None
        if tag is None:
            return Token("&lt;"), start + 1
        token = _tag_token(tag)
        if token.name in UNSEEN and not token.closes:
            return None, self._after_element(token.name, tag.end())
        return (None if token.name in UNSEEN else token), tag.end()

    def _tag(self, start: int) -> re.Match[str] | None:
        tag = None if '"' in self.missing else TAG.match(self.html, start)
        if tag is None and ">" not in self.missing:
            self.missing.add('"')  # a quotation without an end: from here on, a tag ends at the next >
            tag = LOOSE_TAG.match(self.html, start)
            if tag is None:
                self.missing.add(">")
        return tag

    def _after(self, mark: str, start: int, otherwise: int) -> int:
        if mark in self.missing:
            return otherwise
        found = self.html.find(mark, start)
        if found < 0:
            self.missing.add(mark)
            return otherwise
        return found + len(mark)

    def _after_element(self, name: str, start: int) -> int:
        mark = f"</{name}"
        found = -1 if mark in self.missing else self.lower.find(mark, start)
        if found < 0:
            self.missing.add(mark)
            return start
        end = self.html.find(">", found)
        return end + 1 if end >= 0 else len(self.html)


def _tag_token(tag: re.Match[str]) -> Token:
    name = tag[2].lower().rpartition(":")[2]
    attributes: dict[str, str] = {}
    if not tag[1] and tag[3].strip(" /"):
        for found in ATTRIBUTE.finditer(tag[3]):
            value = found[2] if found[2] is not None else found[3] if found[3] is not None else found[4] or ""
            attributes.setdefault(found[1].lower(), entities.unescape(value))
    return Token(tag[0], name, bool(tag[1]), attributes)


def _is_hidden(token: Token) -> bool:
    return "hidden" in token.attributes or bool(HIDDEN.search(token.attributes.get("style", "")))


def _without_hidden(tokens: list[Token]) -> Iterator[Token]:
    """What a reader would see, not nested deeper than the limit. A hidden element without an end hides nothing."""
    ends = _ends_of_hidden(tokens)
    depth, left_out = 0, dict[str, int]()
    skipped_until = -1
    for number, token in enumerate(tokens):
        if number <= skipped_until:
            continue
        if number in ends:
            skipped_until = ends[number]
            continue
        if token.name and token.name not in VOID and token.name not in SELF_ENDING:
            if token.closes and left_out.get(token.name):
                left_out[token.name] -= 1
                continue
            if not token.closes and depth >= MOST_HTML_LEVELS:
                left_out[token.name] = left_out.get(token.name, 0) + 1
                continue
            depth = max(0, depth + (-1 if token.closes else 1))
        yield token


def _ends_of_hidden(tokens: list[Token]) -> dict[int, int]:
    """For each hidden element that has an end, the numbers of its first and its last token."""
    open_ones: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for number, token in enumerate(tokens):
        if not token.name:
            continue
        if token.name in VOID:
            if _is_hidden(token):
                found[number] = number
        elif not token.closes:
            open_ones.setdefault(token.name, []).append(number)
        elif open_ones.get(token.name):
            first = open_ones[token.name].pop()
            if _is_hidden(tokens[first]):
                found[first] = number
    return found


def _with_pictures(tokens: Iterator[Token], pictures: Pictures) -> Iterator[Token]:
    """Pictures of the message by their Content-ID, in place of others the words that describe them."""
    for token in tokens:
        if token.name != "img" or token.closes:
            yield token
            continue
        alt = " ".join(token.attributes.get("alt", "").split())[:200]
        if found := pictures.find(token.attributes.get("src", "")):
            size = "".join(
                f' {side}="{token.attributes[side]}"'
                for side in ("width", "height")
                if side in token.attributes
            )
            source = f'<img src="cid:{entities.escape(found)}" alt="{entities.escape(alt)}"{_numbers(size)}>'
            yield Token(source, "img", attributes={"alt": alt or "picture"})
        elif alt:
            yield Token(entities.escape(f"[{alt}]"))


def _numbers(size: str) -> str:
    return size if re.fullmatch(r'(?: \w+="\d{1,4}")*', size) else ""


class _Writer:
    """Writes tokens as text: paragraphs, lists, quotations as ``> `` lines, links with where they go."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.begun: list[str] = []
        self.quotes = 0
        self.preformatted = 0
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int]] = []
        self.blank_before = False
        self.mark = ""

    def write(self, tokens: list[Token]) -> str:
        for token in tokens:
            if not token.name:
                self._text(entities.unescape(token.raw))
            elif token.closes:
                self._close(token)
            else:
                self._open(token)
        self._end_line()
        return "\n".join(self.lines).strip("\n")

    def _text(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.line += first
            for line in rest:
                self._end_line(is_kept=True)
                self.line = line
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self.line == "" or self.line.endswith((" ", "\t")):
            words = words.lstrip(" ")
        self.line += words
        if len(self.line) > LONG_LINE:
            self._put_away()

    def _put_away(self) -> None:
        """The beginning of a long line aside, so that adding to it stays cheap."""
        self.begun.append(self.line[:-1])
        self.line = self.line[-1:]
        self.links = [(target, 0) for target, _ in self.links]

    def _open(self, token: Token) -> None:
        if token.name in LINES or token.name in SPACED:
            self._end_line()
        self.blank_before |= token.name in SPACED and not self.lists
        self._note_mark(token)
        if act := OPENING.get(token.name):
            act(self, token)

    def _close(self, token: Token) -> None:
        if token.name in LINES or token.name in SPACED:
            self._end_line()
        if act := CLOSING.get(token.name):
            act(self)
        self.blank_before |= token.name in SPACED and not self.lists

    def _note_mark(self, token: Token) -> None:
        identity = token.attributes.get("id", "").lower()
        classes = set(token.attributes.get("class", "").lower().split())
        if (
            identity in QUOTE_IDS
            or classes & QUOTE_CLASSES
            or OUTLOOK_RULE.search(token.attributes.get("style", ""))
        ):
            self._end_line()
            self.mark = QUOTE_BEGINS
        elif classes & INTRODUCTION_CLASSES:
            self._end_line()
            self.mark = INTRODUCES

    def break_(self, _: Token) -> None:
        self._end_line(is_kept=True)

    def rule_(self, _: Token) -> None:
        self.line = "---"
        self._end_line()

    def quote_(self, _: Token) -> None:
        self.quotes += 1
        self.blank_before = False

    def unquote_(self) -> None:
        self.quotes = max(0, self.quotes - 1)

    def pre_(self, _: Token) -> None:
        self.preformatted += 1

    def unpre_(self) -> None:
        self.preformatted = max(0, self.preformatted - 1)

    def list_(self, token: Token) -> None:
        self.lists.append(None if token.name == "ul" else 0)

    def unlist_(self) -> None:
        if self.lists:
            self.lists.pop()

    def item_(self, _: Token) -> None:
        number = self.lists[-1] if self.lists else None
        indent = "  " * max(0, min(len(self.lists), 10) - 1)
        if number is None:
            self.line = f"{indent}- "
        else:
            self.lists[-1] = number + 1
            self.line = f"{indent}{number + 1}. "

    def cell_(self, _: Token) -> None:
        if self.line.strip():
            self.line = f"{self.line.rstrip()}\t"

    def link_(self, token: Token) -> None:
        self.links.append((token.attributes.get("href", "").strip(), len(self.line)))

    def unlink_(self) -> None:
        if not self.links:
            return
        target, start = self.links.pop()
        text = self.line[start:].strip()
        if LINK.match(target) and SCHEME.sub("", target).rstrip("/") != SCHEME.sub("", text).rstrip("/"):
            self.line = f"{self.line.rstrip()} <{target}>" if text else f"{self.line}<{target}>"

    def image_(self, token: Token) -> None:
        self.line += f"[{token.attributes.get('alt') or 'picture'}]"

    def _end_line(self, *, is_kept: bool = False) -> None:
        """Put the line down; an empty one only where a line break asked for it."""
        line, self.line = "".join([*self.begun, self.line]).rstrip(), ""
        self.begun.clear()
        if not line and not is_kept:
            return
        prefix = "> " * min(self.quotes, 10)
        if self.blank_before and self.lines and self.lines[-1].strip("> "):
            self.lines.append(prefix.rstrip())
        self.blank_before = False
        mark, self.mark = (self.mark, "") if line else ("", self.mark)
        mark = "" if self.quotes else mark  # what is quoted already needs no mark
        self.lines.append(f"{mark}{prefix}{line}".rstrip())


OPENING: dict[str, Callable[[_Writer, Token], None]] = {
    "br": _Writer.break_, "hr": _Writer.rule_, "blockquote": _Writer.quote_, "pre": _Writer.pre_, "ul": _Writer.list_,
    "ol": _Writer.list_, "li": _Writer.item_, "td": _Writer.cell_, "th": _Writer.cell_, "a": _Writer.link_,
    "img": _Writer.image_,
}  # fmt: skip
CLOSING: dict[str, Callable[[_Writer], None]] = {
    "blockquote": _Writer.unquote_, "pre": _Writer.unpre_, "ul": _Writer.unlist_, "ol": _Writer.unlist_,
    "a": _Writer.unlink_,
}  # fmt: skip
