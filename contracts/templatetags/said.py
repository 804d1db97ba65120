"""Instants in templates, said as everywhere else: {% load said %}{% moment message.written_at zone=zone now=now %}."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from contracts import phrasing
from contracts.sla.promises import Kind
from contracts.words import clause_in_words

register = template.Library()


@register.simple_tag
def moment(at: datetime, *, zone: ZoneInfo, now: datetime, other: ZoneInfo | None = None) -> str:
    """The instant in ``zone``, and in ``other`` where that differs; machines read it in UTC."""
    said = phrasing.moment(at, zone, now=now, other=other)
    return format_html('<time datetime="{}">{}</time>', phrasing.iso(at), said)


@register.filter
def as_clause(code: str) -> str:
    """A clause of a policy as a sentence names it."""
    return clause_in_words(code)


@register.filter
def lasting(length: timedelta) -> str:
    """A length at a glance, as in "2 h 10 min"."""
    return phrasing.rough_duration(length, Kind.ELAPSED)


@register.simple_tag
def period(
    start: datetime, end: datetime, *, zone: ZoneInfo, now: datetime, other: ZoneInfo | None = None
) -> str:
    """Two instants, read by machines as the first of them."""
    said = phrasing.period(start, end, zone, now=now, other=other)
    return format_html('<time datetime="{}">{}</time>', phrasing.iso(start), said)
