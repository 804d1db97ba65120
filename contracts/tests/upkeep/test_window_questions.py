"""Which windows are coming, going on or past, and who sees them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.models import Component, Contact, Contract, MaintenanceWindow, User
from contracts.models.components import Audience
from contracts.tests.factories import ComponentFactory, WindowFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR

pytestmark = pytest.mark.django_db


def test_windows_are_coming_going_on_or_past(component: Component) -> None:
    rows = {
        name: WindowFactory.create(title=name, starts_at=start, ends_at=start + HOUR, **given)
        for name, start, given in [
            ("coming", AT + HOUR, {}),
            ("begun early", AT + HOUR, {"began_at": AT - HOUR}),
            ("going on", AT - timedelta(minutes=5), {}),
            ("overran", AT - DAY, {}),
            ("done", AT - 2 * DAY, {"finished_at": AT - DAY}),
            ("cancelled", AT + DAY, {"cancelled_at": AT - HOUR}),
        ]
    }
    known = MaintenanceWindow.objects
    assert [w.title for w in known.coming(AT)] == ["coming"]
    assert [w.title for w in known.going_on(AT)] == ["overran", "going on", "begun early"]
    assert [w.title for w in known.past(AT)] == ["cancelled", "done"]
    assert rows["cancelled"] not in known.standing()
    touching = known.touching(AT - timedelta(minutes=1), AT).order_by("title")
    assert {w.title for w in touching} == {"overran", "going on", "begun early"}


def test_a_window_is_seen_by_those_who_see_one_of_its_components(
    component: Component, contact: Contact, contract: Contract, stranger: Contact, agent: User
) -> None:
    hidden = ComponentFactory.create(product=component.product, audience=Audience.CUSTOMERS)
    inside = WindowFactory.create(components=[hidden])
    both = WindowFactory.create(components=[hidden, component])
    readers: dict[str, User | AnonymousUser] = {
        "visitor": AnonymousUser(),
        "stranger": stranger.user,
        "contact": contact.user,
        "agent": agent,
    }
    seen = {who: set(MaintenanceWindow.objects.visible_to(user)) for who, user in readers.items()}
    assert seen == {
        "visitor": {both},
        "stranger": {both},
        "contact": {inside, both},
        "agent": {inside, both},
    }
