"""Text in, what is stored and shown out."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from knowledgebase.markdown.cleaning import clean
from knowledgebase.markdown.parsing import parsed, parser
from knowledgebase.markdown.shaping import Heading, shape
from knowledgebase.markdown.wording import fit, plain

# Raised when the same text would render otherwise, so that stored HTML is made anew.
RENDERER = 1

__all__ = ["RENDERER", "Heading", "Rendered", "render"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """``html`` for the page, ``headings`` for the list of contents, ``plain`` for search: all words, a block a line."""

    html: SafeString
    headings: tuple[Heading, ...]
    plain: str


def render(text: str, *, trusted: bool) -> Rendered:
    """``text`` as an article by staff (``trusted``), or as a post of the forum: no pictures, no outline, no ids.

    Raises ``Refused``, before anything is parsed, for a text that holds more than ``caps`` allows.
    """
    env: dict[str, Any] = {"trusted": trusted}
    tokens = parsed(text, trusted=trusted, env=env)
    headings = shape(tokens, trusted=trusted)
    words = plain(tokens)
    md = parser(trusted=trusted)
    written = md.renderer.render(tokens, md.options, env)
    html = clean(fit(written), trusted=trusted)
    return Rendered(mark_safe(html), headings, words)  # noqa: S308 -- the one place; cleaned in the line above
