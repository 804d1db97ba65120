"""The words of a text without its markup: for search, for names that are read aloud."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

# What no text needs and no page, feed or database wants: control characters; halves of characters and
# non-characters; signs that turn the direction of what follows, so that it reads otherwise than it is.
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
BREAKS = {"softbreak", "hardbreak"}


def fit(text: str) -> str:
    """``text`` with line feeds for line ends, and without the characters that do not belong in one."""
    return UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def shown(children: Sequence[Token]) -> str:
    """What a reader sees of the parts of a line; of pictures, what is said instead of them."""
    return "".join(map(_shown, children))


def spoken(children: Sequence[Token]) -> str:
    """``shown`` in one line, fit to be stored."""
    return " ".join(fit(shown(children)).split())


def plain(tokens: Sequence[Token]) -> str:
    """Everything readable, one block a line; a row of a table is one block."""
    return "\n".join(filter(None, (" ".join(fit(block).split()) for block in _blocks(tokens))))


def _shown(child: Token) -> str:
    if child.type in BREAKS:
        return " "
    if child.type == "image":
        return shown(child.children or [])
    if child.type == "caption_open":
        return " "
    return child.content


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield " ".join(row or [])
            row = None
        elif token.type == "inline":
            words = shown(token.children or [])
            if row is None:
                yield words
            else:
                row.append(words)
        elif token.type in {"fence", "code_block"}:
            yield token.content
