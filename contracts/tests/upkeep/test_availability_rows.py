"""From rows to figures: whose policy judges a window, what is left of a month, part months of a term."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from contracts.availability_rows import availability_of, limits_left
from contracts.models import Component, Contract, MaintenanceWindow
from contracts.services.windows import finish_window
from contracts.sla.availability import Availability
from contracts.sla.months import Month
from contracts.tests.factories import ComponentFactory, OutageFactory, WindowFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, emergency, under_policy
from contracts.upkeep import affected_policies

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LATER = datetime(2027, 1, 2, tzinfo=UTC)


@pytest.fixture
def contract(component: Component) -> Contract:
    """Under Atheer's policy (98.5 %, 24 hours' notice, 8 hours a month, Los Angeles)."""
    return under_policy(component, "atheer")


def figures(
    contract: Contract, component: Component, month: Month = NOVEMBER, at: datetime = LATER
) -> Availability:
    found = availability_of(contract, component.product, month, month, at=at)
    assert len(found) == 1
    return found[0]


def past_window(component: Component, start: datetime, length: timedelta, **given: Any) -> MaintenanceWindow:
    """Announced ten days ahead and over as planned, unless told otherwise."""
    rows: dict[str, Any] = {
        "starts_at": start,
        "ends_at": start + length,
        "announced_at": start - 10 * DAY,
        "finished_at": start + length,
    }
    return WindowFactory.create(components=[component], **rows | given)


def test_at14_only_a_cause_that_the_contracts_own_policy_excludes_excuses(
    component: Component, contract: Contract
) -> None:
    OutageFactory.create(components=[component], cause="internet", started_at=AT, ended_at=AT + HOUR)
    OutageFactory.create(components=[component], started_at=AT + DAY, ended_at=AT + DAY + 2 * HOUR)
    found = figures(contract, component)
    assert (found.downtime, found.excluded) == (2 * HOUR, {"internet": HOUR})
    assert found.percent == Fraction(100 * (30 * 24 + 1 - 2), 30 * 24 + 1)  # 1 November has 25 hours there


def test_at15_notice_is_judged_by_the_contracts_own_policy(component: Component, contract: Contract) -> None:
    past_window(component, AT, HOUR, announced_at=AT - DAY)
    assert figures(contract, component).downtime == timedelta()
    MaintenanceWindow.objects.update(announced_at=AT - DAY + timedelta(seconds=1))
    assert figures(contract, component).downtime == HOUR
    MaintenanceWindow.objects.update(kind="emergency", emergency_reason="A hole is used.")
    assert figures(contract, component).downtime == timedelta()


def test_at15_what_is_over_the_limit_an_overrun_and_work_that_nobody_ended_count(
    component: Component, contract: Contract
) -> None:
    past_window(component, AT, 7 * HOUR)
    past_window(component, AT + DAY, 2 * HOUR, finished_at=AT + DAY + 3 * HOUR)
    found = figures(contract, component)
    assert (found.downtime, found.over_limit) == (2 * HOUR, HOUR)
    WindowFactory.create(components=[component], starts_at=AT + 2 * DAY, ends_at=AT + 2 * DAY + HOUR)
    at = AT + 2 * DAY + 3 * HOUR
    assert figures(contract, component, at=at).downtime == 5 * HOUR


def test_work_that_interrupts_nothing_or_was_cancelled_is_no_downtime(
    component: Component, contract: Contract
) -> None:
    past_window(component, AT, 20 * HOUR, interrupts=False)
    past_window(component, AT + DAY, 20 * HOUR, finished_at=None, cancelled_at=AT)
    assert figures(contract, component).unavailable == timedelta()


def test_at16_a_component_that_does_not_carry_the_target_is_left_out(
    component: Component, contract: Contract
) -> None:
    app = ComponentFactory.create(product=component.product, carries_target=False)
    OutageFactory.create(components=[app], started_at=AT, ended_at=AT + DAY)
    found = figures(contract, component)
    assert (found.downtime, list(found.components)) == (timedelta(), [component.pk])


def test_a_month_after_the_last_component_was_retired_has_no_figure_however_many_are_asked_for(
    component: Component, contract: Contract
) -> None:
    component.retired_at = AT
    component.save()
    asked = [(NOVEMBER, DECEMBER), (NOVEMBER, NOVEMBER), (DECEMBER, DECEMBER)]
    found = [availability_of(contract, component.product, *months, at=LATER) for months in asked]
    assert [[figures.month for figures in each] for each in found] == [[NOVEMBER], [NOVEMBER], []]


def test_at17_part_months_are_those_of_the_term_its_last_day_included(
    component: Component, contract: Contract
) -> None:
    contract.starts_on, contract.ends_on = date(2026, 11, 24), date(2026, 12, 1)
    contract.save()
    first, last = (figures(contract, component, month) for month in (NOVEMBER, DECEMBER))
    assert (first.start, first.total) == (datetime(2026, 11, 24, 8, tzinfo=UTC), 7 * DAY)
    assert (last.end, last.total) == (datetime(2026, 12, 2, 8, tzinfo=UTC), DAY)


def test_years_of_history_are_five_queries(
    component: Component, contract: Contract, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(5):
        OutageFactory.create(
            components=[component], started_at=AT + days * DAY, ended_at=AT + days * DAY + HOUR
        )
        past_window(component, AT + days * DAY, HOUR)
    contract = Contract.objects.select_related("policy_version").get(pk=contract.pk)
    availability_of(contract, component.product, NOVEMBER, NOVEMBER, at=LATER)
    with django_assert_num_queries(5):
        availability_of(contract, component.product, Month(2026, 1), DECEMBER, at=LATER)


def test_a_policy_that_promises_no_availability_has_no_figures(component: Component) -> None:
    under = under_policy(component, "vivvo")
    assert availability_of(under, component.product, NOVEMBER, NOVEMBER, at=LATER) == []


def left_at(component: Component, start: datetime, **given: Any) -> list[tuple[str, Month, timedelta]]:
    """What each policy leaves for an hour's work from ``start``."""
    return [
        (left.version.slug, left.month, left.left)
        for affected in affected_policies([component], start)
        for left in limits_left(affected, [component], start, start + HOUR, at=AT, **given)
    ]


def test_at15_the_months_limit_shown_is_what_other_windows_leave(
    component: Component, contract: Contract
) -> None:
    under_policy(component, "viakoo")
    first = announced(component)
    announced(component, starts_at=AT + 12 * DAY, ends_at=AT + 13 * DAY, interrupts=False)
    assert left_at(component, AT + 15 * DAY) == [("atheer", DECEMBER, 6 * HOUR)]
    assert left_at(component, AT + 15 * DAY, besides=first) == [("atheer", DECEMBER, 8 * HOUR)]
    assert left_at(component, AT) == [("atheer", NOVEMBER, 8 * HOUR)]
    urgent = emergency(component, starts_at=AT + HOUR, ends_at=AT + 10 * HOUR)
    assert left_at(component, AT) == [("atheer", NOVEMBER, timedelta())]
    finish_window(window=urgent, actor=None, at=AT + 2 * HOUR)
    assert left_at(component, AT) == [("atheer", NOVEMBER, 7 * HOUR)]


def test_at15_work_across_the_months_end_shows_both_months(component: Component, contract: Contract) -> None:
    announced(component)
    across = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)  # 23:30 on the last of November in Los Angeles
    assert left_at(component, across) == [("atheer", NOVEMBER, 8 * HOUR), ("atheer", DECEMBER, 6 * HOUR)]
