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


def most_bytes() -> int:
    """How large a request may be: room to spare beyond all that is taken, so that the form can say the limit."""
    return 4 * max(settings.ATTACHMENT_MAX_COUNT, 1) * settings.ATTACHMENT_MAX_BYTES + 8 * 1024 * 1024


def with_files(view: View) -> View:
    """A view whose form carries files: they are taken in within limits, and what is far beyond gets a page.

    The form's token is checked here and not by the middleware, for reading it means reading the files,
    and how they are read must be settled before.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _length(request) > most_bytes():
            return too_large(request)
        take_in(request)
        try:
            return protected(request, *args, **kwargs)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return too_large(request)

    return bounded


def too_large(request: HttpRequest) -> HttpResponseBase:
    """Says the limits; what was sent has not been read."""
    context = {
        "count": settings.ATTACHMENT_MAX_COUNT,
        "size": in_megabytes(settings.ATTACHMENT_MAX_BYTES),
    }
    response = render(request, "contracts/too_large.html", context, status=TOO_LARGE)
    response.headers["Connection"] = "close"
    return response


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
