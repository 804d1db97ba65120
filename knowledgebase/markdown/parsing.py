"""CommonMark, tables, struck text, footnotes and notes, read into tokens. HTML in it is text like any other."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.footnote import footnote_plugin

from knowledgebase.markdown import caps
from knowledgebase.markdown.addresses import LONGEST_ADDRESS, is_safe
from knowledgebase.markdown.wording import fit
from knowledgebase.markdown.writing import Writer

CONTAINERS = {"blockquote", "bullet_list", "ordered_list", "admonition", "footnote"}
_SCHEME = re.compile(r"(?:^|[^A-Za-z0-9])(https?)$", re.IGNORECASE)
_REST = re.compile(rf"://[^\s<>\"`|\\*]{{1,{LONGEST_ADDRESS}}}")
_TRAILING = "!\"'),.:;?]_~*}"


class Parser(MarkdownIt):
    """The library's parser, with our judgement of addresses."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 -- the library's name
        # Names of hosts in other scripts are recoded in quadratic time; the overlong are refused right after.
        return url if len(url) > LONGEST_ADDRESS else normalizeLink(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 -- the library's name
        # As typed: decoding would show another name than the one that is followed, and bring back signs left out.
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library's name
        return is_safe(url)


@cache
def parser(*, trusted: bool) -> Parser:
    """The parser of articles, or of the forum's posts."""
    options = {"html": False, "maxNesting": caps.BRACKETS_DEEP, "xhtmlOut": False}
    md = Parser("commonmark", options, renderer_cls=Writer)
    md.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    md.inline.ruler.before("backticks", "address", bare_address)
    if trusted:
        # Footnotes within the sentence are parsed again at each depth, so only those that stand apart.
        footnote_plugin(md, inline=False)
        admon_plugin(md)
        # The plugins' ways of writing replaced ours.
        md.renderer = Writer(md)
    return md


def parsed(text: str, *, trusted: bool, env: dict[str, Any] | None = None) -> list[Token]:
    """The tokens of ``text``, as typed: nothing is shaped yet. Raises ``Refused`` for more than ``caps`` allows."""
    text = fit(text)
    caps.check(text, trusted=trusted)
    tokens = parser(trusted=trusted).parse(text, {} if env is None else env)
    check_depth(tokens)
    return tokens


def check_depth(tokens: Sequence[Token]) -> None:
    """Raise ``Refused`` when containers stand too deep in each other, however they were written."""
    depth = 0
    for token in tokens:
        if token.type.rpartition("_")[0] in CONTAINERS:
            depth += token.nesting
            caps.check_depth(depth)


def bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the library's signature
    """An address of the web that stands in the text becomes a link. The library for this is quadratic."""
    before = _SCHEME.search(state.pending[-6:]) if state.src.startswith("://", state.pos) else None
    after = _REST.match(state.src, state.pos, state.posMax) if before and not state.linkLevel else None
    if before is None or after is None:
        return False
    scheme, rest = before[1], untrailed(after[0])
    address = state.md.normalizeLink(scheme + rest)
    if len(rest) <= len("://") or not is_safe(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = scheme + rest
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def untrailed(rest: str) -> str:
    """``rest`` of an address without the sentence's own marks after it; a bracket that it opened belongs to it."""
    opened = rest.count("(") - rest.count(")")
    while rest and rest[-1] in _TRAILING:
        if rest[-1] == ")":
            if opened >= 0:
                break
            opened += 1
        rest = rest[:-1]
    return rest
