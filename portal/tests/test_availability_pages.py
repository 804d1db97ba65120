"""The availability report and the sum behind each figure, as Atheer's policy counts it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Component, Contact, Contract, Customer, Deployment, User
from contracts.services.outages import report_outage
from contracts.services.windows import finish_window
from contracts.tests.factories import ComponentFactory, ContractFactory, DeploymentFactory, published
from contracts.tests.upkeep.making import AT, DAY, HOUR, announced
from portal.tests.upkeep import moment, page
from tickets.tests.pages import client_of, words

pytestmark = pytest.mark.django_db
PAGE = "/availability/"


@pytest.fixture
def service(contract: Contract, deployment: Deployment) -> Component:
    return ComponentFactory.create(product=deployment.product, name="Service", slug="service")


def down(component: Component, length: timedelta, **changed: Any) -> None:
    start = AT - 3 * DAY
    given: dict[str, Any] = {
        "title": "No sign-in",
        "components": [component],
        "started_at": start,
        "ended_at": start + length,
        "what_happened": "A certificate ended.",
        "actor": None,
        "at": AT,
    }
    report_outage(**given | changed)


def test_at12_page_shows_each_month_against_the_target(service: Component, contact: Contact) -> None:
    down(service, 11 * HOUR)
    shown = page(client_of(contact.user), PAGE, at=AT)
    # 648.9 of the 43 260 minutes of November in Los Angeles are one and a half percent.
    assert "Nov 2026 98.474 % Missed so far 660 min 43 260 min" in shown
    assert "Oct 2026 100.000 % Met 0 min 44 640 min" in shown
    # The contract began on 15 January: part of the month, its first day included.
    assert "Jan 2026 100.000 % Met 0 min 24 480 min" in shown
    assert "Dec 2025" not in shown


def test_at12_page_shows_the_target_met_where_the_exact_figure_meets_it(
    service: Component, contact: Contact
) -> None:
    down(service, 648.9 * timedelta(minutes=1))
    assert "98.500 % Met so far 648 min 54 s" in page(client_of(contact.user), PAGE, at=AT)


def test_at16_page_names_what_counts_and_leaves_mobile_apps_out(service: Component, contact: Contact) -> None:
    app = ComponentFactory.create(
        product=service.product, name="Mobile app", slug="app", carries_target=False
    )
    down(app, 48 * HOUR)
    shown = page(client_of(contact.user), PAGE, at=AT)
    assert "Counted: Service. Not counted, by the policy: Mobile app." in shown
    assert "Nov 2026 100.000 % Met so far 0 min" in shown


def test_the_sum_names_every_stretch_and_adds_up_to_the_figure(
    service: Component, contact: Contact, contract: Contract
) -> None:
    down(service, HOUR)
    down(
        service,
        2 * HOUR,
        title="Cable cut",
        started_at=AT - 5 * DAY,
        ended_at=AT - 5 * DAY + 2 * HOUR,
        cause="internet",
    )
    start = AT - 10 * DAY
    window = announced(service, starts_at=start, ends_at=start + 9 * HOUR, at=start - 10 * DAY)
    finish_window(window=window, finished_at=start + 9.5 * HOUR, actor=None, at=AT)
    shown = page(client_of(contact.user), f"{PAGE}{contract.pk}/2026-11/", at=AT)
    assert "No sign-in Service Counted 60 min" in shown
    assert "Cable cut Service general Internet problems Not counted 120 min" in shown
    assert "Database upgrade Service Scheduled Maintenance Not counted 480 min" in shown
    assert "Scheduled Maintenance Counted: over the limit of 8 hours a month 60 min" in shown
    assert "Scheduled Maintenance Counted: outside the announced time 30 min" in shown
    assert "Downtime 150 min" in shown
    assert "Not counted 480 min Scheduled Maintenance 120 min general Internet problems" in shown
    # The cable on the 18th; the window on the 13th, as it ran over, and the outage on the 20th; a week is left.
    assert "30 days: 20 available; 1 stopped, not counted; 2 with downtime; 7 to come." in shown
    assert "(43 260 min − 150 min) ÷ 43 260 min × 100 = 99.653 %, rounded down." in shown
    with moment(AT):
        body = client_of(contact.user).get(f"{PAGE}{contract.pk}/2026-11/").content.decode()
    assert f'href="/maintenance/{window.pk}/"' in body
    assert 'href="/status/outages/' in body


def test_a_policy_without_a_promise_says_so(contact: Contact, deployment: Deployment) -> None:
    ContractFactory.create(
        customer=contact.customer,
        deployments=[deployment],
        policy_version=published("viakoo"),
        order_reference="V-1",
    )
    shown = page(client_of(contact.user), PAGE, at=AT)
    assert (
        "Contract V-1 Viakoo Technical Support Policy promises no availability, so nothing is counted."
        in shown
    )


def test_only_the_customer_and_staff_see_a_report(
    client: Client, service: Component, contact: Contact, stranger: Contact, agent: User, contract: Contract
) -> None:
    address = f"{PAGE}{contract.pk}/2026-11/"
    with moment(AT):
        assert client.get(PAGE).status_code == 302
        assert client_of(stranger.user).get(address).status_code == 404
        assert client_of(stranger.user).get(f"{PAGE}?customer={contact.customer_id}").status_code == 404
        assert "A-1" not in words(client_of(stranger.user).get(PAGE))
        assert client_of(agent).get(address).status_code == 200
    assert "Harbour Freight Lines" in page(client_of(agent), f"{PAGE}?q=harbour", at=AT)
    assert "No customer is called so." in page(client_of(agent), f"{PAGE}?q=zzz", at=AT)
    assert "Contract A-1" in page(client_of(agent), f"{PAGE}?customer={contact.customer_id}", at=AT)


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "0001-01", "9999-12", "2026-12", "2026-1", "2025-12"]
)
def test_what_is_no_month_of_the_term_is_no_page(
    service: Component, contact: Contact, contract: Contract, month: str
) -> None:
    with moment(AT):
        assert client_of(contact.user).get(f"{PAGE}{contract.pk}/{month}/").status_code == 404


def test_more_contracts_cost_no_more_queries(
    contact: Contact, customer: Customer, service: Component
) -> None:
    seen = []
    reader = client_of(contact.user)
    for count in (2, 27):
        for _ in range(count):
            runs = DeploymentFactory.create(customer=customer)
            component = ComponentFactory.create(product=runs.product)
            ContractFactory.create(customer=customer, deployments=[runs], starts_on=date(2026, 9, 1))
            down(component, HOUR)
            announced(component)
        with moment(AT), CaptureQueriesContext(connection) as asked:
            reader.get(PAGE)
        seen.append(len(asked))
    # The first compiles the calendar of the policy, two queries.
    assert seen[1] <= seen[0] <= 15
