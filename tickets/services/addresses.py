"""Forgetting from which network address something was done; that it was, and its fingerprint, stay in the record."""

from datetime import datetime, timedelta

from django.conf import settings

from tickets.models import TicketEvent

AT_ONCE = 2_000


def forget_addresses(*, at: datetime) -> int:
    """The recurring job: blank addresses that are older than ``RECORD_ADDRESS_DAYS``, some at a time; how many."""
    limit = at - timedelta(days=settings.RECORD_ADDRESS_DAYS)
    old = TicketEvent.objects.filter(address__isnull=False, recorded_at__lt=limit).order_by("recorded_at")
    keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
    return TicketEvent.objects.filter(pk__in=keys).update(address=None)
