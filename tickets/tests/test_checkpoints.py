"""Checkpoints outside the database, and what they prove: whatever is done to the record afterwards shows."""

import errno
import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from contracts.models import User
from tickets import checkpoints, record
from tickets.models import Clock, Message, Ticket, TicketEvent
from tickets.services.checkpoint import take_checkpoint
from tickets.services.conversation import add_note
from tickets.tests.conftest import File
from tickets.verifying import Verdict, verify_all

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Week:
    """Three days at the desk, each with its checkpoint at 23 h: two tickets on the first, one more on the second; on
    each later day a note on the first ticket; on the third its clock is found missed.
    """

    def __init__(self, folder: Path, file: File, agent: User, monday: datetime) -> None:
        self.folder, self.agent, self.file = folder, agent, file
        self.start = monday.replace(hour=0, minute=0)
        self.first, self.second = self.on(0, file), self.on(0, file)
        self.close(0)
        self.third = self.on(1, file)
        self.note(1)
        self.close(1)
        self.note(2)
        self.close(2)

    def noon(self, day: int) -> datetime:
        return self.start + day * DAY + 12 * HOUR

    def on(self, day: int, do: Callable[[datetime], Any]) -> Any:
        with time_machine.travel(self.noon(day), tick=False):
            return do(self.noon(day))

    def note(self, day: int, ticket: Ticket | None = None) -> None:
        on = ticket or self.first
        self.on(day, lambda at: add_note(ticket=on, actor=self.agent, text=f"Day {day}", at=at))

    def close(self, day: int) -> None:
        take_checkpoint(at=self.noon(day) + 11 * HOUR)

    def path(self, day: int) -> Path:
        return checkpoints.path_of(self.folder, self.noon(day))

    def verdict(self, now: datetime | None = None, **more: Any) -> Verdict:
        return verify_all(self.folder, now=now or self.noon(3), **more)


@pytest.fixture
def week(settings: Any, tmp_path: Path, file: File, agent: User, monday: datetime) -> Week:
    settings.CHECKPOINTS = tmp_path / "checkpoints"
    return Week(settings.CHECKPOINTS, file, agent, monday)


def holds_until(verdict: Verdict) -> int | None:
    """The day of the last sound checkpoint, counted from the first; ``None`` where none is."""
    first, until = verdict.checkpoints[0], verdict.holds_until
    return (until.day - first.day).days if until and first else None


def seal_anew(ticket: Ticket) -> None:
    """What somebody does who has the database and the key: every seal fits again."""
    previous, seq = "", 0
    for seq, event in enumerate(ticket.events.order_by("seq"), start=1):
        event.seq, event.previous = seq, previous
        event.hash = previous = record.seal_of(ticket.number, event)
        event.save()
    Ticket.objects.filter(pk=ticket.pk).update(seq=seq, head=previous)


def change(week: Week) -> None:
    TicketEvent.objects.filter(ticket=week.third, seq=1).update(happened_at=week.noon(0))


def change_knowing_the_key(week: Week) -> None:
    last = TicketEvent.objects.filter(ticket=week.first, seq=4)
    last.update(happened_at=week.noon(0))
    seal_anew(week.first)


def cut_knowing_the_key(week: Week) -> None:
    TicketEvent.objects.filter(ticket=week.first, seq=4).delete()
    seal_anew(week.first)


def wipe(ticket: Ticket) -> None:
    TicketEvent.objects.filter(ticket=ticket).delete()
    Message.objects.filter(ticket=ticket).delete()
    Clock.objects.filter(ticket=ticket).delete()
    Ticket.objects.filter(pk=ticket.pk).delete()


def remove(week: Week) -> None:
    wipe(week.third)


def remove_the_last_two(week: Week) -> None:
    wipe(week.third)
    wipe(week.second)


def exchange(week: Week) -> None:
    Ticket.objects.filter(pk=week.third.pk).update(number="VK-ANOTHR")
    seal_anew(Ticket.objects.get(pk=week.third.pk))


def put_in_a_ticket(week: Week) -> None:
    week.on(1, week.file)


def put_in_an_event(week: Week) -> None:
    week.note(1, week.second)


def blank(week: Week) -> None:
    Message.objects.filter(text="Day 1").update(text="")


# What is done, until which day the record holds all the same, and what is found first: an event's seq and words.
DONE: list[tuple[Callable[[Week], None], int | None, int, str]] = [
    (change, 0, 1, "was changed after it was recorded"),
    (change_knowing_the_key, 1, 5, "its record up to here was written anew"),
    (cut_knowing_the_key, 1, 5, "its record was cut: it had 5 events"),
    (remove, 0, 0, "the ticket was removed"),
    (remove_the_last_two, None, 0, "the ticket was removed"),
    (exchange, 0, 0, "the ticket was removed, and VK-ANOTHR put in its place"),
    (put_in_a_ticket, 0, 1, "the ticket was put in later"),
    (put_in_an_event, 0, 3, "an event was put in later"),
    (blank, 0, 3, "its text is gone, and no redaction tells of it"),
]


def test_whatever_is_done_to_the_record_shows_and_until_when_it_holds(week: Week) -> None:
    untouched = week.verdict()
    assert (untouched.holds, holds_until(untouched), untouched.tickets) == (True, 2, 3)
    for do, until, seq, problem in DONE:
        with transaction.atomic():
            do(week)
            verdict = week.verdict()
            transaction.set_rollback(True)
        found = verdict.findings[0]
        assert (found.seq, found.problem) == (seq, problem), do.__name__
        assert (holds_until(verdict), verdict.holds) == (until, False), do.__name__


def rewrite(path: Path, text: Callable[[str], str]) -> None:
    """Put another text into a checkpoint."""
    path.chmod(0o640)
    path.write_bytes(gzip.compress(text(gzip.decompress(path.read_bytes()).decode()).encode()))


def swap(week: Week) -> None:
    one, other = week.path(0).read_bytes(), week.path(1).read_bytes()
    for path, content in ((week.path(0), other), (week.path(1), one)):
        path.chmod(0o640)
        path.write_bytes(content)


def write_anew(week: Week) -> None:
    """By somebody with the key, after the record was cut: the file itself is sound."""
    week.path(1).unlink()
    TicketEvent.objects.filter(ticket=week.first, seq__gte=3).delete()
    seal_anew(week.first)
    later = week.path(2).read_bytes()
    week.path(2).unlink()
    week.close(1)
    week.path(2).write_bytes(later)


def overwrite(week: Week) -> None:
    week.path(1).chmod(0o640)
    week.path(1).write_bytes(b"no")


def forge(week: Week) -> None:
    """By somebody without the key, who knows how a digest is made."""

    def another(text: str) -> str:
        lines = text.replace(" 3 ", " 9 ").splitlines(keepends=True)
        last = json.loads(lines[-1])
        last["digest"] = hashlib.sha256("".join(lines[:-1]).encode()).hexdigest()
        return "".join([*lines[:-1], json.dumps(last) + "\n"])

    rewrite(week.path(1), another)


FILES: list[tuple[Callable[[Week], object], int | None, str]] = [
    (lambda week: week.path(1).unlink(), 0, "has lost what was before it: 1 of its forerunners is missing"),
    (
        lambda week: week.path(0).unlink(),
        None,
        "has lost what was before it: 1 of its forerunners is missing",
    ),
    (lambda week: rewrite(week.path(1), lambda text: text.replace(" 3 ", " 9 ")), 0, "was altered"),
    (forge, 0, "was written by somebody without the key of the record"),
    (lambda week: rewrite(week.path(1), lambda text: text.rpartition("{")[0]), 0, "is cut off"),
    (lambda week: rewrite(week.path(1), lambda text: text + "more\n"), 0, "goes on after its end"),
    (overwrite, 0, "cannot be read"),
    (swap, None, "bears another day's name"),
    (write_anew, 1, "does not follow the one before it: one of them was exchanged"),
]


def test_a_checkpoint_that_is_altered_removed_moved_or_written_anew_is_named(week: Week) -> None:
    kept = {path: path.read_bytes() for path in checkpoints.paths(week.folder)}
    for do, until, problem in FILES:
        with transaction.atomic():
            do(week)
            verdict = week.verdict()
            transaction.set_rollback(True)
        found = next(found for found in verdict.findings if not found.number)
        assert problem in found.problem
        assert checkpoints.NAMED.search(found.problem)
        assert (holds_until(verdict), verdict.holds) == (until, False), problem
        for path, content in kept.items():
            path.unlink(missing_ok=True)
            path.write_bytes(content)
    assert week.verdict().holds


def test_the_end_of_the_checkpoints_is_judged_by_time_and_by_what_was_noted_elsewhere(week: Week) -> None:
    newest = week.verdict().holds_until
    assert newest is not None
    assert week.verdict(noted=newest.digest).holds
    week.path(2).unlink()
    assert week.verdict().holds
    assert "has the digest" in week.verdict(noted=newest.digest).warnings[0]
    assert "none was written since, or those were removed" in week.verdict(now=week.noon(5)).warnings[0]


def test_from_a_day_on_only_what_came_later_is_judged(week: Week) -> None:
    verdict = week.verdict(since=week.noon(2).date())
    assert (verdict.holds, len(verdict.checkpoints)) == (True, 3), "as far back as the whole one of the month"
    week.close(40)
    later = week.verdict(since=week.noon(40).date(), now=week.noon(41))
    assert ([found.is_whole for found in later.checkpoints if found], later.holds) == ([True], True)


def test_a_day_has_one_checkpoint_which_lists_what_is_new_and_is_never_overwritten(week: Week) -> None:
    lists = [[(entry.pk, entry.seq) for entry in checkpoints.Reading(week.path(day))] for day in range(3)]
    first, second, third = (ticket.pk for ticket in (week.first, week.second, week.third))
    assert lists == [[(first, 2), (second, 2)], [(first, 3), (third, 2)], [(first, 5)]]
    before = week.path(2).read_bytes()
    week.note(2)
    week.close(2)
    assert week.path(2).read_bytes() == before
    assert [path.suffix for path in week.folder.iterdir()] == [".gz"] * 3, "no draft is left"


def test_a_disk_that_is_full_leaves_no_half_checkpoint(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = checkpoints.paths(week.folder)
    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            week.close(3)
    assert sorted(week.folder.iterdir()) == before
    week.close(3)
    assert week.verdict(now=week.noon(4)).holds


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit status and what it prints."""
    out = StringIO()
    try:
        call_command("verify_record", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_until_when_the_record_holds_and_names_the_first_fault(week: Week) -> None:
    with time_machine.travel(week.noon(3), tick=False):
        status, said = run()
        assert status == 0
        assert "Up to the checkpoint of 2026-11-25" in said
        change_knowing_the_key(week)
        status, said = run()
        assert status == 1
        assert "Up to the checkpoint of 2026-11-24" in said
        assert f"{week.first.number}, event 5: its record up to here was written anew" in said
        status, said = run("--json")
    told = json.loads(said)
    assert (status, told["faults"], told["holds_until"]["day"]) == (1, 1, "2026-11-24")
    assert told["findings"][0] == {
        "ticket": week.first.number,
        "event": 5,
        "problem": "its record up to here was written anew",
    }


def test_without_a_checkpoint_the_command_says_that_it_proves_less(
    settings: Any, tmp_path: Path, file: File
) -> None:
    settings.CHECKPOINTS = tmp_path / "none"
    file()
    status, said = run()
    assert status == 1
    assert "Every record is sealed as it was written." in said
    assert "There is no checkpoint" in said
