"""The library's icons, each drawn once: a page of the queue shows the same few a hundred times."""

from collections.abc import Callable
from functools import lru_cache

from django import template
from heroicons.templatetags import heroicons

register = template.Library()
Draw = Callable[..., str]


@register.simple_tag
def heroicon_micro(name: str, *, size: int = 16, **attrs: str) -> str:
    """A filled icon for lines of text."""
    return _drawn(heroicons.heroicon_micro, name, size, tuple(attrs.items()))


@register.simple_tag
def heroicon_mini(name: str, *, size: int = 20, **attrs: str) -> str:
    """A filled icon for buttons and states."""
    return _drawn(heroicons.heroicon_mini, name, size, tuple(attrs.items()))


@lru_cache(maxsize=512)
def _drawn(draw: Draw, name: str, size: int, attrs: tuple[tuple[str, str], ...]) -> str:
    return draw(name, size=size, **dict(attrs))
