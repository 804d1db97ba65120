"""Pages that may be kept and asked for again: an ETag of what they show, 304 for who has it, and no cookie.

A visitor's page may be kept by caches for a minute; that of somebody who is signed in never is (portal/middleware.py).
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

SECONDS_KEPT = 60
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Marks a view of a public page: read only, compressed, kept for a minute where nobody is signed in."""
    kept = cache_control(public=True, max_age=SECONDS_KEPT)(view)
    return cast("View", wraps(view)(require_safe(gzip_page(kept))))


def etag(request: HttpRequest, *shown: object) -> str:
    """What names this state of a page: ``shown`` is all that it is made of besides its look and its reader."""
    parts = (
        request.path,
        request.user.pk,
        _look(),
        settings.SITE_NAME,
        settings.SITE_LOGO,
        settings.ACCENT_COLOUR,
        *shown,
    )
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The answer 304 for a reader who has this state already, else ``None``."""
    return get_conditional_response(request, etag=tag)


def with_etag(response: HttpResponse, tag: str) -> HttpResponse:
    """``response``, named."""
    response.headers["ETag"] = tag
    return response


@cache
def _look() -> str:
    """Changes with the templates and the style sheet, so that an upgrade is seen."""
    found = sha256(static("portal/portal.css").encode())
    folders = [folder for engine in settings.TEMPLATES for folder in cast("list[Path]", engine["DIRS"])]
    for path in sorted(path for folder in folders for path in folder.rglob("*.html")):
        found.update(path.read_bytes())
    return found.hexdigest()
