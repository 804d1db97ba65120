"""`manage.py rebuild_clocks`: what is stored is what the record says; where it is not, that is told, and put right."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from contracts.models import Contact, User
from contracts.services.closures import enter_closure
from contracts.tests.faults import rows_of
from tickets.models import Clock, Ticket
from tickets.models.ticket import Status
from tickets.services.conversation import ask_customer, reply_as_contact
from tickets.services.desk import project_again
from tickets.services.lifecycle import reopen_ticket, resolve_ticket
from tickets.services.noticing import record_misses
from tickets.services.severity import change_severity
from tickets.tests.conftest import File

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def tickets(file: File, agent: User, contact: Contact, monday: datetime) -> list[Ticket]:
    """One that is new, one that waits, one that was raised and resolved, one that was missed and reopened."""
    new, waiting, resolved, missed = (file(severity="P2") for _ in range(4))
    at = monday + HOUR
    ask_customer(ticket=waiting, actor=agent, text="Which?", at=at)
    change_severity(ticket=resolved, actor=agent, severity="P1", reason="Worse", at=at)
    resolve_ticket(ticket=resolved, actor=agent, text="Done.", at=at + HOUR)
    resolve_ticket(ticket=missed, actor=agent, text="Done.", at=at + 60 * HOUR)
    reopen_ticket(ticket=missed, actor=contact.user, reason="No.", at=at + 61 * HOUR)
    reply_as_contact(ticket=missed, actor=contact.user, text="See.", at=at + 62 * HOUR)
    return [new, waiting, resolved, missed]


def run(at: datetime, *arguments: str) -> tuple[int, str]:
    """The command's exit status and what it prints, at an instant."""
    out = StringIO()
    with time_machine.travel(at, tick=False):
        try:
            call_command("rebuild_clocks", *arguments, stdout=out)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_nothing_differs_whatever_the_hour_and_whether_or_not_the_worker_has_looked(
    tickets: list[Ticket], manager: User, monday: datetime
) -> None:
    for later in (0, 63, 64, 500):
        status, said = run(monday + later * HOUR)
        assert (status, said.count("\n")) == (0, 1), said
    enter_closure(
        policy_slug="atheer",
        starts_at=monday + 64 * HOUR,
        ends_at=monday + 66 * HOUR,
        reason="Snow",
        actor=manager,
        at=monday + 64 * HOUR,
    )
    assert run(monday + 65 * HOUR)[0] == 0, "the worker has not been there yet"
    project_again(at=monday + 65 * HOUR)
    record_misses(at=monday + 600 * HOUR)
    status, said = run(monday + 601 * HOUR)
    assert (status, "4 tickets" in said, "0 differences" in said) == (0, True, True), said


SPOILT: list[tuple[Callable[[list[Ticket]], object], str]] = [
    (lambda known: known[0].clocks.update(due_at=None), "response.due_at"),
    (lambda known: known[1].clocks.update(state="void"), "state"),
    (lambda known: known[2].clocks.update(missed_at=known[2].filed_at), "missed_at"),
    (lambda known: known[3].clocks.update(remaining_seconds=10**9), "remaining_seconds"),
    (lambda known: known[0].clocks.all().delete(), "clock is stored as missing"),
    (lambda known: Clock.objects.update(miss_recorded=True), "miss_recorded"),
    (lambda known: Ticket.objects.update(next_due_at=None), "next_due_at"),
    (lambda known: Ticket.objects.update(status=Status.CLOSED), "status"),
    (lambda known: Ticket.objects.update(severity="P4"), "severity"),
    (lambda known: Ticket.objects.update(assignee=known[0].contact.user), "assignee_id"),
]


def test_what_differs_is_told_and_left_as_it_is_and_put_right_only_when_asked(
    tickets: list[Ticket], monday: datetime
) -> None:
    at, whole = monday + 63 * HOUR, rows_of("contracts", "tickets")
    run(at, "--apply")
    for spoil, what in SPOILT:
        spoil(tickets)
        spoilt = whole()
        status, said = run(at)
        assert (status, what in said) == (1, True), f"{what}: {said}"
        assert whole() == spoilt, "a dry run writes nothing"
        status, said = run(at, "--apply")
        assert (status, "put right" in said) == (0, True)
        assert run(at)[0] == 0
