"""The last word on HTML: elements, attributes, values, classes and schemes that we name, and nothing else.

The writer makes nothing that has to go. This is for the day when it does.
"""

import nh3

from knowledgebase.markdown import code
from knowledgebase.markdown.addresses import SCHEMES, is_own_file, is_safe
from knowledgebase.markdown.shaping import ALIGNED, PREFIX, REL, REL_OF_STRANGERS

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
TAGS_OF_ARTICLES = TAGS | {"figcaption", "figure", "h2", "h3", "h4", "img", "section", "sup"}
# What goes with all that it holds.
DROPPED = {"iframe", "math", "noscript", "object", "script", "style", "svg", "template", "textarea", "title"}

ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "div": {"aria-label"}, "pre": {"aria-label"}}
ATTRIBUTES_OF_ARTICLES = {
    "a": {"href", "id", "aria-label"},
    "div": {"aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"alt", "src"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"aria-label"},
    "section": {"aria-label"},
    "span": {"aria-label"},
}
SCROLLED = {"tabindex": {"0"}, "role": {"group"}}
VALUES = {"div": SCROLLED, "pre": SCROLLED}
VALUES_OF_ARTICLES = {
    "a": {"rel": {REL}},
    "div": {"tabindex": {"0"}, "role": {"region", "note"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "pre": SCROLLED,
    "span": {"role": {"img"}},
}
CLASSES = {"div": {"wide"}, "p": {"heading"}, "td": set(ALIGNED.values()), "th": set(ALIGNED.values())}
NOTES = {f"note-{kind}" for kind in ("danger", "important", "note", "tip", "warning")}
CLASSES_OF_ARTICLES = {
    "a": {"anchor", "footnote-back"},
    "div": {"wide", "titled", "note", *NOTES},
    "li": {"task"},
    "p": {"note-title"},
    "section": {"footnotes"},
    "span": {"box", *code.CLASSES},
    "sup": {"footnote-ref"},
    "td": set(ALIGNED.values()),
    "th": set(ALIGNED.values()),
}


def clean(html: str, *, trusted: bool) -> str:
    """``html`` with what an article, or a post of the forum, may hold."""
    return (_ARTICLES if trusted else _POSTS).clean(html)


def _fit(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, if it may stand."""
    match name:
        case "href":
            return value if is_safe(value) else None
        case "src":
            return value if tag == "img" and is_own_file(value) else None
        case "id":
            return value if value.startswith(PREFIX) else None
    return value


_ARTICLES = nh3.Cleaner(
    tags=TAGS_OF_ARTICLES,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES_OF_ARTICLES,
    tag_attribute_values=VALUES_OF_ARTICLES,
    allowed_classes=CLASSES_OF_ARTICLES,
    attribute_filter=_fit,
    url_schemes=set(SCHEMES),
    link_rel=None,
)
_POSTS = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES,
    tag_attribute_values=VALUES,
    allowed_classes=CLASSES,
    attribute_filter=_fit,
    url_schemes=set(SCHEMES),
    link_rel=REL_OF_STRANGERS,
)
