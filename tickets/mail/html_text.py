"""HTML as text: paragraphs, lists, links with where they go, quotations as lines with ``>``."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterable

from tickets.mail.html_tags import Token

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

LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|www\.)", re.IGNORECASE)
LONG_LINE = 1000
NO_BORDER = re.compile(
    r"(?!.*border-left)(?:.*;)?\s*border:\s*(?:none|0(?:px)?)\s*(?:;|$)", re.IGNORECASE | re.DOTALL
)


def to_text(seen: Iterable[Token]) -> str:
    """The text of what is seen, with the marks of quotations (``QUOTE_BEGINS``, ``INTRODUCES``)."""
    return _Writer().write(seen)


class _Writer:
    """Writes tokens as text: paragraphs, lists, quotations as ``> `` lines, links with where they go."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.begun: list[str] = []
        self.quotes = 0
        self.blockquotes: list[bool] = []
        self.preformatted = 0
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int]] = []
        self.blank_before = False
        self.mark = ""

    def write(self, tokens: Iterable[Token]) -> str:
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
        self.links = [(target, 0) for target, _ in self.links[-20:]]

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

    def quote_(self, token: Token) -> None:
        self.blockquotes.append(not _only_indents(token))
        self.quotes += self.blockquotes[-1]
        self.blank_before = False

    def unquote_(self) -> None:
        if self.blockquotes:
            self.quotes -= self.blockquotes.pop()

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
        """Put the line down; an empty one only where a line break asked for it, or a space that may not break."""
        whole, self.line = "".join([*self.begun, self.line]), ""
        line = whole.rstrip()
        self.begun.clear()
        if not line and not is_kept:
            self.blank_before |= "\u00a0" in whole
            return
        prefix = "> " * min(self.quotes, 10)
        if self.blank_before and self.lines and self.lines[-1].strip("> "):
            self.lines.append(prefix.rstrip())
        self.blank_before = False
        mark, self.mark = (self.mark, "") if line else ("", self.mark)
        mark = "" if self.quotes else mark  # what is quoted already needs no mark
        self.lines.append(f"{mark}{prefix}{line}".rstrip())


def _only_indents(token: Token) -> bool:
    """Whether it is what Apple Mail and Gmail make of a paragraph that its author moved in, and no quotation."""
    is_cited = "type" in token.attributes or "cite" in token.attributes or "class" in token.attributes
    return not is_cited and bool(NO_BORDER.match(token.attributes.get("style", "")))


OPENING: dict[str, Callable[[_Writer, Token], None]] = {
    "br": _Writer.break_, "hr": _Writer.rule_, "blockquote": _Writer.quote_, "pre": _Writer.pre_, "ul": _Writer.list_,
    "ol": _Writer.list_, "li": _Writer.item_, "td": _Writer.cell_, "th": _Writer.cell_, "a": _Writer.link_,
    "img": _Writer.image_,
}  # fmt: skip
CLOSING: dict[str, Callable[[_Writer], None]] = {
    "blockquote": _Writer.unquote_, "pre": _Writer.unpre_, "ul": _Writer.unlist_, "ol": _Writer.unlist_,
    "a": _Writer.unlink_,
}  # fmt: skip
