"""The status page and its document: what runs, kept for a minute, and readable while the database is away."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Component, Contact, Deployment
from contracts.models.components import Audience
from contracts.services.outages import end_outage, report_outage, update_outage, withdraw_outage
from contracts.services.windows import finish_window
from contracts.tests.factories import ComponentFactory, ContractFactory
from contracts.tests.faults import Fault
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced
from portal.tests.upkeep import moment, page
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db
PAGE, DOCUMENT = "/status/", "/status.json"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def service(deployment: Deployment) -> Component:
    return ComponentFactory.create(product=deployment.product, name="Service", slug="service")


@pytest.fixture
def api(deployment: Deployment) -> Component:
    return ComponentFactory.create(
        product=deployment.product, name="API", slug="api", audience=Audience.CUSTOMERS, position=1
    )


def broken(component: Component, **changed: Any) -> Any:
    given: dict[str, Any] = {
        "title": "No sign-in",
        "components": [component],
        "started_at": AT - 30 * MINUTE,
        "what_happened": "A certificate ended.",
        "actor": None,
        "at": AT,
    }
    return report_outage(**given | changed)


def test_a_running_outage_stands_first_with_its_updates(client: Client, service: Component) -> None:
    assert "Status Everything works." in page(client, PAGE, at=AT)
    outage = broken(service)
    update_outage(outage=outage, text="A new one is on its way.", actor=None, at=AT + MINUTE)
    shown = page(client, PAGE, at=AT + MINUTE)
    assert "Down now: Service (Atlas)." in shown
    assert (
        shown.index("Outages now No sign-in")
        < shown.index("A new one is on its way.")
        < shown.index("Service Down")
    )
    end_outage(outage=outage, what_was_done="It is renewed by itself.", actor=None, at=AT + HOUR)
    shown = page(client, PAGE, at=AT + HOUR)
    assert "Everything works." in shown
    assert "Outages of the last 14 days No sign-in It is renewed by itself." in shown
    withdraw_outage(outage=outage, reason="Another system", actor=None, at=AT + HOUR)
    assert "There was none." in page(client, PAGE, at=AT + HOUR)
    with moment(AT + HOUR):
        assert client.get(f"/status/outages/{outage.pk}/").status_code == 404


def test_the_strip_has_a_bar_a_day_and_a_table_of_the_days_that_were_not_whole(
    client: Client, service: Component
) -> None:
    broken(service, started_at=AT - 2 * DAY, ended_at=AT - 2 * DAY + 2 * HOUR)
    window = announced(service, starts_at=AT - 5 * DAY, ends_at=AT - 5 * DAY + HOUR, at=AT - 20 * DAY)
    finish_window(window=window, finished_at=AT - 5 * DAY + 2 * HOUR, actor=None, at=AT - 4 * DAY)
    with moment(AT):
        answer = client.get(PAGE)
    body = answer.content.decode()
    bars = {
        word: body.split(f'<path class="{word}" d="')[1].split('"')[0].count("M")
        for word in ("worked", "down")
    }
    assert bars == {"worked": 88, "down": 2}
    shown = words(answer)
    assert "Sat 21 Nov 2026 2 h" in shown
    # What ran past its announced end was no maintenance.
    assert "Wed 18 Nov 2026 1 h 1 h" in shown
    assert (
        "Of 90 days, 88 worked throughout and 2 had an outage; 99.86 % of their time it was not down."
        in shown
    )


def test_work_is_maintenance_only_where_it_interrupts(client: Client, service: Component) -> None:
    announced(service, title="Beside", interrupts=False)
    assert "Everything works." in page(client, PAGE, at=AT + 10 * DAY)
    announced(service, title="Instead", starts_at=AT + 11 * DAY, ends_at=AT + 11 * DAY + HOUR)
    assert "Under maintenance now: Service (Atlas)." in page(client, PAGE, at=AT + 11 * DAY)


def test_the_document_says_what_the_page_says(client: Client, service: Component) -> None:
    outage = broken(service)
    update_outage(outage=outage, text="Soon.", actor=None, at=AT + MINUTE)
    window = announced(service)
    with moment(AT + 2 * MINUTE):
        answer = client.get(DOCUMENT)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    found = json.loads(answer.content)
    assert found["generated_at"] == "2026-11-23T18:02:00Z"
    assert found["state"] == "down"
    assert found["components"] == [
        {
            "id": service.pk,
            "product": "atlas",
            "product_name": "Atlas",
            "slug": "service",
            "name": "Service",
            "state": "down",
            "counts_for_availability": True,
            "days": 90,
            "days_percent": "99.97",
        }
    ]
    assert found["outages"] == [
        {
            "id": outage.pk,
            "url": f"{settings.SITE_URL}/status/outages/{outage.pk}/",
            "title": "No sign-in",
            "components": [service.pk],
            "started_at": "2026-11-23T17:30:00Z",
            "what_happened": "A certificate ended.",
            "updates": [{"at": "2026-11-23T18:01:00Z", "text": "Soon."}],
        }
    ]
    assert found["windows"][0] | {"uid": ""} == {
        "id": window.pk,
        "uid": "",
        "url": f"{settings.SITE_URL}/maintenance/{window.pk}/",
        "title": "Database upgrade",
        "reason": "Its version is no longer supported.",
        "kind": "scheduled",
        "emergency_reason": "",
        "state": "announced",
        "interrupts": True,
        "components": [service.pk],
        "starts_at": "2026-12-03T18:00:00Z",
        "ends_at": "2026-12-03T20:00:00Z",
        "began_at": None,
        "announced_at": "2026-11-23T18:00:00Z",
        "updated_at": "2026-11-23T18:00:00Z",
    }


def test_every_name_in_the_document_is_documented(client: Client, service: Component) -> None:
    update_outage(outage=broken(service), text="Soon.", actor=None, at=AT + MINUTE)
    announced(service)
    with moment(AT + 2 * MINUTE):
        found = json.loads(client.get(DOCUMENT).content)
    told = (Path(settings.BASE_DIR) / "docs" / "status-json.md").read_text(encoding="utf-8")
    assert {name for name in _names(found) if f"`{name}`" not in told} == set()


def _names(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        yield from found
    for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _names(each)


def test_who_sees_a_component_sees_what_happened_to_it_and_nobody_else(
    client: Client, api: Component, contact: Contact, stranger: Contact, deployment: Deployment
) -> None:
    ContractFactory.create(customer=contact.customer, deployments=[deployment])
    outage = broken(api, title="No answers")
    assert "No answers" in page(client_of(contact.user), PAGE, at=AT)
    with moment(AT):
        theirs = client_of(contact.user).get(DOCUMENT)
        assert b"No answers" in theirs.content
        assert "Access-Control-Allow-Origin" not in theirs
        assert theirs["Cache-Control"] == "private, no-store"
        for reader in (client, client_of(stranger.user)):
            for address in (PAGE, DOCUMENT):
                answer = reader.get(address).content
                assert b"No answers" not in answer
                assert b"API" not in answer
            assert reader.get(f"/status/outages/{outage.pk}/").status_code == 404


@pytest.mark.parametrize("address", [PAGE, "/maintenance/", DOCUMENT])
def test_a_visitor_within_the_minute_costs_no_query_and_gets_no_cookie(
    client: Client, service: Component, address: str
) -> None:
    broken(service)
    with moment(AT):
        first = client.get(address)
        with (
            CaptureQueriesContext(connection) as asked,
            time_machine.travel(AT + 59 * timedelta(seconds=1), tick=False),
        ):
            second = client.get(address)
            again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert len(asked) == 0
    assert second.content == first.content
    assert again.status_code == 304
    assert "Set-Cookie" not in first.headers
    assert b"csrfmiddlewaretoken" not in first.content


def test_a_change_is_seen_within_a_minute(client: Client, service: Component) -> None:
    with moment(AT):
        client.get(PAGE)
        broken(service)
        with time_machine.travel(AT + MINUTE, tick=False):
            assert "Down now" in words(client.get(PAGE))


@pytest.mark.parametrize("address", [PAGE, "/maintenance/", DOCUMENT])
def test_while_the_database_is_away_the_last_state_is_served_and_says_of_when_it_is(
    client: Client, service: Component, address: str
) -> None:
    broken(service)
    with moment(AT):
        client.get(address)
        with time_machine.travel(AT + 5 * MINUTE, tick=False):
            fault = Fault(1)
            with fault.ordered():
                answer = client.get(address)
            assert fault.happened
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
    assert answer.status_code == 200
    assert len(asked) == 0, "a database that failed is left alone for a while"
    if address == DOCUMENT:
        assert json.loads(answer.content)["generated_at"] == "2026-11-23T18:00:00Z"
    else:
        assert "This is how it stood Mon 23 Nov, 18:00 UTC." in words(answer)
        with moment(AT + 6 * MINUTE):
            assert "This is how it stood" not in words(client.get(address))


def test_without_a_last_state_the_fault_is_told(client: Client, service: Component) -> None:
    with moment(AT), Fault(1).ordered(), pytest.raises(OperationalError):
        client.get(PAGE)


def test_an_outage_has_its_own_page(client: Client, service: Component) -> None:
    outage = broken(service)
    update_outage(outage=outage, text="Soon.", actor=None, at=AT + MINUTE)
    shown = page(client, f"/status/outages/{outage.pk}/", at=AT + MINUTE)
    assert "What was down Atlas: Service From Mon 23 Nov, 17:30 UTC Until It goes on." in shown
    assert "Update Mon 23 Nov, 18:01 UTC Soon." in shown


def test_more_history_costs_no_more_queries(client: Client, service: Component, product: Any) -> None:
    seen = []
    for count in (3, 27):
        for number in range(count):
            component = ComponentFactory.create(
                product=product, name=f"C{count}-{number}", slug=f"c{count}-{number}"
            )
            broken(component, ended_at=AT - MINUTE)
            outage = broken(component)
            update_outage(outage=outage, text="Soon.", actor=None, at=AT)
            announced(component)
        with moment(AT), CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        seen.append(len(asked))
    assert seen[0] == seen[1] <= 19
