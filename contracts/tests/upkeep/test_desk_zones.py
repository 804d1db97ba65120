"""Visitors are told when something is in the zones of the desks that serve what it is about."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from contracts.desk_zones import desks_by_product, desks_of_components
from contracts.models import Component
from contracts.tests.factories import ComponentFactory, ContractFactory, published
from contracts.tests.upkeep.making import AT, under_policy

pytestmark = pytest.mark.django_db
PACIFIC, BELGRADE = ZoneInfo("America/Los_Angeles"), ZoneInfo("Etc/GMT-1")


def test_a_product_is_told_of_in_the_zones_of_the_policies_that_it_is_run_under(component: Component) -> None:
    other, alone = ComponentFactory.create(), ComponentFactory.create()
    under_policy(component, "viakoo")
    under_policy(component, "atheer")
    runs = under_policy(other, "vivvo", kind="on_premises").deployments.get()
    old = published("viakoo")
    ContractFactory.create(policy_version=old, deployments=[runs], ends_on=date(2026, 6, 30))
    products = [component.product_id, other.product_id, alone.product_id]
    assert desks_by_product(products, AT) == dict(zip(products, [(PACIFIC,), (BELGRADE,), ()], strict=True))
    assert desks_of_components([other, component], AT) == (PACIFIC, BELGRADE)


def test_what_nobody_has_under_contract_has_the_zone_that_all_policies_share(component: Component) -> None:
    assert desks_of_components([component], AT) == ()
    published("viakoo")
    published("atheer")
    assert desks_of_components([component], AT) == (PACIFIC,)
