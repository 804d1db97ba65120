"""What the frame of every page needs."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def lies_below(path: str, place: str) -> bool:
    """Whether an address is ``place`` or below it; "/" is home alone."""
    return path == place if place == "/" else path.startswith(place)


@register.simple_tag
def site_name() -> str:
    """The desk's name, for the error pages, which are made without a context."""
    return str(settings.SITE_NAME)
