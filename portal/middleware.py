"""What is done to every answer."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from contracts.clients import client_address
from tickets.whence import Via, coming

SHARED = "_same_for_everyone"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def same_for_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view whose answer does not depend on who asks, so that caches may keep it."""

    @wraps(view)
    def marked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, SHARED, True)
        return response

    return marked


class WhenceMiddleware:
    """Lets the record know by which way a request came, and from which address, should something be recorded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Takes the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        via = Via.ADMIN if request.path_info.startswith("/admin/") else Via.WEB
        with coming(via, lambda: _address_of(request)):
            return self.get_response(request)


def _address_of(request: HttpRequest) -> str:
    """The client's address; ``""`` where it cannot be told, which is no reason not to serve it."""
    try:
        return str(ip_address(client_address(request)))
    except (ValueError, PermissionDenied):
        return ""


class PlainPathMiddleware:
    """
    404 for an address with a NUL in it, whatever view it would reach: nothing is called so.

    PostgreSQL refuses to look for one, which would be a fault of ours; SQLite finds nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Takes the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404("No address has a NUL in it.")
        return self.get_response(request)


class NoStoreMiddleware:
    """
    Forbids every cache to keep what a signed-in person was shown, however the view has set its headers.

    Stands outside the session's middleware, so that redirects and errors made further in are covered, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Takes the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not hasattr(response, SHARED) and self.is_personal(request):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def is_personal(self, request: HttpRequest) -> bool:
        """
        Whether a session came with the request or was begun by it.

        The cookie decides, not the user behind it: asking who that is would cost two queries on pages that need none.
        """
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return True
        session = getattr(request, "session", None)
        return session is not None and session.accessed and not session.is_empty()
