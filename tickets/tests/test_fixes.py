"""Fixed in a release: named, moved, published (VK15). The worker's part is played by ``run_errands``."""

import itertools
from contextlib import suppress
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db import OperationalError

from contracts.models import Contact, Contract, OutboxMessage, Product, Release, User
from contracts.models.products import ReleaseKind
from contracts.refusals import Refused
from contracts.tests.factories import ReleaseFactory, published
from contracts.tests.faults import Fault
from tickets.models import Errand, Ticket, TicketFix
from tickets.models.event import Kind
from tickets.services import walking
from tickets.services.assignment import assign_ticket
from tickets.services.errands import run_errands
from tickets.services.fixes import name_fix, take_fix_back
from tickets.services.lifecycle import reopen_ticket, resolve_ticket
from tickets.services.noticing import record_misses
from tickets.services.releases import plan_release, publish_release
from tickets.tests.conftest import Clocks, File
from tickets.tests.soundness import faults_of_all

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def major(file: File, contract: Contract) -> File:
    """Files Viakoo's major errors, which are promised the next maintenance release."""
    contract.policy_version = published("viakoo")
    contract.save()

    def _file(at: datetime | None = None, **asked: object) -> Ticket:
        return file(at, **{"severity": "major", **asked})

    return _file


@pytest.fixture
def release(product: Product, manager: User, monday: datetime) -> Release:
    """Atlas 6.3, planned in three weeks."""
    return planned(product, "6.3", monday + 21 * DAY, manager, monday)


def planned(product: Product, version: str, on: datetime | None, manager: User, at: datetime) -> Release:
    return plan_release(
        product=product, version=version, kind=ReleaseKind.MAINTENANCE, planned_at=on, actor=manager, at=at
    )


def move(
    release: Release, on: datetime | None, manager: User, at: datetime, reason: str = "A test fails."
) -> None:
    plan_release(
        release=release,
        product=release.product,
        version=release.version,
        kind=ReleaseKind(release.kind),
        planned_at=on,
        reason=reason,
        actor=manager,
        at=at,
    )


def mails(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind).order_by("pk"))


def test_vk15_a_ticket_fixed_in_a_release_is_due_on_its_date_moves_with_it_and_is_resolved_by_it(
    major: File,
    release: Release,
    contact: Contact,
    manager: User,
    agent: User,
    clocks: Clocks,
    monday: datetime,
) -> None:
    ticket, other = major(), major()
    later = planned(release.product, "6.4", monday + 60 * DAY, manager, monday)
    run_errands(at=monday)
    assert clocks(ticket, monday)["resolution"].due_at == release.planned_at

    twin = major()
    for each in (ticket, twin):
        assign_ticket(ticket=each, assignee=agent, actor=manager, at=monday + HOUR)
        name_fix(ticket=each, release=later, actor=agent, at=monday + HOUR)
    assert clocks(ticket, monday + HOUR)["resolution"].due_at == later.planned_at
    told, _ = mails("fix_named")
    assert "will be fixed in Atlas 6.4, which is planned for Fri 22 Jan" in told.text
    assert told.user == contact.user

    with pytest.raises(Refused, match="Say why the date moves"):
        move(later, monday + 70 * DAY, manager, monday + DAY, reason=" ")
    move(later, monday + 70 * DAY, manager, monday + DAY)
    assert run_errands(at=monday + DAY) == 2
    assert clocks(ticket, monday + DAY)["resolution"].due_at == monday + 70 * DAY
    assert clocks(other, monday + DAY)["resolution"].due_at == release.planned_at
    told, _ = mails("release_moved")
    assert told.ticket_number == ticket.number
    assert "Atlas 6.4, which your request waits for, is planned for Mon 1 Feb" in told.text
    assert "Before, the date was Fri 22 Jan" in told.text
    assert "The reason: A test fails." in told.text
    [slip] = mails("release_slipped")
    assert slip.user == agent, "whose tickets wait for it, once"
    assert "Atlas 6.4, which tickets of yours wait for, is planned for Mon 1 Feb" in slip.text

    out = monday + 69 * DAY
    publish_release(release=later, actor=manager, at=out)
    record_misses(at=out + 2 * DAY)
    run_errands(at=out + 2 * DAY)
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.status, other.status) == ("resolved", "new")
    resolution = clocks(ticket, out + 2 * DAY)["resolution"]
    assert (resolution.stopped_at, resolution.missed) == (out, False)
    said = ticket.events.get(kind=Kind.RESOLVED)
    assert said.actor == manager
    assert said.message is not None
    assert said.message.text.startswith("Atlas 6.4 is out, and it has the fix.")
    assert "/releases/atlas/6.4/" in said.message.text
    told, _ = mails("resolution")
    assert told.ticket_number == ticket.number

    reopen_ticket(ticket=ticket, actor=contact.user, reason="It does not hold.", at=out + 3 * DAY)
    run_errands(at=out + 3 * DAY)
    ticket.refresh_from_db()
    assert ticket.status != "resolved"
    assert faults_of_all() == []


def test_of_two_plans_made_before_the_worker_ran_a_ticket_has_the_reason_of_its_own_release(
    major: File, release: Release, manager: User, clocks: Clocks, monday: datetime
) -> None:
    later = planned(release.product, "6.4", monday + 25 * DAY, manager, monday)
    ticket = major()
    run_errands(at=monday)
    move(release, None, manager, monday + HOUR, reason="It is given up.")
    move(later, monday + 40 * DAY, manager, monday + HOUR, reason="A test fails.")
    assert run_errands(at=monday + 2 * HOUR) == 1
    assert ticket.events.get(kind=Kind.RELEASE_PLANNED, text="A test fails.").data["release"] == "6.4"
    assert clocks(ticket, monday + 2 * HOUR)["resolution"].due_at == monday + 40 * DAY
    assert run_errands(at=monday + 3 * HOUR) == 0


def test_publishing_leaves_alone_what_is_resolved_reopened_since_or_not_marked_any_more(
    major: File, release: Release, agent: User, manager: User, clocks: Clocks, monday: datetime
) -> None:
    marked = [major() for _ in range(4)]
    resolved, reopened, unmarked, remarked = marked
    for ticket in marked:
        name_fix(ticket=ticket, release=release, actor=agent, at=monday)
    for ticket in (resolved, reopened):
        resolve_ticket(ticket=ticket, actor=agent, text="A hotfix has it.", at=monday + DAY)
    take_fix_back(ticket=unmarked, reason="It is another error.", actor=agent, at=monday + DAY)
    later = planned(release.product, "6.4", monday + 60 * DAY, manager, monday + DAY)
    name_fix(ticket=remarked, release=later, reason="It needs more.", actor=agent, at=monday + DAY)
    run_errands(at=monday + DAY)
    publish_release(release=release, actor=manager, at=monday + 2 * DAY)
    reopen_ticket(ticket=reopened, actor=agent, reason="It does not.", at=monday + 2 * DAY + HOUR)
    run_errands(at=monday + 2 * DAY + HOUR)
    for ticket in marked:
        ticket.refresh_from_db()
    assert [ticket.status for ticket in marked] == ["resolved", "open", "new", "new"]
    assert resolved.events.filter(kind=Kind.RESOLVED).count() == 1
    assert clocks(reopened, monday + 2 * DAY + HOUR)["resolution"].due_at == later.planned_at
    assert clocks(unmarked, monday + 2 * DAY + HOUR)["resolution"].due_at == later.planned_at
    told = [mail for mail in mails("release_moved") if mail.ticket_number == unmarked.number]
    assert "Atlas 6.3 is out, and this is not marked as fixed in it." in told[-1].text
    assert faults_of_all() == []


def test_a_name_is_refused_where_it_would_promise_what_cannot_be(
    major: File, release: Release, contact: Contact, agent: User, monday: datetime
) -> None:
    ticket = major()
    elsewhere = ReleaseFactory.create()
    out = ReleaseFactory.create(product=release.product, published_at=monday)
    for wrong, why in ((elsewhere, "of another product"), (out, "is out. Resolve the ticket")):
        with pytest.raises(Refused, match=why):
            name_fix(ticket=ticket, release=wrong, actor=agent, at=monday)
    with pytest.raises(Refused, match="Only staff"):
        name_fix(ticket=ticket, release=release, actor=contact.user, at=monday)
    with pytest.raises(Refused, match="not marked"):
        take_fix_back(ticket=ticket, reason="Wrong.", actor=agent, at=monday)
    name_fix(ticket=ticket, release=release, actor=agent, at=monday)
    with pytest.raises(Refused, match="already"):
        name_fix(ticket=ticket, release=release, actor=agent, at=monday)
    another = ReleaseFactory.create(product=release.product)
    with pytest.raises(Refused, match="Write why first"):
        name_fix(ticket=ticket, release=another, actor=agent, at=monday)
    with pytest.raises(Refused, match="Tickets are marked as fixed in Atlas"):
        plan_release(
            release=release,
            product=elsewhere.product,
            version="6.3",
            kind=ReleaseKind.MAINTENANCE,
            planned_at=release.planned_at,
            actor=agent,
            at=monday,
        )
    resolve_ticket(ticket=ticket, actor=agent, text="Done.", at=monday)
    with pytest.raises(Refused, match="Reopen it first"):
        take_fix_back(ticket=ticket, reason="Wrong.", actor=agent, at=monday)


def test_many_tickets_are_seen_to_in_batches_and_a_newer_plan_makes_up_for_the_older(
    major: File, release: Release, agent: User, manager: User, clocks: Clocks, monday: datetime
) -> None:
    tickets = [major() for _ in range(5)]
    run_errands(at=monday)
    with mock.patch.object(walking, "BATCH", 2), mock.patch.object(walking, "RUN_SECONDS", -1):
        move(release, monday + 30 * DAY, manager, monday + HOUR)
        assert run_errands(at=monday + HOUR) == 0
    move(release, monday + 40 * DAY, manager, monday + 2 * HOUR, reason="Again.")
    assert Errand.objects.unfinished(monday + DAY).count() == 1
    with mock.patch.object(walking, "BATCH", 2):
        assert run_errands(at=monday + 3 * HOUR) == 5
        assert run_errands(at=monday + 3 * HOUR) == 0
    for ticket in tickets:
        assert clocks(ticket, monday + DAY)["resolution"].due_at == monday + 40 * DAY
        event = ticket.events.filter(kind=Kind.RELEASE_PLANNED).last()
        assert event is not None
        assert (event.text, event.happened_at) == ("Again.", monday + 2 * HOUR)
    assert len(mails("release_moved")) == 5
    name_fix(ticket=tickets[0], release=release, actor=agent, at=monday + DAY)
    assert TicketFix.objects.get().release == release
    move(release, None, manager, monday + DAY)
    run_errands(at=monday + DAY)
    assert {clocks(ticket, monday + DAY)["resolution"].state for ticket in tickets} == {"unscheduled"}
    assert faults_of_all() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["moved", "published"])
def test_every_call_of_the_database_may_fail_and_the_next_run_makes_it_good(
    kind: str, major: File, release: Release, agent: User, manager: User, monday: datetime
) -> None:
    ticket = major()
    run_errands(at=monday)
    for nth in itertools.count(1):
        at = monday + nth * HOUR
        if kind == "published":
            release = planned(release.product, f"7.{nth}", monday + 50 * DAY, manager, at)
            reopen = Ticket.objects.get(pk=ticket.pk).status == "resolved"
            if reopen:
                reopen_ticket(ticket=ticket, actor=agent, reason="No.", at=at)
            name_fix(ticket=ticket, release=release, reason="This one.", actor=agent, at=at)
            publish_release(release=release, actor=manager, at=at)
        else:
            move(release, monday + (21 * DAY + nth * HOUR), manager, at)
        fault = Fault(nth)
        with suppress(OperationalError), fault.ordered():
            run_errands(at=at)
        run_errands(at=at)
        resolved = ticket.events.filter(kind=Kind.RESOLVED).count()
        told = len(mails("resolution" if kind == "published" else "release_moved"))
        assert (resolved if kind == "published" else nth) == nth, fault.sql
        assert told >= nth, fault.sql
        assert ticket.events.filter(happened_at=at, kind=_LAST[kind]).count() == 1, fault.sql
        if not fault.happened:
            break
    assert nth > 10
    assert faults_of_all() == []


_LAST = {"moved": Kind.RELEASE_PLANNED, "published": Kind.RESOLVED}
