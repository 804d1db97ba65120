"""Clocks in templates."""

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.html import format_html

from tickets.clock_lines import ClockLine
from tickets.standing import Standing

register = template.Library()
LINE = '<span class="clock-line">{} <span>{}{}</span></span>'


@register.simple_tag
def state(standing: Standing) -> str:
    """A clock's state, word and sign. Each is drawn once: a list shows the same few on every row."""
    return _drawn(standing)


@register.simple_tag
def clock_line(shown: ClockLine) -> str:
    """One clock in a list. Written here, since a queue draws a hundred and an include costs ten times as much."""
    due = format_html(' <time datetime="{}">{}</time>', shown.iso, shown.rest) if shown.rest else ""
    return format_html(LINE, _drawn(shown.standing), shown.name, due)


@lru_cache
def _drawn(standing: Standing) -> str:
    return get_template("includes/state.html").render({"standing": standing})
