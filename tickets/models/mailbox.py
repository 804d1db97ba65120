"""How far the mailbox has been fetched, and since when it cannot be."""

from __future__ import annotations

from django.db import models


class Mailbox(models.Model):
    """One folder on one IMAP server; the row outlives a change of the settings.

    Numbers of messages mean something under their ``uid_validity`` alone; all up to ``last_uid`` has been looked at.
    ``fetched_at`` is the last run that went well; ``failing_since`` the first of those that have failed since, with
    the ``error`` of the last. ``remark`` says what went wrong without keeping mail from coming in.
    ``not_before`` is when the next run may begin: it claims the mailbox, and grows while the server refuses.
    """

    name = models.CharField(max_length=200, unique=True)
    uid_validity = models.PositiveBigIntegerField(null=True, blank=True)
    last_uid = models.PositiveBigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name
