"""Instants on the pages of status and maintenance: {% load told %}{% told_moment outage.started_at of=components %}."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.template import Context
from django.utils.html import format_html

from contracts.models import Component
from contracts.phrasing import iso

register = template.Library()


@register.simple_tag(takes_context=True)
def told_moment(context: Context, at: datetime, *, of: Iterable[Component]) -> str:
    """The instant as the page's ``clocks`` tell it, of ``of``; machines read it in UTC."""
    return format_html('<time datetime="{}">{}</time>', iso(at), context["clocks"].moment(at, of))


@register.simple_tag(takes_context=True)
def told_period(context: Context, start: datetime, end: datetime, *, of: Iterable[Component]) -> str:
    """Two instants, read by machines as the first of them."""
    return format_html('<time datetime="{}">{}</time>', iso(start), context["clocks"].period(start, end, of))
