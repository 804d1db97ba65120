"""Releases, standing and holidays in the admin: what moves tickets from outside."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from contracts.models import Contact, Contract, PolicyVersion, Product, Release, User
from contracts.models.contracts import Standing
from contracts.services.contracts import set_standing
from contracts.tests.factories import HolidayFactory, ReleaseFactory, published
from tickets.models import Ticket
from tickets.models.event import Kind
from tickets.services.errands import run_errands
from tickets.tests.conftest import File
from tickets.tests.desk import assert_nothing_inline, desk_of
from tickets.tests.pages import client_of, words

RELEASES = "/admin/releases/"
HOLIDAYS = "/admin/holidays/"


@pytest.fixture(autouse=True)
def _now(monday: datetime) -> Iterator[None]:
    with time_machine.travel(monday, tick=False):
        yield


@pytest.fixture
def desk(manager: User) -> Client:
    return desk_of(manager)


@pytest.fixture
def release(product: Product) -> Release:
    return ReleaseFactory.create(product=product, version="4.3")


def typed(product: Product, **changed: Any) -> dict[str, Any]:
    plan = {"product": product.pk, "version": "4.3", "kind": "maintenance", "planned_at": "2026-12-01T09:00"}
    return {**plan, **changed}


def test_a_release_is_planned_in_the_readers_zone_and_tickets_get_its_date(
    file: File, desk: Client, manager: User, product: Product
) -> None:
    ticket = file()
    User.objects.filter(pk=manager.pk).update(time_zone="Europe/Belgrade")
    assert desk.post(RELEASES + "new/", typed(product)).status_code == 302
    planned = datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert Release.objects.get().planned_at == planned
    run_errands(at=timezone.now())
    assert ticket.events.get(kind=Kind.RELEASE_PLANNED).data["due_at"] == planned.isoformat()


def test_a_plan_can_be_changed(desk: Client, product: Product, release: Release) -> None:
    desk.post(f"{RELEASES}{release.pk}/plan/", typed(product, version="4.4"))
    assert Release.objects.get().version == "4.4"


def test_a_version_that_is_taken_is_refused_and_what_was_typed_kept(
    desk: Client, product: Product, release: Release
) -> None:
    answer = desk.post(RELEASES + "new/", typed(product))
    assert answer.status_code == 422
    assert "Release with this Product and Version already exists." in words(answer)
    assert b'value="2026-12-01T09:00"' in answer.content
    assert Release.objects.count() == 1


def test_a_release_is_published_once_it_is_confirmed(
    desk: Client, release: Release, monday: datetime
) -> None:
    desk.get(f"{RELEASES}{release.pk}/publication/")
    assert Release.objects.get().published_at is None
    desk.post(f"{RELEASES}{release.pk}/publication/")
    assert Release.objects.get().published_at == monday
    assert desk.post(f"{RELEASES}{release.pk}/publication/").status_code == 422


def test_a_published_release_is_planned_no_more(desk: Client, product: Product, release: Release) -> None:
    desk.post(f"{RELEASES}{release.pk}/publication/")
    answer = desk.post(f"{RELEASES}{release.pk}/plan/", typed(product, version="4.4"))
    assert answer.status_code == 422
    assert "is published; plan the next one instead" in words(answer)


def test_the_list_of_releases_says_what_is_planned_and_what_is_out(desk: Client, release: Release) -> None:
    assert list(desk.get(RELEASES).context["planned"]) == [release]
    desk.post(f"{RELEASES}{release.pk}/publication/")
    assert list(desk.get(RELEASES).context["published"]) == [release]


@pytest.fixture
def overdue(contract: Contract, manager: User, monday: datetime) -> Contract:
    return set_standing(
        contract=contract, standing=Standing.PAYMENT_DUE, reason="Invoice 17", actor=manager, at=monday
    )


def standing_of(contract: Contract) -> str:
    return f"/admin/contracts/contract/{contract.pk}/standing/"


def test_standing_put_right_starts_the_clocks_of_kept_requests_and_says_how_many(
    file: File, desk: Client, overdue: Contract
) -> None:
    ticket = file()
    assert "1 request of this contract is kept without a clock" in words(desk.get(standing_of(overdue)))
    answer = desk.post(standing_of(overdue), {"standing": "current", "reason": ""}, follow=True)
    assert f"The clocks of one kept request started: {ticket.number}." in words(answer)
    assert Ticket.objects.get().runs_clocks


def test_what_is_overdue_needs_a_reason(desk: Client, contract: Contract) -> None:
    answer = desk.post(standing_of(contract), {"standing": "payment_due", "reason": ""})
    assert answer.status_code == 422
    assert "Say what is overdue; the customer reads it." in words(answer)


def test_the_changes_before_are_listed_with_their_reason(desk: Client, overdue: Contract) -> None:
    assert "Invoice 17" in words(desk.get(standing_of(overdue)))


def test_the_contracts_page_leads_to_its_standing(desk: Client, contract: Contract) -> None:
    page = desk.get(f"/admin/contracts/contract/{contract.pk}/change/")
    assert f'href="{standing_of(contract)}"' in page.content.decode()


@pytest.fixture
def differing(db: None) -> PolicyVersion:
    """A version with a holiday to come that the package does not know."""
    version = published()
    HolidayFactory.create(version=version, day=date(2027, 2, 2), name="Founders' Day")
    return version


def test_what_the_package_would_change_is_listed_and_accepted(desk: Client, differing: PolicyVersion) -> None:
    assert "Tue 2 Feb 2027 Founders' Day no holiday" in words(desk.get(HOLIDAYS))
    answer = desk.post(f"{HOLIDAYS}{differing.pk}/acceptance/", follow=True)
    assert "One day is changed." in words(answer)
    assert not answer.context["differing"]


def test_an_agent_sees_the_difference_and_does_not_accept_it(agent: User, differing: PolicyVersion) -> None:
    page = desk_of(agent).get(HOLIDAYS)
    assert "A manager accepts them." in words(page)
    assert desk_of(agent).post(f"{HOLIDAYS}{differing.pk}/acceptance/").status_code == 403
    assert differing.holidays.filter(name="Founders' Day").exists()


def test_an_agent_plans_no_release_and_changes_no_standing(
    agent: User, release: Release, contract: Contract
) -> None:
    for address in (RELEASES + "new/", f"{RELEASES}{release.pk}/publication/", standing_of(contract)):
        assert desk_of(agent).post(address).status_code == 403


def test_nobody_but_staff_comes_here(
    client: Client,
    contact: Contact,
    stranger: Contact,
    release: Release,
    contract: Contract,
    differing: PolicyVersion,
) -> None:
    addresses = (
        RELEASES,
        RELEASES + "new/",
        f"{RELEASES}{release.pk}/plan/",
        f"{RELEASES}{release.pk}/publication/",
        standing_of(contract),
        HOLIDAYS,
        f"{HOLIDAYS}{differing.pk}/acceptance/",
    )
    for visitor in (client, client_of(contact.user), client_of(stranger.user)):
        assert {visitor.post(address).status_code for address in addresses} == {302}
    assert Release.objects.get().published_at is None


def test_the_pages_carry_nothing_inline(
    desk: Client, release: Release, contract: Contract, differing: PolicyVersion
) -> None:
    for address in (
        RELEASES,
        RELEASES + "new/",
        f"{RELEASES}{release.pk}/plan/",
        f"{RELEASES}{release.pk}/publication/",
        standing_of(contract),
        HOLIDAYS,
    ):
        assert_nothing_inline(desk.get(address))
