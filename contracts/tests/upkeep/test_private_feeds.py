"""A contract's calendar at a secret address."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from contracts.models import Component, Contact, Contract, Feed, User
from contracts.refusals import Refused
from contracts.services.feeds import MOST_A_CONTRACT, make_feed, revoke_feed
from contracts.tests.factories import ComponentFactory, UserFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced
from contracts.tests.upkeep.test_mail_choices import signed_in
from contracts.views_feeds import MOST_MISSES

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(contract: Contract, manager: User) -> str:
    return make_feed(contract=contract, actor=manager, at=AT).secret


def got(secret: str) -> Any:
    with time_machine.travel(AT, tick=False):
        return Client().get(f"/feeds/{secret}/maintenance.ics")


def titles(secret: str) -> list[str]:
    return sorted(str(event["SUMMARY"]) for event in Calendar.from_ical(got(secret).content).walk("VEVENT"))


def test_at18_the_feed_has_all_windows_that_concern_the_contract_and_no_other(
    contract: Contract, component: Component, secret: str
) -> None:
    vault = ComponentFactory.create(product=component.product, name="Vault", slug="v", audience="customers")
    other = ComponentFactory.create(name="Elsewhere")
    announced(vault, title="Of customers")
    announced(component, components=[component, other], title="Of both")
    announced(other, title="Of others", starts_at=AT + 20 * DAY, ends_at=AT + 21 * DAY)
    contract.ends_on = (AT + 30 * DAY).date()
    contract.save()
    announced(component, title="After the term", starts_at=AT + 40 * DAY, ends_at=AT + 41 * DAY)
    assert titles(secret) == ["Maintenance: Of both", "Maintenance: Of customers"]
    assert "Elsewhere" not in got(secret).content.decode()


def test_no_cache_and_no_search_engine_keeps_it(secret: str) -> None:
    answer = got(secret)
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.cookies == {}


def test_a_secret_has_192_bits_and_only_its_hash_is_stored(secret: str) -> None:
    assert len(secret) == 32
    stored = Feed.objects.get()
    assert secret not in str(vars(stored))
    assert len(stored.secret_hash) == 64


def test_guessed_and_revoked_addresses_are_the_same_nowhere(secret: str, manager: User) -> None:
    revoke_feed(feed=Feed.objects.get(), actor=manager, at=AT)
    guessed, revoked = got("x" * 32), got(secret)
    assert (revoked.status_code, revoked.content) == (404, b"There is no such calendar.\n")
    assert (guessed.status_code, guessed.content) == (revoked.status_code, revoked.content)
    assert sorted(guessed.headers.items()) == sorted(revoked.headers.items())
    with pytest.raises(Refused, match="revoked already"):
        revoke_feed(feed=Feed.objects.get(), actor=manager, at=AT)


def test_who_guesses_often_is_sent_away_and_reading_costs_nothing(secret: str) -> None:
    for _ in range(MOST_MISSES):
        assert got(secret).status_code == 200
        assert got("x" * 32).status_code == 404
    assert got("x" * 32).status_code == got(secret).status_code == 429


def test_administrators_and_staff_make_and_revoke_and_nobody_else(
    contract: Contract, administrator: Contact, contact: Contact, stranger: Contact, agent: User
) -> None:
    for actor in (administrator.user, agent):
        made = make_feed(contract=contract, actor=actor, at=AT).feed
        revoke_feed(feed=made, actor=actor, at=AT)
    made = make_feed(contract=contract, actor=agent, at=AT).feed
    UserFactory.create()
    for actor in (contact.user, stranger.user):
        with pytest.raises(Refused, match="Only administrators"):
            make_feed(contract=contract, actor=actor, at=AT)
        with pytest.raises(Refused, match="Only administrators"):
            revoke_feed(feed=made, actor=actor, at=AT)
    for _ in range(MOST_A_CONTRACT - 1):
        make_feed(contract=contract, actor=agent, at=AT)
    with pytest.raises(Refused, match="Revoke one"):
        make_feed(contract=contract, actor=agent, at=AT)


def test_the_page_shows_an_address_once(
    contract: Contract, administrator: Contact, contact: Contact, stranger: Contact
) -> None:
    path, client = f"/subscriptions/calendars/{contract.pk}/", signed_in(administrator.user)
    shown = client.post(path).content.decode()
    address = shown.partition('id="made" value="')[2].partition('"')[0]
    assert got(address.split("/")[-2]).status_code == 200
    assert address not in client.get(path).content.decode()
    assert "An address in use" in signed_in(contact.user).get(path).content.decode()
    assert signed_in(contact.user).post(path).status_code == 422
    assert signed_in(stranger.user).get(path).status_code == 404
    revocation = f"{path}{Feed.objects.get().pk}/revocation/"
    assert signed_in(stranger.user).post(revocation).status_code == 404
    signed_in(contact.user).post(revocation)
    assert Feed.objects.get().revoked_at is None
    client.post(revocation)
    assert Feed.objects.get().revoked_at is not None


def test_what_ended_long_ago_is_left_out_and_what_was_called_off_is_struck_out(
    component: Component, contract: Contract, secret: str
) -> None:
    announced(component, title="Old", at=AT - 120 * DAY, starts_at=AT - 101 * DAY, ends_at=AT - 100 * DAY)
    announced(
        component, title="Past", at=AT - 90 * DAY, starts_at=AT - 81 * DAY, ends_at=AT - 80 * DAY + HOUR
    )
    assert titles(secret) == ["Maintenance: Past"]
