"""Components: kept by staff, seen by those whom they are for, retired and never deleted."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Component, Contact, Contract, Product, User
from contracts.refusals import Refused
from contracts.services.components import retire_component, save_component
from contracts.tests.factories import ComponentFactory, OutageFactory, ProductFactory, WindowFactory
from contracts.tests.upkeep.making import AT, HOUR

pytestmark = pytest.mark.django_db


def saved(product: Product, **changed: Any) -> Component:
    given: dict[str, Any] = {
        "name": "Mobile app",
        "slug": "mobile",
        "carries_target": False,
        "audience": "public",
        "actor": None,
        "at": AT,
    }
    return save_component(product=product, **given | changed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"slug": ""}, "slug"),
        ({"name": "SERVICE"}, "name"),
        ({"slug": "service"}, "slug"),
        ({"audience": "martians"}, "audience"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    component: Component, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        saved(component.product, **changed)
    assert caught.value.field == field
    assert saved(ProductFactory.create(), name="Service", slug="service").pk


def test_a_component_stays_with_its_product(component: Component) -> None:
    with pytest.raises(Refused, match="one of Atlas"):
        saved(ProductFactory.create(), component=component)


@pytest.mark.parametrize("factory", [WindowFactory, OutageFactory])
def test_at16_what_counts_for_availability_stays_once_history_names_it(
    component: Component, factory: Any
) -> None:
    assert not saved(component.product, component=component, carries_target=False).carries_target
    factory.create(components=[component])
    with pytest.raises(Refused, match="retire it") as caught:
        saved(component.product, component=component, carries_target=True)
    assert caught.value.field == "carries_target"
    assert saved(component.product, component=component, name="App").name == "App"


def test_a_component_retires_once_nothing_of_it_is_going_on(component: Component) -> None:
    window = WindowFactory.create(components=[component])
    with pytest.raises(Refused, match="“Database upgrade” is not over"):
        retire_component(component=component, actor=None, at=AT)
    window.cancelled_at = AT
    window.save()
    outage = OutageFactory.create(components=[component])
    with pytest.raises(Refused, match="“Sign-in fails” is not over"):
        retire_component(component=component, actor=None, at=AT)
    outage.ended_at = AT
    outage.save()
    retire_component(component=component, actor=None, at=AT)
    assert [Component.objects.in_service(when).count() for when in (AT - HOUR, AT)] == [1, 0]
    with pytest.raises(Refused, match="retired already"):
        retire_component(component=component, actor=None, at=AT)


def test_components_for_customers_are_seen_by_those_who_have_them(
    component: Component,
    contact: Contact,
    contract: Contract,
    stranger: Contact,
    agent: User,
) -> None:
    hidden = ComponentFactory.create(product=component.product, audience="customers")
    seen = {
        str(user): set(Component.objects.visible_to(user))
        for user in (AnonymousUser(), stranger.user, contact.user, agent)
    }
    assert seen == {
        "AnonymousUser": {component},
        "Stan Strange": {component},
        "Nora Quay": {component, hidden},
        "Agnes Desk": {component, hidden},
    }
    contract.deployments.update(kind="on_premises")
    assert hidden not in Component.objects.visible_to(contact.user)
