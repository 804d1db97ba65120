"""HTML of mails: cleaned to a short list of elements for a page, and turned into text for everything else.

It is cut into tags by our own hand first, in one pass: what is hidden is left out, nesting is capped, pictures are
named by Content-ID or left out, so that the cleaner is never given what takes it long.
"""

from __future__ import annotations

import binascii
import html as entities
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import nh3

from tickets.mail.html_tags import Token, tokens
from tickets.mail.html_text import to_text

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "cid"}
DATA_PICTURE = re.compile(
    r"data:(image/(?:png|jpeg|jpg|gif|webp|bmp))(?:;[^,]{0,40})?;base64,", re.IGNORECASE
)


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
    shown = list(_with_pictures(tokens(html), pictures))
    return _cleaned("".join(token.raw for token in shown)), to_text(shown) if wants_text else ""


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


def _with_pictures(seen: Iterator[Token], pictures: Pictures) -> Iterator[Token]:
    """Pictures of the message by their Content-ID, in place of others the words that describe them."""
    for token in seen:
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
