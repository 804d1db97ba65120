"""
How recurring jobs are handed out and run, each step a compare-and-set on its row.

1. `hand_in_due` (the supervisor, every second): a row that is due and not handed in yet is marked, and its task goes
   into the queue in the same transaction.
2. `run` (a worker): claims the row, runs the function, writes when the job is due again.
3. What a crash leaves behind ends by itself: the mark after QUEUE_PATIENCE, the claim after LEASE.

An instant further ahead than the program ever writes comes from a clock that was put back since; it counts as past.
"""

import logging
import os
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from portal.jobs import HEARTBEAT, Job, job_named
from portal.models import JobRun

logger = logging.getLogger(__name__)

TASK = "portal.tasks.run_job"
# Names the supervisor whose worker holds a claim, so that a restart can free the claims of the processes that it ended.
SUPERVISOR = "PORTAL_SUPERVISOR"
QUEUE_PATIENCE = timedelta(seconds=60)
LEASE = timedelta(seconds=settings.Q_CLUSTER["timeout"] + 10)


def _past(field: str, *, at: datetime, reach: timedelta) -> Q:
    """Rows whose `field` is empty, has come, or is further ahead than `reach`, as far as it is ever set."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": at}) | Q(**{f"{field}__gt": at + reach})


def _ready(job: Job, *, at: datetime) -> Q:
    """The job's row, when it is due and nobody is at it."""
    due = _past("due_at", at=at, reach=job.every)
    return Q(name=job.name) & due & _past("claimed_until", at=at, reach=LEASE)


def enrol(jobs: tuple[Job, ...], *, at: datetime) -> None:
    """Gives every job a row, due at once; rows of jobs that are no more go."""
    JobRun.objects.bulk_create([JobRun(name=job.name, due_at=at) for job in jobs], ignore_conflicts=True)
    JobRun.objects.exclude(name__in=[job.name for job in jobs]).delete()


def hand_in_due(jobs: tuple[Job, ...], *, at: datetime) -> list[str]:
    """Puts a task into the queue for each job that is due and has none there; their names."""
    return [job.name for job in jobs if _hand_in(job, at=at)]


def _hand_in(job: Job, *, at: datetime) -> bool:
    free = _ready(job, at=at) & _past("queued_until", at=at, reach=QUEUE_PATIENCE)
    # Asked first, since nearly always nothing is due and a transaction takes the write lock.
    if not JobRun.objects.filter(free).exists():
        return False
    with transaction.atomic():
        marked = JobRun.objects.filter(free).update(queued_until=at + QUEUE_PATIENCE)
        if marked:
            async_task(TASK, job.name, task_name=job.name, group="recurring", save=False)
    return bool(marked)


def run(name: str, *, at: datetime) -> bool:
    """Runs the job if it is due and free; whether it ran. Its failure is logged and kept on its row, never raised."""
    job = job_named(name)
    if job is None or not _claim(job, at=at):
        return False
    error = ""
    try:
        import_string(job.function)(at=at)
    except Exception as fault:
        logger.exception("The recurring job %s failed.", name)
        error = f"{type(fault).__name__}: {fault}"
    _finish(job, error=error, at=at)
    return True


def _claim(job: Job, *, at: datetime) -> bool:
    owner = os.environ.get(SUPERVISOR, "")
    return bool(
        JobRun.objects.filter(_ready(job, at=at)).update(
            claimed_until=at + LEASE, claimed_by=owner, started_at=at, queued_until=None
        )
    )


def _finish(job: Job, *, error: str, at: datetime) -> None:
    outcome = (
        {"failed_at": at, "failures": F("failures") + 1} if error else {"succeeded_at": at, "failures": 0}
    )
    # Only our own claim: a worker that was slower than its lease must not end the run of the next.
    JobRun.objects.filter(name=job.name, started_at=at).update(
        due_at=at + job.every, claimed_until=None, claimed_by="", error=error[:2000], **outcome
    )


def release(owner: str, *, at: datetime) -> None:
    """Frees what the ended processes of a supervisor held or had fetched; the heartbeat is due at once."""
    JobRun.objects.filter(claimed_by=owner).update(claimed_until=None, claimed_by="")
    JobRun.objects.update(queued_until=None)
    JobRun.objects.filter(name=HEARTBEAT).update(due_at=at)


def is_busy(owner: str, *, at: datetime) -> bool:
    """Whether a worker of this supervisor is at a job and still within its time."""
    return JobRun.objects.filter(claimed_by=owner, claimed_until__gt=at).exists()


def last_heartbeat() -> datetime | None:
    """When the queue last moved."""
    return JobRun.objects.filter(name=HEARTBEAT).values_list("succeeded_at", flat=True).first()
