"""What pages of the knowledge base need: rendered Markdown, for whom an article is, places that may not exist yet."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from heroicons.templatetags.heroicons import heroicon_mini

from knowledgebase.models.audience import Audience

register = template.Library()


class Rendered(Protocol):
    """A version, a question or an answer, whose ``html`` was made and sanitised by our renderer."""

    @property
    def html(self) -> str:
        """What was rendered."""


SIGN = '<span class="state for">{} {}</span>'
FOR = {
    Audience.CUSTOMERS: ("user-group", "For customers"),
    Audience.PRODUCT: ("user-group", "For customers of its products"),
    Audience.STAFF: ("lock-closed", "For staff"),
}


@register.simple_tag
def prose(written: Rendered) -> str:
    """The text of a version, a question or an answer. The one place where HTML passes unescaped."""
    return mark_safe(written.html)  # noqa: S308 -- sanitised when it was rendered


@register.simple_tag
@lru_cache
def audience(name: str) -> str:
    """For whom an article is, as a word and a sign; nothing for what everybody may read."""
    if name not in FOR:
        return ""
    icon, words = FOR[Audience(name)]
    return format_html(SIGN, heroicon_mini(icon, size=20, **{"class": "sign", "aria_hidden": "true"}), words)


@register.simple_tag
def pieces(of: Iterable[tuple[str, bool]]) -> str:
    """Text in pieces, those marked that were searched for."""
    written = ((format_html("<mark>{}</mark>", text) if is_marked else text,) for text, is_marked in of)
    return format_html_join("", "{}", written)


@register.simple_tag
def where(name: str) -> str:
    """The address of a page by its name; "" where there is none of that name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
