"""How long ahead windows are announced (VK3, AT15)."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.models import Component
from contracts.notice import is_standing
from contracts.policy_file import read_policy
from contracts.refusals import Refused
from contracts.services.policies import publish_policy
from contracts.tests.factories import (
    ContractFactory,
    DeploymentFactory,
    ProductFactory,
    policy_text,
    published,
)
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, emergency, under_policy
from contracts.upkeep import excuses

pytestmark = pytest.mark.django_db


def test_vk3_a_window_with_less_than_three_calendar_days_of_notice_is_refused(component: Component) -> None:
    under_policy(component, "viakoo", kind="agent")
    start = AT + 3 * DAY
    with pytest.raises(Refused) as caught:
        announced(component, starts_at=start - timedelta(minutes=1), ends_at=start + HOUR)
    told = str(caught.value)
    assert "3 days of notice" in told
    assert published("viakoo").title in told
    assert "Thu 26 Nov, 10:00 PST · 18:00 UTC" in told
    assert caught.value.field == "starts_at"
    assert announced(component, starts_at=start, ends_at=start + HOUR).pk


def test_vk3_the_days_are_calendar_days_of_the_policys_zone(component: Component) -> None:
    under_policy(component, "viakoo")
    at = datetime(
        2026, 10, 30, 17, tzinfo=UTC
    )  # 10:00 in Los Angeles; on 1 November the clocks go back there
    start = datetime(2026, 11, 2, 18, tzinfo=UTC)  # 10:00 again, 73 hours later
    with pytest.raises(Refused, match="Mon 2 Nov, 10:00 PST"):
        announced(component, at=at, starts_at=start - HOUR, ends_at=start)
    assert announced(component, at=at, starts_at=start, ends_at=start + HOUR).pk


def test_vk3_an_emergency_needs_a_reason_and_is_marked_as_one(component: Component) -> None:
    under_policy(component, "viakoo")
    with pytest.raises(Refused, match="why this cannot wait"):
        emergency(component, emergency_reason=" ")
    assert emergency(component).is_emergency


def test_at15_notice_is_24_hours_and_the_longest_of_several_policies_counts(component: Component) -> None:
    under_policy(component, "atheer")
    start = AT + DAY
    with pytest.raises(Refused, match="24 hours of notice"):
        announced(component, starts_at=start - timedelta(seconds=1), ends_at=start + HOUR)
    announced(component, starts_at=start, ends_at=start + HOUR)
    under_policy(component, "viakoo")
    with pytest.raises(Refused, match="3 days of notice") as caught:
        announced(component, starts_at=start + HOUR, ends_at=start + 2 * HOUR)
    assert "24 hours" not in str(caught.value)


def test_a_policy_without_a_promise_of_notice_asks_for_none(component: Component) -> None:
    under_policy(component, "vivvo")
    assert announced(component, starts_at=AT, ends_at=AT + HOUR).pk


@pytest.mark.parametrize("apart", ["on premises", "ended", "not begun", "another product"])
def test_a_contract_that_is_not_concerned_asks_for_no_notice(component: Component, apart: str) -> None:
    contract = under_policy(component, "viakoo", kind="on_premises" if apart == "on premises" else "hosted")
    if apart == "ended":
        contract.ends_on = AT.date() - DAY
    if apart == "not begun":
        contract.starts_on = AT.date() + DAY
    if apart == "another product":
        contract.deployments.update(product=ProductFactory.create())
    contract.save()
    assert announced(component, starts_at=AT + HOUR, ends_at=AT + 2 * HOUR).pk


def test_at17_the_last_day_of_a_contract_belongs_to_it_in_the_policys_zone(component: Component) -> None:
    contract = under_policy(component, "viakoo")
    contract.ends_on = AT.date()
    contract.save()
    late = datetime(2026, 11, 24, 7, 59, tzinfo=UTC)  # 23:59 on the last day in Los Angeles
    with pytest.raises(Refused, match="Too late"):
        announced(component, starts_at=late, ends_at=late + HOUR)
    assert announced(component, starts_at=late + timedelta(minutes=1), ends_at=late + HOUR).pk


def standing_policy() -> str:
    """Atheer's policy with windows published for good: Sundays 02:00–04:00, and the night from Monday to Tuesday."""
    published_windows = """monthly_limit = "8 hours"
[[maintenance.standing_windows]]
sun = ["02:00-04:00"]
[[maintenance.standing_windows]]
mon = ["22:00-24:00"]
tue = ["00:00-01:00"]
"""
    return policy_text("atheer").replace('monthly_limit = "8 hours"\n', published_windows)


@pytest.mark.parametrize(
    ("start", "end", "standing"),
    [
        ("2026-11-29 02:00", "2026-11-29 04:00", True),
        ("2026-11-29 02:30", "2026-11-29 03:00", True),
        ("2026-11-29 01:59", "2026-11-29 03:00", False),
        ("2026-11-29 03:00", "2026-11-29 04:01", False),
        ("2026-11-30 22:00", "2026-12-01 01:00", True),
        ("2026-11-29 02:00", "2026-12-06 04:00", False),
        ("2026-12-25 22:00", "2026-12-25 23:00", False),
    ],
)
def test_at15_standing_windows_are_those_of_the_policys_own_clock(
    start: str, end: str, standing: bool
) -> None:
    policy = read_policy(standing_policy())
    hours = policy.opening_hours()
    at = [hours.at_local(datetime.fromisoformat(wall)) for wall in (start, end)]
    assert is_standing(policy, at[0], at[1]) is standing


def test_at15_work_inside_a_standing_window_needs_no_notice_and_is_excused(component: Component) -> None:
    version = publish_policy(text=standing_policy(), actor=None, at=AT)
    runs = DeploymentFactory.create(product=component.product)
    ContractFactory.create(customer=runs.customer, policy_version=version, deployments=[runs])
    sunday = datetime(2026, 11, 29, 10, tzinfo=UTC)  # 02:00 in Los Angeles
    at = sunday - HOUR
    with pytest.raises(Refused, match="24 hours of notice"):
        announced(component, starts_at=sunday, ends_at=sunday + 3 * HOUR, at=at)
    window = announced(component, starts_at=sunday, ends_at=sunday + 2 * HOUR, at=at)
    assert excuses(window, version)
    window.ends_at += HOUR
    assert not excuses(window, version)
    window.kind = "emergency"
    assert excuses(window, version)
