"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from portal.theme import theme_address


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name, logo and the address of its accent style sheet."""
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "theme_address": theme_address(),
    }
