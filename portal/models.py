"""The roof's own rows: what recurs, and when it last ran."""

from django.db import models


class JobRun(models.Model):
    """
    One recurring job of portal/jobs.py: when it is due, who is at it, how it went.

    Each step is a compare-and-set on this row, so that any number of workers and supervisors run a job once.
    """

    name = models.CharField(max_length=60, unique=True)
    due_at = models.DateTimeField(db_index=True)
    # A task for it waits in the queue; past this instant the task counts as lost and another is handed in.
    queued_until = models.DateTimeField(null=True, blank=True)
    # Somebody is at it; past this instant they count as dead.
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # The start of the last run that went well.
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="One after the other, up to now.")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "recurring job"

    def __str__(self) -> str:
        return self.name
