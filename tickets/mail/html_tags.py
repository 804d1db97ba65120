"""HTML cut into tags by our own hand, in one pass: what is hidden is left out, and nesting is capped."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tickets.mail.limits import MOST_HTML_LEVELS

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
TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
RUN = re.compile(r"<+(?=<)")
NAMED = re.compile(r"</?[a-zA-Z]")
LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,60})([^>]*+)>")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]{1,60})(?:\s*=\s*(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE)


MOST_ATTRIBUTES = 100


@dataclass(slots=True)
class Token:
    """A piece of HTML: text where ``name`` is ``""``, else the tag that opens or closes ``name``."""

    raw: str
    name: str = ""
    closes: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def tokens(html: str) -> Iterator[Token]:
    """The pieces of ``html`` that a reader would see."""
    return _without_hidden(list(_tokens(html)))


def _tokens(html: str) -> Iterator[Token]:
    """One pass: what has no end is text, and where an end was looked for in vain it is not looked for again."""
    position, missing = 0, set[str]()
    cut = _Cutter(html, missing)
    text: list[str] = []  # in one piece, however many signs in it look like the beginning of a tag
    while (start := html.find("<", position)) >= 0:
        text.append(html[position:start])
        token, position = cut.at(start)
        if token is not None and token.name:
            if words := "".join(text):
                yield Token(words)
            text.clear()
            yield token
        elif token is not None:
            text.append(token.raw)
    if words := "".join([*text, html[position:]]):
        yield Token(words)


class _Cutter:
    """Reads the tag, comment or unseen element that begins at a place."""

    def __init__(self, html: str, missing: set[str]) -> None:
        self.html, self.lower, self.missing = html, html.lower(), missing

    def at(self, start: int) -> tuple[Token | None, int]:
        """What begins at ``start``, None for what is no part of the text, and where it ends."""
        following = self.html[start + 1 : start + 2]
        if following == "<" and (run := RUN.match(self.html, start)):
            return Token("&lt;" * len(run[0])), run.end()
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
            if len(attributes) > MOST_ATTRIBUTES:
                # The cleaner compares each with every other.
                return Token(_with_target(name, attributes), name, attributes=attributes)
    return Token(tag[0], name, bool(tag[1]), attributes)


def _with_target(name: str, attributes: dict[str, str]) -> str:
    """The tag with where it leads to alone."""
    target = attributes.get("href", "")
    return f'<{name} href="{entities.escape(target)}">' if target else f"<{name}>"


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
