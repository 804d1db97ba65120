"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from contracts.notices import closure_notices
from portal.theme import theme_address
from tickets.held_mail import known_held


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, logo and accent style sheet; closures and held mails, asked for where they are shown."""
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "theme_address": theme_address(),
        "closures": SimpleLazyObject(lambda: closure_notices(timezone.now())),
        "held_mails": SimpleLazyObject(known_held),
    }
