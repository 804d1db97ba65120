"""The HTML of a mail as a page of ours shows it: few elements, pictures that are ours, nothing from elsewhere.

Reading has cleaned it already. It is cleaned once more here, where it becomes part of a page: what is shown depends on
no other module. Pure.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

import nh3
from django.utils.safestring import SafeString, mark_safe

# Longer than this no person reads on a page; it can be downloaded whole.
LONGEST = 200_000
TEXT = "p div span br hr b strong i em u s del ins sub sup small strike tt q abbr blockquote pre code kbd samp a img"
LISTS = "ul ol li dl dt dd"
TABLES = "table caption thead tbody tfoot tr th td"
HEADINGS = {f"h{level}" for level in range(1, 7)}
TAGS = {*TEXT.split(), *LISTS.split(), *TABLES.split()} | HEADINGS
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
LINKS = ("https://", "http://", "mailto:", "tel:")
# Attributes' values have no angle brackets after cleaning, so that these find elements and nothing else.
_HEADING = re.compile(r"<(/?)h[1-6]>")
_PICTURE = re.compile(r"<img ?([^>]*)>")
_EMPTY_LINK = re.compile(r"<a [^>]*>\s*</a>")
_ALT = re.compile(r'(?:^| )alt="([^"]*)"')


def shown_html(html: str, pictures: Mapping[str, str]) -> SafeString:
    """``html`` for a page; ``pictures`` are our addresses by the content ids that it names.

    Where a picture is not ours, or no longer there, its place says so in words. ``""`` for what is empty, or has
    ``LONGEST`` characters and more.
    """
    if not html or len(html) >= LONGEST:
        return mark_safe("")  # nothing of anybody's
    known = {bare(content_id): address for content_id, address in pictures.items()}

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return known.get(bare(value))
        if attribute == "href":
            return value if value.strip().lower().startswith(LINKS) else None
        if attribute in NUMBERS:
            return value if value.isdecimal() and len(value) <= 4 else None
        return value

    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"cid", "http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow ugc",
    )
    # The page has its own headings above these.
    level = _HEADING.sub(r"<\1h3>", cleaned)
    pictured = _PICTURE.sub(_picture, level)
    # A link whose picture was left out leads nowhere that anybody could see.
    return mark_safe(_EMPTY_LINK.sub("", pictured))  # noqa: S308 -- cleaned above


def bare(content_id: str) -> str:
    """A content id as one compares it: without the scheme and the brackets that some put around it."""
    name = unquote(content_id.strip())
    if name[:4].lower() == "cid:":
        name = name[4:]
    return name.strip().removeprefix("<").removesuffix(">").lower()


def _picture(found: re.Match[str]) -> str:
    attributes = found[1]
    alt = (match[1] if (match := _ALT.search(attributes)) else "").strip()
    if 'src="' not in attributes:
        return f"<em>[picture: {alt}]</em>" if alt else "<em>[picture]</em>"
    # A link around a picture needs words.
    return f'<img {_ALT.sub("", attributes)} alt="{alt or "Picture"}" loading="lazy">'
