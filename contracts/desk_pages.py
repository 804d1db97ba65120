"""What all of staff's own pages share: who may come in, the frame of the admin, the reader's zone."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from contracts.models import User
from contracts.statuses import OVERTAKEN, REFUSED

__all__ = ["OVERTAKEN", "REFUSED", "View", "actor_of", "for_staff", "framed", "zone_of"]

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> User:
    """Who asks; to be called behind the admin's own check alone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def for_staff(permission: str) -> Callable[[View], View]:
    """Staff with ``permission`` only: visitors are sent to sign in, other staff are refused."""

    def protected(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not actor_of(request).has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return protected


def framed(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], *, status: int = 200
) -> TemplateResponse:
    """A page in the frame of the admin; ``template`` is a name below ``templates/admin/``."""
    frame = admin.site.each_context(request)
    return TemplateResponse(
        request, f"admin/{template}.html", {**frame, "title": title, **context}, status=status
    )


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The reader's time zone."""
    return ZoneInfo(actor_of(request).time_zone)
