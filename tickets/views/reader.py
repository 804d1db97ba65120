"""Who reads a page, and in which zone."""

from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from contracts.models import User


def reader_of(request: HttpRequest) -> User:
    """The signed-in person; to be called behind ``login_required`` alone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def zone_of(user: User) -> ZoneInfo:
    """The reader's time zone."""
    return ZoneInfo(user.time_zone)
