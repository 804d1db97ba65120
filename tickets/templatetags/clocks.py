"""Clocks in templates."""

from functools import lru_cache

from django import template
from django.template.loader import get_template

from tickets.standing import Standing

register = template.Library()


@register.simple_tag
def state(standing: Standing) -> str:
    """A clock's state, word and sign. Each is drawn once: a list shows the same few on every row."""
    return _drawn(standing)


@lru_cache
def _drawn(standing: Standing) -> str:
    return get_template("includes/state.html").render({"standing": standing})
