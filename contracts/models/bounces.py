"""What is known of addresses to which mail goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable

# What class 5 of RFC 3463 says of the letter or of the moment, not of the mailbox: full, too long, not allowed.
PASSING = ("5.2.2", "5.2.3", "5.3", "5.6", "5.7")


def is_for_good(status: str) -> bool:
    """Whether a status code of RFC 3463, such as 5.1.1, says that no letter will ever arrive; "" says nothing."""
    return status.startswith("5.") and not f"{status}.".startswith(tuple(f"{code}." for code in PASSING))


class BouncedQuerySet(models.QuerySet["BouncedAddress"]):
    """Questions about addresses that bounced."""

    def standing(self) -> BouncedQuerySet:
        """Those that nobody has cleared since."""
        return self.filter(cleared_at=None)

    def among(self, addresses: Iterable[str]) -> BouncedQuerySet:
        """Those of ``addresses``, written in any case."""
        return self.filter(address__in={address.strip().lower() for address in addresses})


class BouncedAddress(models.Model):
    """An address to which mail did not arrive: since when, how often, why; and who said that it works again."""

    address = models.EmailField(max_length=254, unique=True, help_text="In small letters.")
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, blank=True, help_text="Of RFC 3463, such as 5.1.1.")
    diagnostic = models.TextField(blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = BouncedQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        verbose_name_plural = "bounced addresses"

    def __str__(self) -> str:
        return self.address

    @property
    def stops(self) -> bool:
        """Whether mail that can be done without is not even tried."""
        return self.cleared_at is None and is_for_good(self.status)
