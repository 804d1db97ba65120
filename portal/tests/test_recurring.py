"""Recurring jobs: handed in once, run once, and never stopped by one that fails."""

from datetime import UTC, datetime, timedelta

import pytest
from django_q.models import OrmQ

from portal import jobs, recurring, tasks
from portal.jobs import Job
from portal.models import JobRun

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALLS: list[datetime] = []


def note(*, at: datetime) -> None:
    CALLS.append(at)


def fail(*, at: datetime) -> None:
    raise ValueError("the mail server said no")


NOTE = Job("note", f"{__name__}.note", MINUTE)
FAIL = Job("fail", f"{__name__}.fail", MINUTE)
BOTH = (FAIL, NOTE)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def enrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    CALLS.clear()
    monkeypatch.setattr(jobs, "JOBS", BOTH)
    recurring.enrol(BOTH, at=AT)


def row(name: str = "note") -> JobRun:
    return JobRun.objects.get(name=name)


def test_a_job_that_is_due_is_handed_in_once() -> None:
    assert recurring.hand_in_due(BOTH, at=AT) == ["fail", "note"]
    assert recurring.hand_in_due(BOTH, at=AT) == []
    assert OrmQ.objects.count() == 2


def test_a_job_runs_once_however_often_its_task_comes() -> None:
    assert [recurring.run("note", at=AT) for _ in range(4)] == [True, False, False, False]
    assert CALLS == [AT]


def test_a_job_is_due_again_after_its_time() -> None:
    recurring.run("note", at=AT)
    assert recurring.hand_in_due((NOTE,), at=AT + MINUTE - timedelta(seconds=1)) == []
    assert recurring.hand_in_due((NOTE,), at=AT + MINUTE) == ["note"]


def test_a_task_that_the_queue_lost_is_handed_in_again() -> None:
    recurring.hand_in_due((NOTE,), at=AT)
    assert recurring.hand_in_due((NOTE,), at=AT + recurring.QUEUE_PATIENCE) == ["note"]


def test_a_job_that_fails_is_logged_and_kept_on_its_row(caplog: pytest.LogCaptureFixture) -> None:
    assert recurring.run("fail", at=AT)
    assert "The recurring job fail failed." in caplog.text
    assert row("fail").error == "ValueError: the mail server said no"
    assert (row("fail").failures, row("fail").claimed_until) == (1, None)


def test_failures_are_counted_until_one_run_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        JobRun.objects.update(due_at=AT)
        recurring.run("fail", at=AT)
    assert row("fail").failures == 3
    monkeypatch.setattr(jobs, "JOBS", (Job("fail", NOTE.function, MINUTE),))
    JobRun.objects.update(due_at=AT)
    recurring.run("fail", at=AT)
    assert (row("fail").failures, row("fail").error) == (0, "")


def test_one_failing_job_does_not_stop_the_next() -> None:
    for job in BOTH:
        recurring.run(job.name, at=AT)
    assert CALLS == [AT]


def test_a_job_that_a_dead_worker_held_runs_when_the_lease_ends() -> None:
    JobRun.objects.filter(name="note").update(claimed_until=AT + recurring.LEASE, claimed_by="dead")
    assert not recurring.run("note", at=AT)
    assert recurring.run("note", at=AT + recurring.LEASE)


def test_a_restart_frees_its_own_claims_and_no_others() -> None:
    JobRun.objects.filter(name="note").update(claimed_until=AT + MINUTE, claimed_by="mine")
    JobRun.objects.filter(name="fail").update(claimed_until=AT + MINUTE, claimed_by="another")
    recurring.release("mine", at=AT)
    assert (row("note").claimed_until, row("fail").claimed_by) == (None, "another")


def test_a_clock_that_was_an_hour_ahead_leaves_nothing_stuck() -> None:
    hour = timedelta(hours=1)
    JobRun.objects.update(due_at=AT + hour, queued_until=AT + hour, claimed_until=AT + hour)
    assert recurring.hand_in_due((NOTE,), at=AT) == ["note"]
    assert recurring.run("note", at=AT)


def test_a_name_that_is_no_job_does_nothing() -> None:
    tasks.run_job("removed in the last release")
    assert CALLS == []


def test_rows_of_jobs_that_are_no_more_go() -> None:
    recurring.enrol((NOTE,), at=AT)
    assert [job.name for job in JobRun.objects.all()] == ["note"]


def test_enrolling_again_keeps_when_a_job_is_due() -> None:
    JobRun.objects.update(due_at=AT + MINUTE)
    recurring.enrol(BOTH, at=AT)
    assert row().due_at == AT + MINUTE


def test_a_worker_at_a_job_is_busy_until_its_lease_ends() -> None:
    JobRun.objects.filter(name="note").update(claimed_until=AT + MINUTE, claimed_by="mine")
    assert recurring.is_busy("mine", at=AT)
    assert not recurring.is_busy("mine", at=AT + MINUTE)
    assert not recurring.is_busy("another", at=AT)


@pytest.mark.parametrize("job", jobs.JOBS, ids=lambda job: job.name)
def test_every_job_of_the_list_can_run(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOBS", (job,))
    recurring.enrol((job,), at=AT)
    assert recurring.run(job.name, at=AT)
    assert row(job.name).error == ""
