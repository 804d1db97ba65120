"""Days in words."""

from datetime import datetime

from django.http import HttpRequest

from contracts import phrasing
from contracts.views import reader_zone


def day(request: HttpRequest, at: datetime) -> str:
    """The day of ``at``, in the reader's zone; visitors read it in UTC."""
    return phrasing.short_date(at.astimezone(reader_zone(request) or phrasing.UTC_ZONE).date())
