"""Something that is done on many tickets, a batch at a time: how far it has come."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


def still_to_do(at: datetime) -> models.Q:
    """The walks that have not reached all their tickets, unless they wait after a failure."""
    return models.Q(done_at=None) & (models.Q(not_before__lte=at) | models.Q(failures=0))


class Walk(models.Model):
    """What ``actor`` set off at ``created_at`` for many tickets, on its way to each.

    Every ticket of the walk whose key is not greater than ``cursor`` was seen to, save for those in ``left``, on
    which it failed and is tried again.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    left = models.JSONField(default=list, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")

    class Meta:
        abstract = True
