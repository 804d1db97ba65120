"""Several at once on the same rows: no update is lost, nothing happens twice. `make endure` tries 50 times as often."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from contracts.models import Contact, OutboxMessage, User
from contracts.outbox.delivery import deliver
from contracts.services.closures import enter_closure
from contracts.services.contacts import name_contact
from contracts.tests.endurance import Endurance
from contracts.tests.mail_servers import PaperServer
from portal.tests.servers import PATIENCE
from tickets.models import Ticket, TicketEvent
from tickets.models.event import Kind
from tickets.services.desk import project_again
from tickets.services.kept import start_clocks_put_right
from tickets.services.noticing import give_warnings, record_misses
from tickets.tests.conftest import File
from tickets.tests.soundness import faults_of_all
from tickets.tests.writers import TOGETHER, WAYS, write_in_pairs, write_together

pytestmark = [pytest.mark.endurance, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
AT_ONCE = 4


@pytest.mark.parametrize("way", WAYS)
def test_of_two_writers_on_one_ticket_none_is_lost(
    way: str, endurance: Endurance, file: File, agent: User, manager: User, monday: datetime
) -> None:
    number = endurance.number(2500)
    pairs = write_in_pairs(
        way=way, number=number, seed=endurance.seed, file=file, actors=(agent, manager), at=monday
    )
    endurance.report(number, "pairs", pairs.faults, done=pairs.done, refused=2 * number - pairs.done)
    assert pairs.done > number / 2


@pytest.mark.parametrize("way", WAYS)
def test_of_two_who_do_the_same_or_opposite_things_both_are_kept_or_one_is_refused_with_the_reason(
    way: str, endurance: Endurance, file: File, contact: Contact, agent: User, manager: User, monday: datetime
) -> None:
    rounds = endurance.number(50)
    pairs = write_together(
        way=way, rounds=rounds, file=file, staff=(agent, manager), customer=contact.user, at=monday
    )
    number = rounds * len(TOGETHER)
    endurance.report(number, "pairs", pairs.faults, done=pairs.done, refused=2 * number - pairs.done)


def four_times(job: Callable[..., object], at: datetime) -> None:
    """The recurring job, in four threads at the same moment."""
    meet = threading.Barrier(AT_ONCE)

    def run(_: int) -> None:
        try:
            meet.wait(PATIENCE)
            job(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, range(AT_ONCE)))


def told(kind: str) -> int:
    return OutboxMessage.objects.filter(kind=kind).count()


def test_recurring_jobs_that_run_four_times_at_once_do_everything_once(
    endurance: Endurance,
    file: File,
    agent: User,
    manager: User,
    mail_server: type[PaperServer],
    monday: datetime,
) -> None:
    rounds, each = endurance.number(100), 5
    for turn in range(rounds):
        at = monday + timedelta(days=7 * turn)
        for _ in range(each):
            file(at, severity="P1")
        four_times(give_warnings, at + 3.5 * HOUR)
        four_times(record_misses, at + 5 * HOUR)
        four_times(deliver, at + 6 * HOUR)
    count = rounds * each
    doubles = [f"{id_} was sent twice" for id_ in set(mail_server.ids()) if mail_server.ids().count(id_) > 1]
    endurance.report(rounds, "rounds", [*faults_of_all(), *doubles], mails=len(mail_server.ids()))
    assert TicketEvent.objects.filter(kind=Kind.MISSED).count() == count
    assert TicketEvent.objects.filter(kind=Kind.WARNED).count() == count
    assert told("miss") == told("warning") == 2 * count
    assert len(mail_server.ids()) == OutboxMessage.objects.count()


def test_clocks_that_start_or_move_do_so_once_when_four_workers_see_it(
    endurance: Endurance, file: File, colleague: Contact, contact: Contact, manager: User, monday: datetime
) -> None:
    kept = [file(contact=colleague) for _ in range(3)]
    running = [file() for _ in range(3)]
    trained = date(2026, 1, 12)
    contract = running[0].contract
    assert contract is not None
    contract.extra_named_contacts, contract.extra_named_contacts_order = 1, "B-7"
    contract.save()
    name_contact(contact=colleague, trained_on=trained, actor=manager, at=monday)
    four_times(start_clocks_put_right, monday + HOUR)
    before = running[0].clocks.get().due_at
    enter_closure(
        policy_slug="atheer",
        starts_at=monday + HOUR,
        ends_at=monday + 3 * HOUR,
        reason="Snow",
        actor=manager,
        at=monday + HOUR,
    )
    four_times(project_again, monday + 2 * HOUR)
    assert before is not None
    assert {ticket.clocks.get().due_at for ticket in running} == {before + 2 * HOUR}
    for ticket in kept:
        assert ticket.events.filter(kind=Kind.SUBMITTED).count() == 1
        assert OutboxMessage.objects.filter(kind="receipt", ticket_number=ticket.number).count() == 1
    assert faults_of_all() == []
    assert Ticket.objects.filter(runs_clocks=True).count() == 6
