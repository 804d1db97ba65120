"""The calendar that goes with a policy version, and how it is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from contracts.calendar_rows import local_day, opening_hours, policy_of, terms_for
from contracts.models import Closure, Holiday, PolicyVersion
from contracts.services.closures import enter_closure, withdraw_closure
from contracts.sla.events import ClockName
from contracts.tests.factories import HolidayFactory, PolicyVersionFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 20, tzinfo=UTC)  # a Tuesday, 12:00 in Los Angeles


@pytest.fixture
def version() -> PolicyVersion:
    return PolicyVersionFactory.create(slug="atheer")


def close_tuesday() -> Closure:
    return enter_closure(
        policy_slug="atheer",
        starts_at=NOON - timedelta(hours=1),
        ends_at=NOON + timedelta(hours=1),
        reason="Snow",
        actor=None,
        at=NOON - timedelta(hours=2),
    )


def test_hours_are_those_of_the_policy(version: PolicyVersion) -> None:
    hours = opening_hours(version)

    assert hours.is_open(NOON)
    assert not hours.is_open(NOON + timedelta(hours=5))


def test_holidays_are_those_that_were_frozen(version: PolicyVersion) -> None:
    version.holidays.filter(day=date(2026, 11, 26)).delete()
    HolidayFactory.create(version=version, day=date(2026, 11, 24), name="Founders' Day")

    hours = opening_hours(version)

    assert hours.is_open(NOON + timedelta(days=2)), "Thanksgiving was frozen as a working day"
    assert hours.spans(NOON, NOON + timedelta(hours=1))[0].label == "Founders' Day"


def test_beyond_the_frozen_years_the_package_answers(version: PolicyVersion) -> None:
    Holiday.objects.all().delete()
    new_year = datetime(version.holidays_until + 1, 1, 1, 20, tzinfo=UTC)
    assert new_year.weekday() < 5, "the test needs a weekday"

    assert not opening_hours(version).is_open(new_year)


def test_a_second_look_needs_no_query(
    version: PolicyVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    opening_hours(version)
    again = PolicyVersion.objects.get(pk=version.pk)

    with django_assert_num_queries(0):
        assert opening_hours(again).is_open(NOON)
        assert terms_for(again, "standard").severities


def test_a_closure_shuts_the_desk_and_its_withdrawal_opens_it(version: PolicyVersion) -> None:
    assert opening_hours(version).is_open(NOON)

    closure = close_tuesday()
    version.refresh_from_db()
    assert not opening_hours(version).is_open(NOON)
    assert version.calendar_revision == 2

    withdraw_closure(closure=closure, actor=None, at=NOON)
    version.refresh_from_db()
    assert opening_hours(version).is_open(NOON)
    assert version.calendar_revision == 3


@pytest.mark.django_db(transaction=True)
def test_a_calendar_of_a_change_that_was_rolled_back_is_not_kept() -> None:
    version = PolicyVersionFactory.create(slug="atheer")
    with transaction.atomic():
        close_tuesday()
        version.refresh_from_db()
        assert not opening_hours(version).is_open(NOON)
        transaction.set_rollback(True)
    enter_closure(
        policy_slug="atheer",
        starts_at=NOON + timedelta(days=1),
        ends_at=NOON + timedelta(days=1, hours=1),
        reason="Power cut",
        actor=None,
        at=NOON,
    )
    version.refresh_from_db()

    assert version.calendar_revision == 2, "the same revision as the change that was rolled back"
    assert opening_hours(version).is_open(NOON)
    assert not opening_hours(version).is_open(NOON + timedelta(days=1))


def test_the_terms_are_those_of_the_tier() -> None:
    version = PolicyVersionFactory.create(slug="vivvo")

    promised = {tier: terms_for(version, tier).severities[1].promises for tier in ("standard", "premium")}

    assert str(promised["standard"][ClockName.RESPONSE]) == "within 24 hours"
    assert str(promised["premium"][ClockName.RESPONSE]) == "within 12 hours"


def test_an_unknown_tier_is_named(version: PolicyVersion) -> None:
    with pytest.raises(LookupError, match=r"'gold'.*standard"):
        terms_for(version, "gold")


def test_a_day_is_that_of_the_policys_zone(version: PolicyVersion) -> None:
    assert local_day(version, datetime(2026, 11, 24, 7, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert policy_of(version).slug == "atheer"
