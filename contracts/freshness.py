"""Pages that may be kept and asked for again: an ETag of what they show, 304 for who has it, and no cookie.

A visitor's page may be kept by caches, for a minute (``public_page``) or to be asked for each time whether it is
still right (``asked_page``); that of somebody who is signed in never is (portal/middleware.py).
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import cast

from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
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
    return _kept(view, public=True, max_age=SECONDS_KEPT)


def asked_page(view: View) -> View:
    """Marks a view of a public page that may vanish or change at once: kept, and asked for each time."""
    return _kept(view, public=True, max_age=0, must_revalidate=True)


def _kept(view: View, **control: object) -> View:
    kept = cache_control(**control)(_unless_said_once(view))
    return cast("View", wraps(view)(require_safe(gzip_page(kept))))


def _unless_said_once(view: View) -> View:
    """The view, but a page with a message on it is shown once and has no name to be asked for by."""

    @wraps(view)
    def unnamed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if getattr(get_messages(request), "used", False):
            del response.headers["ETag"]
        return response

    return unnamed


def etag(request: HttpRequest, *shown: object) -> str:
    """What names this state of a page: ``shown`` is all that it is made of besides its look and its reader."""
    parts = (
        request.path,
        request.user.pk,
        look(),
        settings.SITE_NAME,
        settings.SITE_URL,
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
def look() -> str:
    """Changes with the templates, the code that fills them and the static files, so that an upgrade is seen."""
    built = getattr(staticfiles_storage, "manifest_hash", "")
    found = sha256(f"{built} {static('portal/portal.css')}".encode())
    for path in _sources():
        found.update(path.read_bytes())
    return found.hexdigest()


def _sources() -> list[Path]:
    """The templates and the modules of the house."""
    templates = [folder for engine in settings.TEMPLATES for folder in cast("list[Path]", engine["DIRS"])]
    houses = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    pages = [path for folder in templates for path in folder.rglob("*.html")]
    return sorted(pages + [path for house in houses for path in house.rglob("*.py")])
