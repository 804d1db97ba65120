"""Publishing policies, and the holidays that were frozen with them."""

from datetime import UTC, date, datetime

import pytest

from contracts.models import Holiday, PolicyVersion, User
from contracts.policy_file import PolicyFaults
from contracts.refusals import Refused
from contracts.services.policies import (
    accept_holidays,
    holiday_changes,
    preview_policy,
    publish_policy,
)
from contracts.tests.factories import ContractFactory, policy_text, published

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
ATHEER = policy_text("atheer")
LATER = ATHEER.replace("effective_from = 2023-08-05", "effective_from = 2027-01-01")


def publish(text: str) -> PolicyVersion:
    return publish_policy(text=text, actor=None, at=AT)


def test_a_published_version_keeps_its_text_and_who_published_it(manager: User) -> None:
    version = publish_policy(text=ATHEER, actor=manager, at=AT)

    version.refresh_from_db()
    assert (version.slug, version.effective_from) == ("atheer", date(2023, 8, 5))
    assert (version.text, version.published_by, version.published_at) == (ATHEER, manager, AT)
    assert version.calendar_revision == 1


def test_holidays_are_frozen_from_the_effective_year_for_ten_years() -> None:
    version = publish(ATHEER)

    years = sorted({day.year for day in version.holidays.values_list("day", flat=True)})
    assert years == list(range(2023, 2037))
    assert version.holidays_until == 2036
    assert version.holidays.get(day=date(2026, 11, 26)).name == "Thanksgiving Day"


def test_faults_are_listed_and_nothing_is_published() -> None:
    with pytest.raises(PolicyFaults) as caught:
        publish(ATHEER.replace('business_day = "8 hours"', 'business_day = "8 days"'))

    assert [fault.path for fault in caught.value.faults] == ["hours.business_day"]
    assert not PolicyVersion.objects.exists()


def test_the_same_text_is_not_published_twice() -> None:
    publish(ATHEER)

    with pytest.raises(Refused, match="published already"):
        publish(ATHEER)


@pytest.mark.parametrize("day", ["2023-08-05", "2023-08-04"])
def test_a_version_is_in_force_later_than_the_one_before(day: str) -> None:
    publish(ATHEER)

    with pytest.raises(Refused, match="in force from 5 August 2023") as caught:
        publish(ATHEER.replace("effective_from = 2023-08-05", f"effective_from = {day} # again"))
    assert caught.value.field == "text"


def test_a_later_version_stands_beside_the_first() -> None:
    publish(ATHEER)
    publish(LATER)

    assert PolicyVersion.objects.filter(slug="atheer").count() == 2


@pytest.mark.parametrize("day", ["1969-12-31", "2037-01-01"])
def test_a_day_that_must_be_a_slip_is_refused(day: str) -> None:
    with pytest.raises(Refused, match=day):
        publish(ATHEER.replace("2023-08-05", day, 1))


def test_a_preview_says_what_differs_and_changes_nothing() -> None:
    publish(ATHEER)

    preview = preview_policy(LATER.replace("within 4 business hours", "within 2 business hours"))

    assert "severities.P1.response: within 4 business hours → within 2 business hours" in map(
        str, preview.differences
    )
    assert preview.obstacle == ""
    assert PolicyVersion.objects.count() == 1


def test_a_preview_says_why_a_text_cannot_be_published() -> None:
    publish(ATHEER)

    assert "published already" in preview_policy(ATHEER).obstacle


def test_a_preview_warns_of_contracts_that_the_version_comes_too_late_for() -> None:
    ContractFactory.create(policy_version=published("atheer"), ordered_on=date(2026, 2, 1))

    back = ATHEER.replace("effective_from = 2023-08-05", "effective_from = 2026-01-15")

    assert any("signed on or after 15 January 2026" in warning for warning in preview_policy(back).warnings)
    assert not preview_policy(LATER).warnings


def drifted() -> PolicyVersion:
    """A version whose frozen rows differ from the package on one day before and two days after ``AT``."""
    version = publish(ATHEER)
    version.holidays.filter(day__in=[date(2026, 7, 3), date(2026, 12, 25)]).delete()
    Holiday.objects.create(version=version, day=date(2026, 12, 24), name="Christmas Eve")
    return version


def test_holidays_that_the_package_now_sees_otherwise_are_listed() -> None:
    changes = [str(change) for change in holiday_changes(drifted())]

    assert changes == [
        "2026-07-03: no holiday → Independence Day (observed)",
        "2026-12-24: Christmas Eve → no holiday",
        "2026-12-25: no holiday → Christmas Day",
    ]


def test_accepting_holidays_changes_those_to_come_alone() -> None:
    version = drifted()

    accept_holidays(version=version, actor=None, at=AT)

    version.refresh_from_db()
    assert [change.day for change in holiday_changes(version)] == [date(2026, 7, 3)]
    assert version.calendar_revision == 2


def test_accepting_nothing_leaves_the_revision() -> None:
    version = publish(ATHEER)

    assert accept_holidays(version=version, actor=None, at=AT) == []

    version.refresh_from_db()
    assert version.calendar_revision == 1
