"""Tokens → HTML, where ours is not the library's: headings with links, tables in a region, code, notes, footnotes."""

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from knowledgebase.markdown import code
from knowledgebase.markdown.wording import spoken

# The word before a note is what says its kind; colour never says anything alone.
NOTES = {
    "caution": ("danger", "Caution"),
    "danger": ("danger", "Danger"),
    "hint": ("tip", "Tip"),
    "important": ("important", "Important"),
    "info": ("note", "Note"),
    "note": ("note", "Note"),
    "tip": ("tip", "Tip"),
    "warning": ("warning", "Warning"),
}
UNKNOWN_NOTE = ("note", "Note")
LONGEST_LABEL = 120


class Writer(RendererHTML):
    """Each method is the library's rule for tokens of that name. ``env`` counts tables and coloured code."""

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        closing = self.renderToken(tokens, idx, options, env)
        if "id" not in tokens[idx].meta:
            return closing
        address, title = escape(tokens[idx].meta["id"]), escape(tokens[idx].meta["title"])
        link = f'<a class="anchor" href="#{address}" aria-label="Link to “{title}”">#</a>'
        return f"{closing.rstrip()}{link}</div>\n"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        opening = self.renderToken(tokens, idx, options, env)
        # The link stands beside the heading, so that it is no part of the heading's name.
        return f'<div class="titled">{opening}' if "id" in tokens[idx].attrs else opening

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["tables"] = env.get("tables", 0) + 1
        heads: list[str] = []
        for token in tokens[idx:]:
            if token.type == "tr_close":
                break
            heads.append(spoken(token.children or []))
        what = ", ".join(filter(None, heads))[:LONGEST_LABEL]
        label = escape(f"Table {env['tables']}: {what}" if what else f"Table {env['tables']}")
        # Posts of many stand on one page: a landmark of each table would drown the page's own.
        role = "region" if env["trusted"] else "group"
        return f'<div class="wide" tabindex="0" role="{role}" aria-label="{label}"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        content = tokens[idx].content
        language = (tokens[idx].info.split() or [""])[0].strip("{.}")
        total = env.get("coloured", 0) + len(content)
        colour = env["trusted"] and len(content) <= code.LONGEST_COLOURED and total <= code.MOST_COLOURED
        if colour:
            env["coloured"] = total
        inner = code.coloured(content, language) if colour else escape(content)
        return _code(inner, code.label(language))

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _code(escape(tokens[idx].content), code.label(""))

    def task(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name, sign = ("Done", "☑") if tokens[idx].meta["done"] else ("To do", "☐")
        return f'<span class="box" role="img" aria-label="{name}">{sign}</span> '

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        source, words = escape(str(tokens[idx].attrs["src"])), escape(spoken(tokens[idx].children or []))
        return f'<img src="{source}" alt="{words}" loading="lazy" decoding="async">'

    def admonition_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        kind, word = NOTES.get(tokens[idx].meta["tag"], UNKNOWN_NOTE)
        untitled = "" if tokens[idx].content else f'<p class="note-title"><strong>{word}</strong></p>\n'
        return f'<div class="note note-{kind}" role="note">\n{untitled}'

    def admonition_title_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        note = tokens[idx - 1]
        _, word = NOTES.get(note.meta["tag"], UNKNOWN_NOTE)
        if note.content == note.meta["tag"].title():
            tokens[idx + 1].children = []
            return f'<p class="note-title"><strong>{word}</strong>'
        return f'<p class="note-title"><strong>{word}:</strong> '

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        number, again = _numbers(tokens[idx])
        where = f'href="#text--fn-{number}" id="text--fnref-{number}{again}"'
        return f'<sup class="footnote-ref"><a {where} aria-label="Footnote {number}">{number}</a></sup>'

    def footnote_block_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return '<section class="footnotes" aria-label="Footnotes">\n<ol>\n'

    def footnote_block_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</ol>\n</section>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<li id="text--fn-{_numbers(tokens[idx])[0]}">'

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        number, again = _numbers(tokens[idx])
        name = f"Back to footnote {number} in the text" + (f", place {again[1:]}" if again else "")
        return f' <a class="footnote-back" href="#text--fnref-{number}{again}" aria-label="{name}">↩</a>'


def _code(inner: str, label: str) -> str:
    return f'<pre tabindex="0" role="group" aria-label="{escape(label)}"><code>{inner}</code></pre>\n'


def _numbers(token: Token) -> tuple[int, str]:
    """The footnote's number, and which of the places that name it: nothing for the first, then -2, -3."""
    again = int(token.meta.get("subId", 0))
    return int(token.meta["id"]) + 1, f"-{again + 1}" if again > 0 else ""
