"""A contact chooses of which components they are mailed."""

import pytest
import time_machine
from django.test import Client

from contracts.models import Component, Contact, Contract, MailChoice, OutboxMessage, User
from contracts.outbox.announcements import draw
from contracts.refusals import Refused
from contracts.services.outages import report_outage
from contracts.services.subscriptions import choose_mail
from contracts.tests.factories import ComponentFactory
from contracts.tests.upkeep.making import AT, DAY, announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(component: Component, contract: Contract) -> Component:
    """A second component of the same product."""
    return ComponentFactory.create(product=component.product, name="API", slug="api", position=1)


def told() -> list[str]:
    draw(AT + 30 * DAY)
    return list(OutboxMessage.objects.order_by("pk").values_list("subject", flat=True))


def outage(component: Component) -> None:
    report_outage(title="Down", components=[component], started_at=AT, what_happened="x", actor=None, at=AT)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_who_chose_nothing_is_told_of_all_that_concerns_them(
    contact: Contact, component: Component, api: Component
) -> None:
    announced(component)
    outage(api)
    assert len(told()) == 2


def test_what_is_unwanted_is_not_told_and_what_shares_a_window_with_it_is(
    contact: Contact, component: Component, api: Component
) -> None:
    choose_mail(user=contact.user, unwanted=[component], actor=contact.user, at=AT)
    outage(component)
    announced(component, title="Alone")
    announced(
        component, title="Both", components=[component, api], starts_at=AT + 20 * DAY, ends_at=AT + 21 * DAY
    )
    assert [subject.partition(" (")[0] for subject in told()] == ["Maintenance: Both"]


def test_a_choice_counts_for_what_was_announced_before_it_and_is_not_drawn_yet(
    contact: Contact, colleague: Contact, component: Component, api: Component
) -> None:
    announced(component)
    choose_mail(user=contact.user, stops=True, actor=contact.user, at=AT)
    told()
    assert list(OutboxMessage.objects.values_list("to", flat=True)) == [colleague.user.email]
    choose_mail(user=contact.user, actor=contact.user, at=AT)
    outage(component)
    told()
    assert OutboxMessage.objects.filter(to=contact.user.email).count() == 1


def test_nobody_chooses_for_another(contact: Contact, manager: User) -> None:
    with pytest.raises(Refused, match="their own"):
        choose_mail(user=contact.user, stops=True, actor=manager, at=AT)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"which": "all"}, []),
        ({"which": "some", "components": ["service"]}, [("api", False)]),
        ({"which": "some"}, [("service", False), ("api", False)]),
        ({"which": "none", "components": ["service"]}, [(None, False)]),
    ],
)
def test_the_page_stores_what_is_ticked_and_shows_it_again(
    contact: Contact,
    component: Component,
    api: Component,
    sent: dict[str, object],
    stored: list[tuple[str | None, bool]],
) -> None:
    client, slugs = signed_in(contact.user), sent.get("components", [])
    keys = [each.pk for each in (component, api) if each.slug in slugs]  # type: ignore[operator] # a list
    with time_machine.travel(AT, tick=False):
        assert client.post("/subscriptions/", {**sent, "components": keys}).status_code == 302
        page = client.get("/subscriptions/").content.decode()
    found = MailChoice.objects.order_by("component__position").values_list("component__slug", "wanted")
    assert list(found) == stored
    ticked = page.partition(f'value="{api.pk}"')[2].partition(">")[0]
    assert ("checked" in ticked) == (("api", False) not in stored)
    assert f'value="{sent["which"]}"' in page


def test_the_page_offers_what_concerns_the_reader_and_takes_nothing_else(
    contact: Contact, stranger: Contact, component: Component, api: Component
) -> None:
    vault = ComponentFactory.create(name="Vault")
    with time_machine.travel(AT, tick=False):
        page = signed_in(contact.user).get("/subscriptions/").content.decode()
        assert "API" in page
        assert "Vault" not in page
        signed_in(contact.user).post(
            "/subscriptions/", {"which": "some", "components": [vault.pk, api.pk, "x"]}
        )
        assert "concerns you yet" in signed_in(stranger.user).get("/subscriptions/").content.decode()
        assert signed_in(contact.user).post("/subscriptions/", {"which": "odd"}).status_code == 422
    assert set(MailChoice.objects.values_list("component", flat=True)) == {component.pk}
