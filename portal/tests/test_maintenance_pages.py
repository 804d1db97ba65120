"""The maintenance page, each window's own, and the two feeds, read by parsers of other makes."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
import time_machine
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Component, Contact, Deployment
from contracts.models.components import Audience
from contracts.services.windows import begin_window, cancel_window, finish_window, move_window
from contracts.tests.factories import ComponentFactory, ContractFactory
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced, emergency, under_policy
from portal.tests.upkeep import moment, page
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db
LIST = "/maintenance/"
CALENDAR, FEED = "/maintenance/calendar.ics", "/maintenance/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def service(deployment: Deployment) -> Component:
    return ComponentFactory.create(product=deployment.product, name="Service", slug="service")


@pytest.fixture
def private(deployment: Deployment) -> Component:
    return ComponentFactory.create(
        product=deployment.product, name="Hidden API", slug="api", audience=Audience.CUSTOMERS
    )


def test_at18_the_page_gives_notice_of_the_windows_to_come(client: Client, service: Component) -> None:
    window = announced(service, title="Database upgrade")
    shown = page(client, LIST, at=AT)
    assert "Coming Database upgrade Thu 3 Dec, 18:00 – 20:00 UTC Announced" in shown
    assert "Atlas: Service not available meanwhile" in shown
    with moment(AT):
        assert f'href="/maintenance/{window.pk}/"' in client.get(LIST).content.decode()


def test_a_visitor_is_told_when_at_the_desks_concerned_and_in_utc(client: Client, service: Component) -> None:
    other = ComponentFactory.create()
    under_policy(service, "viakoo")
    under_policy(other, "vivvo")
    window = announced(service, title="Upgrade", components=[service, other])
    announced(other, starts_at=AT + 20 * DAY, ends_at=AT + 20 * DAY + HOUR)
    both = "Thu 3 Dec, 10:00 – 12:00 PST · 19:00 – 21:00 UTC+1 · 18:00 – 20:00 UTC"
    for address in (LIST, "/status/"):
        shown = page(client, address, at=AT)
        assert both in shown
        assert "Sun 13 Dec, 19:00 – 20:00 UTC+1 · 18:00 – 19:00 UTC" in shown
    assert f"When {both}" in page(client, f"{LIST}{window.pk}/", at=AT)


def test_vk3_the_page_of_a_window_says_what_why_when_and_how_long_ahead_it_was_announced(
    service: Component, contact: Contact
) -> None:
    contact.user.time_zone = "Europe/Berlin"
    contact.user.save()
    window = announced(service, starts_at=AT + 3 * DAY + 2 * HOUR, ends_at=AT + 3 * DAY + 4 * HOUR)
    shown = page(client_of(contact.user), f"{LIST}{window.pk}/", at=AT)
    assert "When Thu 26 Nov, 21:00 – 23:00 · 20:00 – 22:00 UTC" in shown
    assert "Its version is no longer supported." in shown
    assert "Kind Scheduled" in shown
    assert "Notice Announced Mon 23 Nov, 19:00 · 18:00 UTC, 3 days 2 h before it starts." in shown


def test_vk3_the_page_marks_an_emergency_with_its_reason(client: Client, service: Component) -> None:
    window = emergency(service, starts_at=AT - HOUR, ends_at=AT + HOUR)
    shown = page(client, f"{LIST}{window.pk}/", at=AT)
    assert "Emergency: A hole is used." in shown
    assert "when it had begun" in shown
    assert "(emergency)" in page(client, LIST, at=AT)


def test_all_that_happened_to_a_window_stands_on_its_page(client: Client, service: Component) -> None:
    window = announced(service)
    window = move_window(
        window=window,
        starts_at=AT + 12 * DAY,
        ends_at=AT + 12 * DAY + HOUR,
        reason="Holidays",
        actor=None,
        at=AT + HOUR,
    )
    begin_window(window=window, began_at=window.starts_at, actor=None, at=window.starts_at)
    late = window.ends_at + timedelta(minutes=7)
    assert "Takes longer" in page(client, f"{LIST}{window.pk}/", at=late)
    assert "Ran past its planned end by 7 min so far." in page(client, f"{LIST}{window.pk}/", at=late)
    finish_window(window=window, actor=None, at=late)
    shown = page(client, f"{LIST}{window.pk}/", at=late)
    assert "Ran past its planned end by 7 min." in shown
    history = shown.partition("What happened to it")[2]
    assert history.index("Announced Mon 23 Nov, 18:00 UTC For Thu 3 Dec") < history.index("To Sat 5 Dec")
    assert (
        history.index("Holidays")
        < history.index("Began Sat 5 Dec")
        < history.index("Finished Sat 5 Dec, 19:07 UTC")
    )


def test_a_window_moves_from_coming_to_now_to_past(client: Client, service: Component) -> None:
    window = announced(service, title="Upgrade")
    with moment(window.starts_at - timedelta(seconds=5)):
        assert "Coming Upgrade" in words(client.get(LIST))
        # The same snapshot, judged a little later.
        with time_machine.travel(window.starts_at + timedelta(seconds=5), tick=False):
            assert "Now Upgrade" in words(client.get(LIST))
    finish_window(window=window, actor=None, at=window.ends_at)
    assert "Past Upgrade" in page(client, LIST, at=window.ends_at)


def test_what_is_for_customers_is_hidden_from_visitors_and_strangers(
    client: Client,
    service: Component,
    private: Component,
    contact: Contact,
    stranger: Contact,
    deployment: Deployment,
) -> None:
    ContractFactory.create(customer=contact.customer, deployments=[deployment])
    hidden = announced(private, title="Secret work")
    shared = announced(
        service,
        title="Shared work",
        components=[service, private],
        starts_at=AT + 20 * DAY,
        ends_at=AT + 21 * DAY,
    )
    for reader in (client, client_of(stranger.user)):
        shown = page(reader, LIST, at=AT) + page(reader, f"{LIST}{shared.pk}/", at=AT)
        assert "Shared work" in shown
        assert "Secret work" not in shown
        assert "Hidden API" not in shown
        with moment(AT):
            assert reader.get(f"{LIST}{hidden.pk}/").status_code == 404
            assert reader.get(f"{LIST}{hidden.pk}/calendar.ics").status_code == 404
            for feed in (CALENDAR, FEED):
                body = reader.get(feed).content.decode()
                assert "Shared work" in body
                assert "Secret work" not in body
                assert "Hidden API" not in body
    assert "Secret work" in page(client_of(contact.user), LIST, at=AT)


def test_the_past_goes_on_by_key(client: Client, service: Component) -> None:
    for number in range(30):
        window = announced(
            service,
            title=f"Work {number:02}",
            starts_at=AT + (10 + number) * DAY,
            ends_at=AT + (10 + number) * DAY + HOUR,
        )
        cancel_window(window=window, reason="Not needed", actor=None, at=AT)
    with moment(AT):
        first = client.get(LIST)
    assert "Work 29" in words(first)
    assert "Work 05" in words(first)
    assert "Work 04" not in words(first)
    following = first.content.decode().split('rel="next" href="')[1].split('"')[0]
    second = page(client, LIST + following, at=AT)
    assert "Work 04" in second
    assert "Work 00" in second
    assert "Work 05" not in second
    for odd in ("?before=0", "?before=x", "?before=" + "9" * 19):
        assert "Work 29" in page(client, LIST + odd, at=AT)


def entries(client: Client, at: Any) -> dict[str, Any]:
    with moment(at):
        answer = client.get(CALENDAR)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {
        event.summary.value: event
        for event in getattr(vobject.readOne(answer.content.decode()), "vevent_list", [])
    }


def test_at18_the_calendar_feed_has_each_public_window_the_cancelled_as_such(
    client: Client, service: Component
) -> None:
    assert entries(client, AT) == {}
    announced(service, title="Stays")
    gone = announced(service, title="Goes", starts_at=AT + 15 * DAY, ends_at=AT + 15 * DAY + HOUR)
    cancel_window(window=gone, reason="Not needed", actor=None, at=AT + HOUR)
    found = entries(client, AT + HOUR)
    assert {name: event.status.value for name, event in found.items()} == {
        "Maintenance: Stays": "CONFIRMED",
        "Maintenance: Goes": "CANCELLED",
    }
    assert found["Maintenance: Goes"].sequence.value == "1"
    assert entries(client, AT + 120 * DAY).keys() == {"Maintenance: Stays"}, (
        "one that nobody ended is not over"
    )


def test_at18_the_news_feed_keeps_the_rules_of_atom(
    client: Client, service: Component, settings: Any
) -> None:
    window = announced(service, title="Upgrade <b>&\x0b", reason="A & B")
    with moment(AT):
        answer = client.get(FEED)
        assert client.get(FEED, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    entry = feed.entries[0]
    assert (entry.title, entry.id) == ("Upgrade <b>&: announced", f"urn:uuid:{window.uid}")
    assert entry.link == f"{settings.SITE_URL}{LIST}{window.pk}/"
    assert "<p>A &amp; B</p>" in entry.summary
    root = ET.fromstring(answer.content)  # noqa: S314 -- made by ourselves
    for required in ("id", "title", "updated", "author"):
        assert len(root.findall(ATOM + required)) == 1
    assert {link.get("rel"): link.get("href") for link in root.findall(ATOM + "link")} == {
        "alternate": settings.SITE_URL + LIST,
        "self": settings.SITE_URL + FEED,
    }
    for required in ("id", "title", "updated", "link"):
        assert len(root.findall(f"{ATOM}entry/{ATOM}{required}")) == 1


def test_a_change_comes_first_in_the_news_and_renames_it(client: Client, service: Component) -> None:
    first = announced(service, title="First")
    announced(service, title="Second", starts_at=AT + 15 * DAY, ends_at=AT + 15 * DAY + HOUR, at=AT + HOUR)
    cancel_window(window=first, reason="Not needed", actor=None, at=AT + 2 * HOUR)
    with moment(AT + 2 * HOUR):
        feed = feedparser.parse(client.get(FEED).content)
    assert [entry.title for entry in feed.entries] == ["First: cancelled", "Second: announced"]
    assert feed.entries[0].updated == "2026-11-23T20:00:00+00:00"


def test_a_windows_own_entry_is_a_file_of_one(client: Client, service: Component) -> None:
    window = announced(service)
    with moment(AT):
        answer = client.get(f"{LIST}{window.pk}/calendar.ics")
        again = client.get(f"{LIST}{window.pk}/calendar.ics", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert answer["Content-Disposition"] == f'attachment; filename="maintenance-{window.pk}.ics"'
    assert vobject.readOne(answer.content.decode()).vevent.uid.value == str(window.uid)


@pytest.mark.parametrize(("address", "most"), [(LIST, 14), (CALENDAR, 4), (FEED, 4)])
def test_more_windows_cost_no_more_queries(
    client: Client, service: Component, address: str, most: int
) -> None:
    seen = []
    for count in (3, 27):
        for number in range(count):
            start = AT + (10 * count + number) * DAY
            announced(service, starts_at=start, ends_at=start + HOUR)
        with moment(AT), CaptureQueriesContext(connection) as asked:
            client.get(address)
        seen.append(len(asked))
    assert seen[0] == seen[1] <= most
