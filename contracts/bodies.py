"""Requests that carry files: bounded before anything reads them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from contracts.files import in_megabytes
from contracts.uploads import take_in

View = Callable[..., HttpResponseBase]
TOO_LARGE = 413
ROOM = 8 * 1024 * 1024


def most_bytes() -> int:
    """How large a request may be: room to spare beyond all that is taken, so that the form can say the limit."""
    return 4 * max(settings.ATTACHMENT_MAX_COUNT, 1) * settings.ATTACHMENT_MAX_BYTES + ROOM


def with_files(view: View) -> View:
    """A view whose form carries files: they are taken in within limits, and what is far beyond gets a page.

    The form's token is checked here and not by the middleware, for reading it means reading the files,
    and how they are read must be settled before.
    """
    return _bounded(view, lambda: None)


def with_release_file(view: View) -> View:
    """The same for a form that carries one file of a release, which may be much larger."""
    return _bounded(view, lambda: settings.RELEASE_FILE_MAX_BYTES)


def _bounded(view: View, each: Callable[[], int | None]) -> View:
    """``each`` gives the limit of each file in bytes, ``None`` for that of files which come with a message."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        most = each()
        if _length(request) > (most_bytes() if most is None else 2 * most + ROOM):
            return too_large(request, most)
        take_in(request, most)
        try:
            return protected(request, *args, **kwargs)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return too_large(request, most)

    return bounded


def too_large(request: HttpRequest, most: int | None = None) -> HttpResponseBase:
    """Says the limits; what was sent has not been read. ``most`` is that of one file, where only one can come."""
    context = {
        "count": 1 if most else settings.ATTACHMENT_MAX_COUNT,
        "size": in_megabytes(most or settings.ATTACHMENT_MAX_BYTES),
    }
    response = render(request, "contracts/too_large.html", context, status=TOO_LARGE)
    response.headers["Connection"] = "close"
    return response


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
